import { describe, expect, it } from 'vitest';
import { OPSD } from '../../method/named-methods.ts';
import { RECIPES } from './recipes.ts';
import { settingsDifferences } from './train-differences.ts';
import { fieldsOf, readSetting, TRAIN_FIELDS } from './train-fields.ts';
import { TRAIN_ROWS } from './train-rows.ts';
import { TRAIN_PRESETS, type TrainSettings, trainSettings } from './train-settings.ts';
import {
  settingFromText,
  validateTrainSettings,
  withSetting,
  withSettings,
} from './train-validate.ts';

const tiny = trainSettings('vigos', 'tiny');
const rewarded = trainSettings('grpo', 'tiny');

describe('settings of a run', () => {
  it('are of recipes with stable, unique ids', () => {
    expect(RECIPES.map(({ id }) => id)).toEqual([
      ...['vigos', 'vigos-code', 'opsd', 'without-perception', 'without-reasoning'],
      ...['reference-forward-kl', 'without-reference', 'grpo', 'sft', 'sft-captions', 'base'],
    ]);
  });

  it('every recipe with every preset passes its own checks unchanged', () => {
    for (const { id } of RECIPES)
      for (const { name } of TRAIN_PRESETS) {
        const settings = trainSettings(id, name);
        expect(validateTrainSettings(structuredClone(settings))).toEqual(settings);
      }
  });

  it('have the value of each row of the table at the path of its field', () => {
    for (const { field, preset } of TRAIN_ROWS) {
      if (field.path.startsWith('grpo.')) {
        expect(readSetting(rewarded, field.path), field.path).toEqual(preset.tiny);
        expect(readSetting(tiny, field.path)).toBeUndefined();
        continue;
      }
      expect(readSetting(tiny, field.path), field.path).toEqual(preset.tiny);
      expect(readSetting(trainSettings('sft', 'paper'), field.path)).toEqual(preset.paper);
    }
  });

  it('every field has a label, a sentence and a value in some settings', () => {
    const shown = new Set(
      [
        tiny,
        rewarded,
        trainSettings('opsd', 'paper'),
        trainSettings('vigos-code', 'paper'),
        withSetting(tiny, 'method.divergence.reference.kind', 'jsd'),
      ]
        .flatMap(fieldsOf)
        .map(({ path }) => path),
    );
    for (const { path, label, sentence } of TRAIN_FIELDS) {
      expect(label).not.toBe('');
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      if (!path.endsWith('.beta')) expect(shown).toContain(path);
    }
  });

  it('a number outside its bounds is refused by its path', () => {
    for (const field of TRAIN_FIELDS) {
      if (field.kind !== 'number') continue;
      const kind = field.path.replace(/\.(beta|value)$/, '.kind');
      const own = field.path.startsWith('grpo.') ? rewarded : tiny;
      const base =
        kind === field.path || readSetting(own, field.path) !== undefined
          ? own
          : withSetting(tiny, kind, /[cC]lip.kind$/.test(kind) ? 'token' : 'jsd');
      for (const value of [field.min - 1, field.max * 2 + 1, Number.NaN, '1'])
        expect(() => withSetting(base, field.path, value)).toThrow(`The setting ${field.path} is`);
    }
  });

  it('changing a kind fills in what it needs', () => {
    const full = withSetting(tiny, 'trainable.kind', 'full');
    expect(full.trainable).toEqual({ kind: 'full', vision: false });
    expect(withSetting(full, 'trainable.kind', 'lora').trainable).toEqual(tiny.trainable);
    const seeing = withSetting(tiny, 'trainable.sight', 'all');
    expect(() => withSetting(seeing, 'trainable.vision', true)).toThrow('trainable.sight is "all"');
    const free = withSetting(tiny, 'method.clip.kind', 'none');
    expect(free.method?.clip).toEqual({ kind: 'none' });
    expect(withSetting(free, 'method.clip.kind', 'token').method?.clip).toEqual({
      kind: 'token',
      value: 0.05,
    });
  });

  it('a reading brings its switches, which may then be set otherwise, in any order', () => {
    const code = withSetting(tiny, 'method.reading', 'code').method;
    expect(code).toMatchObject({ opener: true, boundaryClip: { kind: 'token', value: 0.05 } });
    const back = withSettings(tiny, {
      'method.boundaryClip.value': 0.2,
      'method.opener': false,
      'method.reading': 'code',
    }).method;
    expect(back).toMatchObject({ opener: false, boundaryClip: { kind: 'token', value: 0.2 } });
    expect(withSetting(tiny, 'method.boundaryClip.kind', 'token').method?.boundaryClip).toEqual({
      kind: 'token',
      value: 0.05,
    });
    expect(withSetting(trainSettings('opsd', 'tiny'), 'method.reading', 'code').method).toEqual({
      ...OPSD,
      reading: 'code',
    });
  });

  it('several are set in any order, and one that would do nothing is refused', () => {
    const both = { 'method.clip.value': 0.2, 'method.clip.kind': 'token' };
    expect(withSettings(tiny, both).method?.clip).toEqual({ kind: 'token', value: 0.2 });
    for (const path of ['method.clip.value', 'method.divergence.reference.beta'])
      expect(() => withSettings(tiny, { [path]: 0.2 })).toThrow(`${path} would do nothing`);
    expect(() => withSettings(tiny, { 'trainable.kind': 'full', 'trainable.rank': 4 })).toThrow(
      'trainable.rank would do nothing',
    );
  });

  it('boundary clips stay where the tiny preset takes the token clip away', () => {
    expect(trainSettings('vigos-code', 'tiny').method).toMatchObject({
      clip: { kind: 'none' },
      boundaryClip: { kind: 'token', value: 0.05 },
    });
  });

  it('only the paper’s preset keeps ViGOS’s clip; OPSD’s own clip stays', () => {
    expect(tiny.method?.clip).toEqual({ kind: 'none' });
    expect(trainSettings('vigos', 'paper').method?.clip).toEqual({ kind: 'token', value: 0.05 });
    expect(trainSettings('opsd', 'tiny').method?.clip).toEqual({ kind: 'entry', value: 0.05 });
  });

  it('unknown settings, recipes and presets are refused', () => {
    expect(() => withSetting(tiny, 'optimizer.lr', 1)).toThrow('no setting "optimizer.lr"');
    expect(() => trainSettings('ppo', 'tiny')).toThrow('no recipe "ppo"');
    expect(() => trainSettings('vigos', 'huge')).toThrow('no preset "huge"');
    expect(() => withSetting(tiny, 'data.families', [])).toThrow('data.families is an empty list');
  });

  it('runs that were kept before pictures had levels took them as they came', () => {
    const { difficulty, ...data } = tiny.data;
    expect(difficulty).toBe('mixed');
    expect(validateTrainSettings({ ...tiny, data })).toEqual(tiny);
    expect(() => withSetting(tiny, 'data.difficulty', 'brutal')).toThrow('data.difficulty');
  });

  it('evaluation draws as the paper does in its preset, and as before in older runs', () => {
    const drawn = ({ temperature, topP, topK }: TrainSettings['evaluation']) => [
      temperature,
      topP,
      topK,
    ];
    expect(drawn(trainSettings('vigos', 'paper').evaluation)).toEqual([1, 0.9, 20]);
    expect(drawn(tiny.evaluation)).toEqual([1, 1, 0]);
    const { every, items } = trainSettings('vigos', 'paper').evaluation;
    const old = validateTrainSettings({ ...tiny, evaluation: { every, items } }).evaluation;
    expect(drawn(old)).toEqual([1, 1, 0]);
    expect(() => withSetting(tiny, 'evaluation.temperature', 0.001)).toThrow(
      'evaluation.temperature',
    );
  });

  it('reads values from text', () => {
    expect(settingFromText('steps', '20')).toBe(20);
    expect(settingFromText('trainable.vision', 'true')).toBe(true);
    expect(settingFromText('data.families', 'prior, math')).toEqual(['prior', 'math']);
    expect(settingFromText('optimizer.schedule', 'cosine')).toBe('cosine');
    expect(() => withSetting(tiny, 'steps', settingFromText('steps', ''))).toThrow('steps');
  });

  it('says differences in words', () => {
    expect(settingsDifferences(tiny, tiny)).toEqual([]);
    const other = withSetting(withSetting(tiny, 'optimizer.learningRate', 0.01), 'steps', 20);
    expect(settingsDifferences(other, tiny)).toEqual([
      'Steps 20 steps instead of 100 steps',
      'Learning rate 0.01 instead of 0.002',
    ]);
    expect(settingsDifferences(trainSettings('sft', 'tiny'), tiny)[0]).toBe(
      'Recipe SFT on references instead of ViGOS',
    );
  });
});

describe('settings of a recipe that learns from rewards', () => {
  it('have groups, and the preset’s values for it, which no other recipe’s have', () => {
    expect(rewarded).toMatchObject({
      method: null,
      rolloutsPerStep: 4,
      grpo: { groupSize: 5, formatShare: 0.1, klCoefficient: 0.01, updates: 1 },
      sampling: { temperature: 1, topP: 1, topK: 0 },
      optimizer: { learningRate: 1e-3 },
    });
    expect(trainSettings('grpo', 'paper').optimizer.learningRate).toBe(1e-6);
    expect(Object.keys(tiny)).not.toContain('grpo');
    const given = { ...structuredClone(tiny), grpo: { groupSize: 3 } };
    expect(validateTrainSettings(given)).toEqual(tiny);
  });

  it('are refused where a step would sample too much at once, or groups without differences', () => {
    const refused = (path: string, value: unknown) => () => withSetting(rewarded, path, value);
    expect(refused('rolloutsPerStep', 52)).toThrow('52, with 5 rollouts each 260 in all');
    expect(withSetting(rewarded, 'rolloutsPerStep', 51).rolloutsPerStep).toBe(51);
    expect(refused('sampling.temperature', 0)).toThrow(/all rollouts of a group would be the same/);
    expect(refused('grpo.groupSize', 1)).toThrow('The setting grpo.groupSize is 1.');
    expect(() => withSettings(tiny, { 'grpo.groupSize': 4 })).toThrow(/would do nothing/);
  });
});
