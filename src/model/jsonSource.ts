/** Reads one JSON file of a model folder, given as its text or already parsed, and says plainly what is wrong with it. */

import { PlaygroundError } from '../base/errors.ts';

/** A file's text, its parsed content, or undefined or null where the file is not there. */
export type JsonSource = unknown;

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The object in a JSON file.
 * Throws {@link PlaygroundError} `model.file-missing` without a source, `model.file-truncated` for a text that is
 * not whole JSON, `model.file-foreign` for JSON that is not an object.
 */
export function readJsonObject(source: JsonSource, file: string): JsonObject {
  if (source === undefined || source === null || source === '') {
    throw new PlaygroundError({
      code: 'model.file-missing',
      message: `The model has no ${file}.`,
      fix: `Add ${file} from the checkpoint's Hugging Face page to the model folder.`,
      where: file,
    });
  }
  const value = typeof source === 'string' ? parse(source, file) : source;
  if (isJsonObject(value)) return value;
  throw new PlaygroundError({
    code: 'model.file-foreign',
    message: `${file} holds ${Array.isArray(value) ? 'a list' : `a ${typeof value}`} instead of an object.`,
    fix: `Take ${file} unchanged from a Qwen2.5-VL checkpoint in the Hugging Face layout.`,
    where: file,
  });
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
        fix: `Fetch ${file} again, and compare its size with the one on the checkpoint's page.`,
        where: file,
        detail: { characters: text.length, original: String(cause) },
      },
      { cause },
    );
  }
}
