/** The command as a person runs it: flags in, trace on standard output, everything else beside it. */

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseTrace } from '../src/engine/traces/trace-file.ts';
import { worldItem } from '../src/world/split.ts';
import { bareMachine, INSTALLER_SAYS } from './test/bare-machine.ts';

const SLOW = 600_000;
const scratch = mkdtempSync(path.join(tmpdir(), 'inspect-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Answer {
  code: number;
  out: string;
  err: string;
}

const inspect = (...args: string[]) => inspectOn(process.env, ...args);

function inspectOn(env: NodeJS.ProcessEnv, ...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'scripts/inspect.ts', ...args],
      { env, maxBuffer: 64 * 1024 * 1024 },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

it('prints a trace of a world item as JSON, also where it installs its browser first, and writes logits by name', {
  timeout: SLOW,
}, async () => {
  const folder = path.join(scratch, 'logits');
  const machine = bareMachine(path.join(scratch, 'bare'), { installs: true });
  const { code, out, err } = await inspectOn(
    machine.env,
    ...['--split', 'test', '--index', '7', '--seed', '1', '--json', '--dump-logits', folder],
  );
  expect(code, err).toBe(0);
  expect(err).toContain(INSTALLER_SAYS);
  const trace = parseTrace(out);
  expect(trace.seed).toBe(1);
  expect(trace.input.answer).toBe(worldItem('test', 7).answer);
  const teachers = new Set(trace.tokens.flatMap(({ teacher }) => teacher ?? []));
  const expected = [...teachers].flatMap((name) => [
    `teacher-${name}.npy`,
    `teacher-${name}.rows.npy`,
  ]);
  expect(readdirSync(folder).sort()).toEqual(['student.npy', ...expected].sort());
  const header = readFileSync(path.join(folder, 'student.npy')).toString('latin1', 10, 128);
  expect(header).toContain(`(${trace.tokens.length}, ${trace.model.vocabSize})`);
});

it('scores a completion as a trainer logs it, says how it read it, and prints a table', {
  timeout: SLOW,
}, async () => {
  const file = path.join(scratch, 'rollout.txt');
  const text = ' A leaf. </description> <think> It is red. </think> \\boxed{red}';
  writeFileSync(file, `<|im_start|>assistant\n<description>${text}<|im_end|><|endoftext|>\n`);
  const { code, out, err } = await inspect('--rollout-text', file, '--method', 'opsd');
  expect(code).toBe(0);
  expect(out).toMatch(/valid +yes/);
  expect(out).toMatch(/" leaf" +description +privileged/);
  expect(out).toMatch(/answer +red \((right|wrong) by exact match\)/);
  expect(err).toContain('model ready');
  expect(err).toContain('rollout text: The header <|im_start|>assistant in front was left out.');
  expect(err).toContain('rollout text: 1 padding token behind the text left out.');
});

it('answers wrong flags with the flag, the usage and code 2', { timeout: SLOW }, async () => {
  const { code, out, err } = await inspect('--method', 'sft');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toContain('--method is "sft".');
  expect(err).toContain('npm run -s inspect');
  expect((await inspect('--index', '-1')).err).toContain('--index is "-1".');
});

it('refuses a logits folder that cannot be made, without waiting', { timeout: SLOW }, async () => {
  const { code, err } = await inspect('--dump-logits', '/proc/logits/deep');
  expect(code).toBe(2);
  expect(err).toContain('cannot be written');
});
