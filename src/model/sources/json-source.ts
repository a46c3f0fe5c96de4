/** Reads one JSON file of a model folder, given as its text or already parsed, and says plainly what is wrong with it. */

import { PlaygroundError } from '../../base/errors.ts';

/** A file's text, its parsed content, or undefined or null where the file is not there. */
export type JsonSource = unknown;

/** No file of a model or an adapter is nested more than ten deep. */
const MAX_DEPTH = 64;

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The object in a JSON file.
 * Throws {@link PlaygroundError} `model.file-missing` without a source, `model.file-truncated` for a text that is
 * not whole JSON, `model.file-foreign` for JSON that is not an object or is nested deeper than any reader can go.
 */
export function readJsonObject(source: JsonSource, file: string): JsonObject {
  if (source === undefined || source === null || source === '') {
    throw new PlaygroundError({
      code: 'model.file-missing',
      message: `The model has no ${file}.`,
      fix: `Add ${file} from the model's Hugging Face page to the model folder.`,
      where: file,
    });
  }
  const value = typeof source === 'string' ? parse(source, file) : source;
  const deep = isDeep(value);
  if (isJsonObject(value) && !deep) return value;
  const kind = Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  throw new PlaygroundError({
    code: 'model.file-foreign',
    message: deep
      ? `${file} has lists or objects nested more than ${MAX_DEPTH} deep.`
      : `${file} holds ${kind} instead of an object.`,
    fix: `Take ${file} unchanged from a model in the Hugging Face layout.`,
    where: file,
  });
}

/** Whether lists and objects lie in one another beyond {@link MAX_DEPTH}; looked at level by level, never by recursion. */
function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null
        ? Object.values(one).filter((inner) => typeof inner === 'object' && inner !== null)
        : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const page = /^\s*</.test(text);
    throw new PlaygroundError(
      {
        code: 'model.file-truncated',
        message: page
          ? `${file} is a web page, not JSON.`
          : `${file} is not whole JSON; it was probably cut off.`,
        fix: `Fetch ${file} again, and compare its size with the one on the model's page.`,
        where: file,
        detail: { characters: text.length, original: String(cause) },
      },
      { cause },
    );
  }
}
