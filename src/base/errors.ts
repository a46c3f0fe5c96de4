/** Errors a person can meet are data, so they survive the worker boundary and can be drawn. */

export interface ErrorRecord {
  /** Stable, dotted, lower case: `model.file-missing`. */
  code: string;
  /** What happened, in one sentence. */
  message: string;
  /** What to do about it, in one sentence. */
  fix: string;
  /** Where it happened: a file, a setting, a tensor, a step. */
  where?: string;
  /** Anything that helps a report: sizes, names, the original message. Structured-cloneable. */
  detail?: Readonly<Record<string, unknown>>;
}

/** Longest texts of a record, in UTF-16 units: a file that somebody brings may put anything into them. */
export const ERROR_LENGTHS = { message: 400, fix: 400, where: 200, detail: 200 };

/** Of another program's words there may be more. */
const DETAIL_LENGTHS: Readonly<Record<string, number>> = { original: 400, stack: 2000 };

/** Entries of a list or an object in `detail`, and levels of them. */
const DETAIL_ENTRIES = 50;
const DETAIL_DEPTH = 4;

/** The one error class of the project; everything in it is in `record`, in bounded texts. */
export class PlaygroundError extends Error {
  readonly record: ErrorRecord;

  constructor(record: ErrorRecord, options?: { cause?: unknown }) {
    const short = bounded(record);
    super(`${short.message} ${short.fix}`, options);
    this.name = 'PlaygroundError';
    this.record = short;
  }
}

/** Any thrown value as an {@link ErrorRecord}; unknown ones keep their message in `detail.original`. */
export function toErrorRecord(error: unknown, where?: string): ErrorRecord {
  if (error instanceof PlaygroundError) return error.record;
  const original = error instanceof Error ? error.message : String(error);
  return bounded({
    code: 'internal.unexpected',
    message: `Something unexpected happened: ${original}`,
    fix: 'Try again; if it happens twice, reload the page and report it with the detail below.',
    ...(where === undefined ? {} : { where }),
    detail: { original, stack: error instanceof Error ? (error.stack ?? '') : '' },
  });
}

/** A text of at most `length` units: its beginning and its end, and between them how long it was. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  const gap = ` … [${text.length} characters] … `;
  const tail = Math.floor((length - gap.length) / 3);
  const head = length - gap.length - tail;
  return whole(text.slice(0, head)) + gap + whole(text.slice(text.length - tail));
}

/** Without the half of a surrogate pair that a cut left. */
const whole = (text: string): string =>
  text.replace(/[\uD800-\uDBFF]$/, '').replace(/^[\uDC00-\uDFFF]/, '');

function bounded(record: ErrorRecord): ErrorRecord {
  const { message, fix, where, detail } = record;
  return {
    ...record,
    message: shortened(message, ERROR_LENGTHS.message),
    fix: shortened(fix, ERROR_LENGTHS.fix),
    ...(where === undefined ? {} : { where: shortened(where, ERROR_LENGTHS.where) }),
    ...(detail === undefined ? {} : { detail: boundedEntries(detail, DETAIL_DEPTH) }),
  };
}

function boundedEntries(values: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(values).slice(0, DETAIL_ENTRIES);
  // fromEntries makes own properties of any name, `__proto__` too.
  return Object.fromEntries(
    entries.map(([key, value]) => {
      const length = Object.hasOwn(DETAIL_LENGTHS, key)
        ? DETAIL_LENGTHS[key]
        : ERROR_LENGTHS.detail;
      return [shortened(key, ERROR_LENGTHS.detail), boundedValue(value, length, depth - 1)];
    }),
  );
}

function boundedValue(value: unknown, length: number, depth: number): unknown {
  if (typeof value === 'string') return shortened(value, length);
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Error) return shortened(String(value), length);
  if (depth <= 0) return Array.isArray(value) ? `[${value.length} entries]` : '{…}';
  if (!Array.isArray(value)) return boundedEntries(value, depth);
  return value.slice(0, DETAIL_ENTRIES).map((item) => boundedValue(item, length, depth - 1));
}
