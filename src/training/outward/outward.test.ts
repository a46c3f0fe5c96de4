import { readFileSync } from 'node:fs';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { READY_SCHEDULES } from '../../contract/train/ready-schedules.ts';
import { RECIPES } from '../../contract/train/recipes.ts';
import { readScheduleFile, settingsOfSchedule } from '../../contract/train/schedule-file.ts';
import { TRAIN_PRESETS, trainSettings } from '../../contract/train/train-settings.ts';
import { withSettings } from '../../contract/train/train-validate.ts';
import { sourceOf } from '../data/table.ts';
import { splitBatch } from './batch.ts';
import { optionsOf } from './carried.ts';
import { outwardFiles } from './folder.ts';
import { forTrlDistillation } from './trl-distillation.ts';
import { forTrlGrpo } from './trl-grpo.ts';
import { forVigosTrainer } from './vigos-trainer.ts';

const OPTIONS: { readonly vigos: string[]; readonly trl: string[]; readonly trlGrpo: string[] } =
  JSON.parse(readFileSync(new URL('./fixtures/options.json', import.meta.url), 'utf8'));

const TAUGHT = RECIPES.filter(({ method }) => method !== null).flatMap(({ id }) =>
  TRAIN_PRESETS.map(({ name }) => trainSettings(id, name)),
);

const text = (files: ReturnType<typeof outwardFiles>, path: string): string => {
  const file = files.find((own) => own.path === path);
  if (file === undefined) throw new Error(`no ${path} among ${files.map((own) => own.path)}`);
  return new TextDecoder().decode(file.bytes());
};

describe('what becomes of a run’s settings elsewhere', () => {
  it('has a word on every setting of every recipe with a teacher, in options that the trainers have', () => {
    for (const settings of TAUGHT) {
      for (const name of Object.keys(optionsOf(forTrlDistillation(settings))))
        expect(OPTIONS.trl).toContain(name);
      if (settings.method?.name !== 'vigos') continue;
      for (const name of Object.keys(optionsOf(forVigosTrainer(settings))))
        expect(OPTIONS.vigos).toContain(name);
    }
  });

  it('carries the paper’s values over as the release has them by default', () => {
    const options = optionsOf(forVigosTrainer(trainSettings('vigos-code', 'paper')));
    expect(options).toMatchObject({
      learning_rate: 5e-6,
      max_grad_norm: 0.1,
      generation_temperature: 1.1,
      generation_top_p: 0.95,
      generation_top_k: 20,
      lora_r: 64,
      lora_alpha: 128,
      lora_dropout: 0.05,
      distill_temperature: 1,
      lambda_perception: 1,
      lambda_reasoning: 1,
      lambda_ref: 2,
      token_loss_clip: 0.05,
      description_last_token_clip: 0.05,
      reasoning_first_token_clip: 0.05,
    });
  });

  it('says what the release has not: another reading, another divergence, a clip of entries, full training', () => {
    const settings = withSettings(trainSettings('vigos', 'tiny'), {
      'method.divergence.reference.kind': 'forward-kl',
      'method.clip.kind': 'entry',
      'method.teachers.perception': false,
      'trainable.kind': 'full',
      'sampling.temperature': 0,
    });
    const rows = forVigosTrainer(settings);
    const how = (path: string) => rows.find((row) => row.path === path)?.how;
    expect(how('method.reading')).toBe('differs');
    expect(how('method.divergence.reference.kind')).toBe('absent');
    expect(how('method.clip.kind')).toBe('absent');
    expect(how('trainable.kind')).toBe('differs');
    expect(how('sampling.temperature')).toBe('differs');
    expect(optionsOf(rows)).toMatchObject({ lambda_perception: 0, generation_top_k: 1 });
  });

  it('puts adapters on the vision blocks as the release’s names do, or says how that differs', () => {
    const targets = (changes: Record<string, unknown>) => {
      const rows = forVigosTrainer(withSettings(trainSettings('vigos-code', 'paper'), changes));
      return rows.find(({ path }) => path === 'trainable.targets');
    };
    expect(targets({})?.how).toBe('differs');
    const same = targets({ 'trainable.sight': 'feed-forward' });
    expect(same?.how).toBe('option');
    expect(same?.options).toEqual(targets({})?.options);
    expect(targets({ 'trainable.sight': 'all' })).toMatchObject({
      how: 'differs',
      options: { lora_target_modules: expect.stringContaining(',qkv,proj') },
    });
  });

  it('gives TRL one temperature and one divergence, and says so where there were two', () => {
    const vigos = forTrlDistillation(trainSettings('vigos', 'tiny'));
    expect(vigos.find(({ path }) => path === 'method.divergence')?.how).toBe('differs');
    expect(vigos.find(({ path }) => path === 'sampling.temperature')?.how).toBe('differs');
    expect(optionsOf(vigos)).toMatchObject({ beta: 0, temperature: 1.1, use_peft: true });
    const opsd = forTrlDistillation(trainSettings('opsd', 'tiny'));
    expect(opsd.find(({ path }) => path === 'method.divergence')?.how).toBe('option');
    expect(opsd.find(({ path }) => path === 'sampling.temperature')?.how).toBe('option');
    const jsd = withSettings(trainSettings('opsd', 'tiny'), {
      'method.divergence.privileged.kind': 'jsd',
      'method.divergence.privileged.beta': 0.3,
    });
    expect(optionsOf(forTrlDistillation(jsd))).toMatchObject({ beta: 0.3 });
  });

  it('refuses what neither trains', () => {
    expect(() => forVigosTrainer(trainSettings('opsd', 'tiny'))).toThrowError(/ViGOS and nothing/);
    expect(() => forTrlDistillation(trainSettings('sft', 'tiny'))).toThrowError(/neither teacher/);
    expect(() => forTrlGrpo(trainSettings('vigos', 'tiny'))).toThrowError(/no rewards/);
  });

  it('gives GRPO to TRL’s GRPOTrainer: groups, both rewards with their weights, clip, KL, means and updates', () => {
    for (const preset of ['tiny', 'paper']) {
      const rows = forTrlGrpo(trainSettings('grpo', preset));
      for (const name of Object.keys(optionsOf(rows))) expect(OPTIONS.trlGrpo).toContain(name);
    }
    const settings = withSettings(trainSettings('grpo', 'paper'), {
      'grpo.averaging': 'token',
      'grpo.updates': 2,
      'grpo.formatShare': 0.2,
      rolloutsPerStep: 4,
    });
    const rows = forTrlGrpo(settings);
    expect(optionsOf(rows)).toMatchObject({
      ...{ num_generations: 5, beta: 0.01, epsilon: 0.2, loss_type: 'bnpo', num_iterations: 2 },
      ...{ reward_funcs: ['rewards.correct', 'rewards.form'], reward_weights: [0.8, 0.2] },
      ...{ temperature: 1, top_p: 1, top_k: 0, learning_rate: 1e-6 },
      // 20 rollouts over five processes.
      gradient_accumulation_steps: 4,
    });
    expect(rows.find(({ path }) => path === 'grpo.averaging')?.how).toBe('differs');
    const files = outwardFiles('trl', { ...settings, steps: 2 }, sourceOf(settings));
    expect(text(files, 'train.sh')).toContain('exec trl grpo --config config.yaml');
    expect(text(files, 'train.sh')).toContain('BATCH=20 #');
    expect(text(files, 'config.yaml')).toContain('reward_weights: [0.8,0.2]');
    expect(text(files, 'rewards.py')).toContain('def correct(completions, true_answer, **_):');
    expect(text(files, 'README.md')).toContain('2 steps of 20 rollouts');
  });

  it('splits the rollouts of a step evenly', () => {
    expect([1, 8, 12, 32, 7, 64].map((count) => splitBatch(count))).toEqual([
      { processes: 1, accumulation: 1 },
      { processes: 8, accumulation: 1 },
      { processes: 6, accumulation: 2 },
      { processes: 8, accumulation: 4 },
      { processes: 7, accumulation: 1 },
      { processes: 8, accumulation: 8 },
    ]);
  });
});

describe('the folder', () => {
  const settings = withSettings(trainSettings('vigos-code', 'tiny'), {
    steps: 3,
    'data.wrongShare': 1,
  });
  const source = sourceOf(settings);
  const files = outwardFiles('vigos', settings, source);

  it('has the items that the run draws, in its order, with the references that teachers are given', () => {
    const lines = text(files, 'data/metadata.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(24);
    lines.forEach((line, at) => {
      const example = source.example(1 + Math.floor(at / 8), at % 8);
      expect(line.problem).toBe(example.input.question);
      expect(line.answer).toBe(example.input.answer);
      expect(line.true_answer).toBe(example.answer);
      const file = files.find(({ path }) => path === `data/${line.file_names[0]}`);
      const { width, data } = decode(file?.bytes() ?? new Uint8Array());
      const drawn = example.input.image;
      expect(width).toBe(drawn?.width);
      expect([...data.subarray(0, 3)]).toEqual([...(drawn?.data.subarray(0, 3) ?? [])]);
    });
    const wrong = lines.filter((line) => line.answer !== line.true_answer).length;
    expect(wrong).toBeGreaterThan(0);
    expect(text(files, 'README.md')).toContain(`${wrong} of them wrong on purpose`);
  });

  it('is the same folder for the same settings', () => {
    const again = outwardFiles('vigos', settings, sourceOf(settings));
    expect(again.map(({ path }) => path)).toEqual(files.map(({ path }) => path));
    expect(text(again, 'train.sh')).toBe(text(files, 'train.sh'));
  });

  it('says it where a run has more items than are written', () => {
    const long = outwardFiles('trl', settings, source, 20);
    expect(text(long, 'README.md')).toContain('the first 20 of 24');
  });

  it('makes TRL’s teacher a thing to name, since a copy of the student would teach nothing', () => {
    const trl = outwardFiles('trl', settings, source);
    expect(text(trl, 'train.sh')).toContain('TEACHER=${TEACHER:?');
    expect(text(trl, 'config.yaml')).toMatch(/^lora_target_modules: \["q_proj"/m);
  });
});

it('takes out neither a run with stages nor one that asks without pictures', () => {
  const staged = READY_SCHEDULES[0];
  const { id: _, ...written } = staged;
  const settings = settingsOfSchedule(readScheduleFile(written));
  expect(() => outwardFiles('trl', settings, sourceOf(settings))).toThrowError(/has stages/);
  const words = withSettings(trainSettings('grpo', 'tiny'), { 'data.source': 'problems' });
  expect(() => outwardFiles('trl', words, sourceOf(words))).toThrowError(/without pictures/);
});
