/** The command as it is used: a small grid from its tries to its reports, cut off and gone on with. */
import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readExperimentRun } from '../src/contract/experiment/experiment-records.ts';
import { named, SMALL, SMALL_TUNING } from '../src/contract/experiment/fixtures/small-grid.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'experiment-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const GRID = {
  ...SMALL,
  models: [{ ...named('leaky'), model: 'tiny-qwen2.5-vl-leaky' }],
  conditions: [named('right')],
  recipes: [
    { ...named('plain'), recipe: 'base', prompt: 'plain' },
    { ...named('vigos'), recipe: 'vigos' },
  ],
  cells: [{ models: ['leaky'], conditions: ['right'], recipes: ['plain', 'vigos'], seeds: [1] }],
  training: {
    preset: 'tiny',
    set: { steps: 2, rolloutsPerStep: 1, 'evaluation.every': 2, 'evaluation.items': 1 },
  },
  tests: [
    { set: { name: 'prior-test', count: 1 }, measures: ['vilp', 'truth', 'palr'], rollouts: 1 },
  ],
  tuning: {
    ...SMALL_TUNING,
    model: 'leaky',
    items: 1,
    tries: [{ 'optimizer.learningRate': 0.002 }],
  },
};

function experiment(
  ...args: string[]
): Promise<{ code: number | null; out: string; said: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [
      '--import',
      'tsx',
      'scripts/experiment.ts',
      path.join(scratch, 'grid.json'),
      '--out',
      ...args,
    ]);
    let [out, said] = ['', ''];
    child.stdout.on('data', (text) => {
      out += text;
    });
    child.stderr.on('data', (text) => {
      said += text;
    });
    child.on('close', (code) => resolve({ code, out, said }));
  });
}

const contents = (folder: string) =>
  Object.fromEntries(
    readdirSync(path.join(folder, 'runs')).map((name) => [
      name,
      readFileSync(path.join(folder, 'runs', name), 'utf8'),
    ]),
  );

it('an experiment that was cut off goes on, and ends with the very same results', async () => {
  writeFileSync(path.join(scratch, 'grid.json'), JSON.stringify(GRID));
  const [whole, cut] = ['whole', 'cut'].map((name) => path.join(scratch, name));
  const first = await experiment(whole, '--jobs', '1', '--json');
  expect(first.code, first.said).toBe(0);
  const ended = first.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ type }) => type === 'ended');
  expect(ended.map(({ run }) => run)).toEqual([
    'leaky/right/vigos/9, try 1',
    'leaky/right/plain/1',
    'leaky/right/vigos/1',
  ]);
  const results = contents(whole);
  const { key } = ended[2];
  const run = readExperimentRun(JSON.parse(results[`${key}.json`]), key, key);
  expect(run.validations.map(({ step }) => step)).toEqual([0, 2]);
  expect(run.found[0].answers.F?.correct).toMatch(/^[01]{3}$/);
  expect(run.found[0].leakage.vigos.items).toHaveLength(1);

  // As it is after a stop in the middle of the last run: the others are there, and half of a file.
  cpSync(whole, cut, { recursive: true });
  rmSync(path.join(cut, 'runs', `${key}.json`));
  writeFileSync(path.join(cut, 'runs', `${key}.json.1.part`), '{"format":');
  const kept = path.join(cut, 'runs', `${ended[1].key}.json`);
  const { mtimeMs } = statSync(kept);
  const rest = await experiment(cut, '--jobs', '1', '--resume');
  expect(rest.code, rest.said).toBe(0);
  expect(rest.said).toContain('started leaky/right/vigos/1');
  expect(rest.said).not.toContain('plain');
  expect(contents(cut)).toMatchObject(results);
  expect(statSync(kept).mtimeMs).toBe(mtimeMs);

  const list = await experiment(cut, '--list', '--only', '*/*/vigos/*');
  expect(list.out).toContain('2 runs, 2 done');
}, 600_000);

it('wrong arguments end with 2 before a browser starts', async () => {
  writeFileSync(path.join(scratch, 'grid.json'), JSON.stringify({ ...GRID, tests: [] }));
  const { code, said } = await experiment(path.join(scratch, 'nothing'));
  expect(code).toBe(2);
  expect(said).toContain('experiment.invalid: The experiment cannot be used: tests');
}, 600_000);
