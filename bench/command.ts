/** What the benchmarks' commands have in common: flags that are understood or refused, and how they end. */

import type { ParseArgsConfig } from 'node:util';
import { Flags } from '../scripts/flags.ts';
import { PlaygroundError, toErrorRecord } from '../src/base/errors.ts';

export const FLAGS = new Flags('bench');

/** The values of flags. Throws {@link PlaygroundError} `bench.bad-argument`. */
export function readFlags<T extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: T,
) {
  return FLAGS.read({ args, options }).values;
}

/**
 * Prints what `work` returns, or one line on standard error and the code 1; 2 and the usage where the
 * command was not understood.
 */
export async function runCommand(usage: string, work: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await work()}\n`);
  } catch (error) {
    const { message, fix, code } = toErrorRecord(error);
    process.stderr.write(`${message} ${fix}\n`);
    const misunderstood = error instanceof PlaygroundError && code === 'bench.bad-argument';
    if (misunderstood) process.stderr.write(`\n${usage}`);
    process.exitCode = misunderstood || code === 'bench.request' ? 2 : 1;
  }
}
