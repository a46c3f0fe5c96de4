/** The command as it is used: measures, keeps, writes a set that training takes, and says what is wrong. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { FilteredItems } from '../src/contract/train/filter.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'filter-'));
afterAll(() => rmSync(scratch, { recursive: true }));

function run(script: string, ...args: string[]) {
  const command = ['--import', 'tsx', `scripts/${script}.ts`, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  return { code: status, out: stdout, said: stderr };
}

it('keeps questions with both rates in a set that training draws from, and says when it keeps nothing', () => {
  const file = path.join(scratch, 'kept.json');
  const small = [
    '--count',
    '4',
    '--samples',
    '2',
    '--backend',
    'wasm',
    '--set',
    'filter.maxNewTokens=64',
  ];
  const all = ['--most-from-picture', '1', '--least-from-caption', '0'];
  const found = run('filter', '--out', file, ...small, ...all);
  expect(found.code, found.said).toBe(0);
  expect(found.said).toContain('4 of 4 questions, 4 kept');
  const set: FilteredItems = JSON.parse(readFileSync(file, 'utf8'));
  expect(set).toMatchObject({ format: 'vigos-items/1', source: 'pictures' });
  expect(set.items).toHaveLength(4);
  for (const { passRate, captionRate } of set.lookedAt)
    for (const rate of [passRate, captionRate]) expect([0, 0.5, 1]).toContain(rate);
  const train = [
    '--out',
    path.join(scratch, 'run'),
    '--items',
    file,
    '--recipe',
    'sft',
    '--steps',
    '1',
  ];
  const rest = ['evaluation.every=0', 'rolloutsPerStep=2'].flatMap((pair) => ['--set', pair]);
  const trained = run('train', ...train, ...rest, '--backend', 'wasm');
  expect(trained.code, trained.said).toBe(0);
  // Cut off after so few tokens, no answer is right: every picture is missed, and every caption too.
  const cut = [
    '--count',
    '2',
    '--samples',
    '1',
    '--backend',
    'wasm',
    '--set',
    'filter.maxNewTokens=8',
  ];
  const nothing = run('filter', '--out', path.join(scratch, 'none.json'), ...cut);
  expect(nothing.code).toBe(1);
  expect(nothing.said).toMatch(/filter\.nothing-kept: None of 2 questions is kept: 2 are missed/);
  expect(nothing.said).toContain('Look at more questions');
  const wrong = run('filter', '--out', file, '--samples', '0');
  expect([wrong.code, wrong.said]).toEqual([2, expect.stringContaining('filter.samples is 0')]);
}, 600_000);
