/** The command from outside: what it says of itself and what it refuses; that it follows the page is `e2e/rollouts.e2e.ts`'s. */

import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

function benchRollouts(...args: string[]) {
  const command = ['--import', 'tsx', 'bench/rollouts.ts', ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}

it('explains itself', () => {
  const { status, stdout } = benchRollouts('--help');
  expect(status).toBe(0);
  expect(stdout).toContain('--rows N');
});

it('ends with 2, one line and the usage when it is asked for what it does not know', () => {
  const { status, stderr, stdout } = benchRollouts('--rows', 'many');
  expect(stderr.split('\n')[0]).toBe('--rows is "many". Give a whole number from 1 to 5000000.');
  expect(stderr).toContain('--seed N');
  expect(status).toBe(2);
  expect(stdout).toBe('');
});
