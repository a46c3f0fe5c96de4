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

/** The one error class of the project; everything in it is in `record`. */
export class PlaygroundError extends Error {
  readonly record: ErrorRecord;

  constructor(record: ErrorRecord, options?: { cause?: unknown }) {
    super(`${record.message} ${record.fix}`, options);
    this.name = 'PlaygroundError';
    this.record = record;
  }
}

/** Any thrown value as an {@link ErrorRecord}; unknown ones keep their message in `detail.original`. */
export function toErrorRecord(error: unknown, where?: string): ErrorRecord {
  if (error instanceof PlaygroundError) return error.record;
  const original = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal.unexpected',
    message: `Something unexpected happened: ${original}`,
    fix: 'Try again; if it happens twice, reload the page and report it with the detail below.',
    ...(where === undefined ? {} : { where }),
    detail: { original, stack: error instanceof Error ? (error.stack ?? '') : '' },
  };
}
