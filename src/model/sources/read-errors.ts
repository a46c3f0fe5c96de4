/** What goes wrong while a model's files are read. */

import { PlaygroundError } from '../../base/errors.ts';

/** A file that the model should have; `found` says what is there instead. */
export function missing(name: string, found: string, fix?: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.file-missing',
    message: `The model has no ${name}. ${found}`,
    fix:
      fix ?? `Pick the folder of a Qwen-VL model in the Hugging Face layout, with ${name} in it.`,
    where: name,
    detail: { found },
  });
}

/** A transfer that ended early; `expected` bytes where the host said how many. */
export function truncated(
  name: string,
  loaded: number,
  expected: number | undefined,
  cause?: unknown,
): PlaygroundError {
  const sizes = expected === undefined ? `${loaded} bytes` : `${loaded} of ${expected} bytes`;
  return new PlaygroundError(
    {
      code: 'model.file-truncated',
      message: `${name} was cut off after ${sizes}.`,
      fix: 'Check the connection and load the model again.',
      where: name,
      detail: { loaded, expected },
    },
    { cause },
  );
}

/** A host that does not answer, or answers with an error. */
export function unreachable(name: string, url: URL, cause: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'model.unreachable',
      message: `${name} could not be fetched from this site.`,
      fix: 'Check the connection, then load the model again.',
      where: name,
      detail: { url: url.href, original: String(cause) },
    },
    { cause },
  );
}

/** A picked file that the disk no longer gives. */
export function unreadable(name: string, bytes: number, cause: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'model.file-unreadable',
      message: `${name} can no longer be read; it was moved, changed or deleted after it was picked.`,
      fix: 'Pick the folder again.',
      where: name,
      detail: { bytes, original: String(cause) },
    },
    { cause },
  );
}
