/** What the flags of all commands share: how they are read, how a wrong one is refused, and how a command ends that failed. */

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { PlaygroundError, toErrorRecord } from '../src/base/errors.ts';
import type { BackendChoice } from '../src/contract/backend.ts';

export const TEXT = { type: 'string' } as const;
export const TEXTS = { type: 'string', multiple: true } as const;
export const SWITCH = { type: 'boolean' } as const;

const BACKENDS = ['webgpu', 'wasm', 'auto'] as const satisfies readonly BackendChoice[];

export class Flags {
  readonly #command: string;

  /** Of `npm run COMMAND`, whose errors about flags are COMMAND.bad-argument. */
  constructor(command: string) {
    this.#command = command;
  }

  bad(where: string, message: string, fix: string): PlaygroundError {
    return new PlaygroundError({ code: `${this.#command}.bad-argument`, message, fix, where });
  }

  /** The values of the flags and what stands beside them. Throws what {@link bad} makes. */
  read<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
    try {
      return parseArgs(config);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw this.bad('arguments', `${said.split('. ')[0]}.`, 'Give only the options below.');
    }
  }

  oneOf<T extends string>(flag: string, value: string, known: readonly T[]): T {
    const found = known.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    throw this.bad(flag, `${flag} is "${value}".`, `Give one of: ${known.join(', ')}.`);
  }

  backend(value: string | undefined): BackendChoice {
    return this.oneOf('--backend', value ?? 'auto', BACKENDS);
  }

  /** The path to write to. */
  out(value: string | undefined, what: string): string {
    if (value !== undefined && value !== '') return value;
    throw this.bad('--out', '--out is missing.', `Give ${what}.`);
  }

  pair(flag: string, text: string): [key: string, value: string] {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key !== undefined && value !== undefined) return [key, value];
    throw this.bad(flag, `${flag} is "${text}".`, 'Give KEY=VALUE.');
  }

  wholeNumber(flag: string, text: string, least: number, most: number): number {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw this.bad(flag, `${flag} is "${text}".`, `Give a whole number from ${least} to ${most}.`);
  }

  /** Says what went wrong, with the usage where a flag did; the exit code is 2 for codes that `misuse` knows. */
  end(error: unknown, usage: string, misuse: RegExp): void {
    const { code, message, fix } = toErrorRecord(error, this.#command);
    const help = code === `${this.#command}.bad-argument` ? `\n${usage}` : '';
    process.stderr.write(`${code}: ${message}\n${fix}\n${help}`);
    process.exitCode = misuse.test(code) ? 2 : 1;
  }
}
