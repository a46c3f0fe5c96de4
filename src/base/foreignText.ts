/** Names a text that was given in another's place: a trainer's log, a chat, a data set, an archive read as text. */

export type ForeignKind =
  | 'completions'
  | 'token-ids'
  | 'chat'
  | 'examples'
  | 'metrics'
  | 'trace'
  | 'run'
  | 'adapter-config'
  | 'model-config'
  | 'json-string'
  | 'json'
  | 'json-cut'
  | 'zip'
  | 'gzip'
  | 'parquet'
  | 'gguf'
  | 'safetensors'
  | 'html';

export interface ForeignText {
  readonly kind: ForeignKind;
  /** Completes "This is …": "JSON Lines with completions (12 records)". */
  readonly what: string;
}

/** How files begin that are no text of a person's; bytes that are no UTF-8 were read as U+FFFD. */
const HEADS: readonly (readonly [string, ForeignKind, string])[] = [
  ['PK\u0003\u0004', 'zip', 'a zip archive'],
  ['\u001f\ufffd', 'gzip', 'a gzip file'],
  ['PAR1', 'parquet', 'a Parquet file'],
  ['GGUF', 'gguf', 'a GGUF model'],
];
/** Behind the eight bytes of its length stands a safetensors header. */
const TENSORS = /^[\s\S]{2,8}?\{\s*"(?:__metadata__"|[\w.-]+"\s*:\s*\{\s*"dtype")/;
const PAGE = /^\s*<(?:!doctype html|html)\b/i;

/** What a record is, by the fields that only its kind has; the first row that fits counts. */
const FIELDS: readonly (readonly [ForeignKind, string, readonly string[]])[] = [
  ['token-ids', 'token ids of completions', ['completion_ids', 'response_ids', 'output_ids']],
  ['token-ids', 'token ids of completions', ['completion_tokens', 'output_token_ids', 'token_ids']],
  ['completions', 'completions', ['completion', 'completions', 'response', 'responses']],
  ['completions', 'completions', ['output', 'outputs', 'generated_text', 'generation', 'rollout']],
  ['chat', 'chat messages', ['messages', 'conversations', 'role', 'choices']],
  ['examples', 'questions with answers', ['problem', 'question', 'answer', 'solution']],
  ['adapter-config', 'the configuration of an adapter', ['peft_type']],
  ['model-config', 'the configuration of a model', ['model_type', 'architectures', 'added_tokens']],
  ['metrics', 'a training log', ['loss', 'train_loss', 'learning_rate', 'lr']],
];

/**
 * What a text is when it is no plain text: null for plain text, and for JSON that opens no known way and was
 * perhaps cut off, `json-cut`. Nothing is decoded for anybody: the caller refuses and says what to do.
 */
export function foreignText(text: string): ForeignText | null {
  for (const [head, kind, what] of HEADS) if (text.startsWith(head)) return { kind, what };
  if (TENSORS.test(text)) return { kind: 'safetensors', what: 'a safetensors file' };
  if (PAGE.test(text)) return { kind: 'html', what: 'a web page' };
  const bare = text.replace(/^\ufeff/, '').trim();
  if (!/^[{["]/.test(bare)) return null;
  const whole = parsed(bare);
  if (typeof whole === 'string') return { kind: 'json-string', what: 'a quoted JSON string' };
  if (whole !== undefined) return named(whole, 'JSON', null);
  const lines = bare.split(/\r?\n/).filter((line) => line.trim() !== '');
  const first = parsed(lines[0]);
  if (lines.length > 1 && typeof first === 'object' && first !== null)
    return named(first, 'JSON Lines', lines.length);
  return /^(?:\{\s*"|\[\s*[{["\d])/.test(bare)
    ? { kind: 'json-cut', what: 'JSON that was cut off' }
    : null;
}

function named(value: unknown, form: string, lines: number | null): ForeignText | null {
  const list = Array.isArray(value) ? value : null;
  const record = list === null ? value : list[0];
  const records = lines ?? list?.length ?? null;
  const count = records === null ? '' : ` (${records} ${records === 1 ? 'record' : 'records'})`;
  if (list?.every(Number.isInteger) && list.length > 0)
    return { kind: 'token-ids', what: `${form} with token ids${count}` };
  if (list?.every((item) => typeof item === 'string') && list.length > 0)
    return { kind: 'completions', what: `${form} with texts${count}` };
  if (typeof record !== 'object' || record === null)
    return list === null ? null : { kind: 'json', what: `${form}${count}` };
  const { format } = record as { format?: unknown };
  if (typeof format === 'string' && format.startsWith('vigos-trace/'))
    return { kind: 'trace', what: records === null ? 'a trace' : `${form} of traces${count}` };
  if (typeof format === 'string' && format.startsWith('vigos-run/'))
    return { kind: 'run', what: 'the record of a training run' };
  for (const [kind, what, fields] of FIELDS)
    if (fields.some((field) => Object.hasOwn(record, field)))
      return { kind, what: `${form} with ${what}${count}` };
  return { kind: 'json', what: `${form}${count}` };
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
