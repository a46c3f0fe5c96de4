/** The command as it is used: trains, writes, is paused and resumed, and says what is wrong. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readSafetensors } from '../src/model/formats/safetensors.ts';
import { bareMachine, INSTALLER_SAYS } from './test/bare-machine.ts';

const BASE = 'public/models/tiny-qwen2.5-vl';
const scratch = mkdtempSync(path.join(tmpdir(), 'train-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Line {
  readonly type: string;
  readonly step?: number;
  readonly loss?: number;
  readonly stage?: string;
}

interface Ended {
  code: number | null;
  lines: Line[];
  said: string;
}

const train = (...args: string[]) => trainOn(process.env, ...args);

function trainOn(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const command = ['--import', 'tsx', 'scripts/train.ts', ...args];
    const child = spawn(process.execPath, command, { env });
    let out = '';
    let said = '';
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      said += text;
    });
    child.on('close', (code) => {
      const lines = out.split('\n').filter((line) => line !== '');
      resolve({ code, said, lines: lines.map((line) => JSON.parse(line)) });
    });
  });
}

const steps = (lines: readonly Line[]) => lines.filter(({ type }) => type === 'step');

it('a paused run that is resumed has the losses of one that never stopped', async () => {
  const folder = (name: string) => path.join(scratch, name);
  const settings = ['evaluation.every=0', 'followed.every=0', 'rolloutsPerStep=2'].concat([
    'sampling.maxNewTokens=24',
  ]);
  const small = [...settings.flatMap((pair) => ['--set', pair]), '--backend', 'wasm', '--json'];
  const { env } = bareMachine(folder('bare'), { installs: true });
  const whole = await trainOn(env, '--out', folder('whole'), '--steps', '3', '--merged', ...small);
  expect(whole.code, whole.said).toBe(0);
  expect(whole.said).toContain(INSTALLER_SAYS);
  const first = ['--out', folder('part'), '--steps', '3', '--pause-after', '2', ...small];
  const part = await train(...first);
  const rest = ['--out', folder('part'), '--resume', folder('part'), '--backend', 'wasm', '--json'];
  const resumed = await train(...rest);
  expect(resumed.code, resumed.said).toBe(0);
  const found = [...steps(part.lines), ...steps(resumed.lines)];
  expect(found.map(({ step }) => step)).toEqual([1, 2, 3]);
  for (const [i, { loss }] of steps(whole.lines).entries())
    expect(Math.abs((found[i].loss ?? Number.NaN) - (loss ?? 0))).toBeLessThan(1e-5);
  const written = readFileSync(path.join(folder('part'), 'metrics.jsonl'), 'utf8').trim();
  expect(written.split('\n').filter((line) => line.includes('"type":"step"'))).toHaveLength(3);
  for (const name of ['checkpoint.safetensors', 'adapter/adapter_model.safetensors'])
    expect(existsSync(path.join(folder('whole'), name)), name).toBe(true);
  const [base, merged] = [BASE, folder('whole/merged')].map((folder) =>
    readSafetensors(readFileSync(path.join(folder, 'model.safetensors'))),
  );
  expect([...merged.keys()].sort()).toEqual([...base.keys()].sort());
  const changed = [...merged].filter(([name, { bytes }]) =>
    bytes.some((byte, i) => byte !== base.get(name)?.bytes[i]),
  );
  expect(changed).toHaveLength(7 * 4);
}, 600_000);

it('stages of a file, GRPO among them, are trained one after the other', async () => {
  const file = path.join(scratch, 'schedule.json');
  const out = path.join(scratch, 'staged');
  const small = { rolloutsPerStep: 1, 'sampling.maxNewTokens': 16 };
  const stages = [
    { id: 'a', label: 'Seeing', recipe: 'sft-captions', steps: 1, set: small },
    {
      id: 'b',
      label: 'Thinking',
      recipe: 'grpo',
      steps: 1,
      set: { ...small, 'grpo.groupSize': 2 },
    },
  ];
  const set = { 'evaluation.every': 0, 'followed.every': 0 };
  writeFileSync(file, JSON.stringify({ format: 'vigos-schedule/1', title: 'x', set, stages }));
  const { code, said, lines } = await train(
    ...['--out', out, '--schedule', file, '--backend', 'wasm', '--json'],
  );
  expect(code, said).toBe(0);
  expect(steps(lines).map(({ stage }) => stage)).toEqual(['Seeing', 'Thinking']);
  expect(said).toContain('step 2, Thinking (1 of 1)');
  const refused = await train('--out', out, '--resume', out, '--steps', '9', '--backend', 'wasm');
  expect(refused.said).toContain('train.stage-setting');
}, 600_000);

it('wrong arguments end with 2 before a browser starts', async () => {
  const { code, said } = await train('--out', scratch, '--set', 'trainable.rank=1000');
  expect(code).toBe(2);
  expect(said).toContain('trainable.rank is 1000');
  const missing = await train('--out', scratch, '--resume', path.join(scratch, 'nowhere'));
  expect(missing.code).toBe(2);
  expect(missing.said).toContain('--resume');
}, 600_000);
