/** The folder of `--dump-logits`: one run's logits and nothing older. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PlaygroundError } from '../../src/base/errors.ts';
import { npyBytes } from './npy.ts';

/** Logits as they come in from the page. */
interface PostedLogits {
  readonly name: string;
  readonly vocab: number;
  readonly rows: number;
  /** Token index of each row; null for the student, whose rows are the tokens. */
  readonly tokens: readonly number[] | null;
  readonly data: Float32Array;
}

/** Posted bytes and what their address says about them. */
export function postedLogits(query: URLSearchParams, body: Uint8Array<ArrayBuffer>): PostedLogits {
  return {
    name: query.get('name') ?? '',
    vocab: Number(query.get('vocab')),
    rows: Number(query.get('rows')),
    tokens: query.get('tokens')?.split(',').map(Number) ?? null,
    data: new Float32Array(body.buffer),
  };
}

/** What this command writes; other files of the folder are left alone. */
const OURS = /^(student|teacher-.*)\.npy$/;

/**
 * Makes the folder and deletes what an earlier run left in it: another rollout may have other teachers.
 * Throws `inspect.cannot-write`.
 */
export function emptyLogitsFolder(folder: string): void {
  writing(folder, () => {
    makeFolder(path.resolve(folder));
    for (const name of readdirSync(folder)) if (OURS.test(name)) rmSync(path.join(folder, name));
  });
}

/** Step by step, since Node's recursive mkdir never returns where nothing can be made, as in /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  mkdirSync(folder);
}

/** Writes `NAME.npy` [rows, vocab], and `NAME.rows.npy` for a teacher. Throws `inspect.cannot-write`. */
export function writeLogits(
  folder: string,
  { name, vocab, rows, tokens, data }: PostedLogits,
): void {
  const write = (suffix: string, bytes: Uint8Array) => {
    const file = path.join(folder, `${name}${suffix}.npy`);
    writing(file, () => writeFileSync(file, bytes));
  };
  write('', npyBytes(data, [rows, vocab]));
  if (tokens !== null) write('.rows', npyBytes(Int32Array.from(tokens), [tokens.length]));
}

function writing(target: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw new PlaygroundError(
      {
        code: 'inspect.cannot-write',
        message: `${target} cannot be written.`,
        fix: 'Give --dump-logits a folder that can be made and written, on a disk with room.',
        where: '--dump-logits',
        detail: { original: String(cause) },
      },
      { cause },
    );
  }
}
