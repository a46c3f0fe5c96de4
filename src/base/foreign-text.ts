/** Names a text that was given in another's place: a trainer's log, a chat, a data set, an archive read as text. */

import {
  beginsOtherwise,
  FILE_KINDS,
  type FileKind,
  kindByHead,
  kindByName,
  placeOf,
  tellingFile,
} from './file-kinds.ts';

export interface ForeignText {
  readonly kind: FileKind;
  /** Completes "This is …": "JSON Lines with completions (12 records)". */
  readonly what: string;
}

/** What a record is, by the fields that only its kind has; the first row that fits counts. */
const FIELDS: readonly (readonly [FileKind, string, readonly string[]])[] = [
  ['token-ids', 'token ids of completions', ['completion_ids', 'response_ids', 'output_ids']],
  ['token-ids', 'token ids of completions', ['completion_tokens', 'output_token_ids', 'token_ids']],
  ['completions', 'completions', ['completion', 'completions', 'response', 'responses']],
  ['completions', 'completions', ['output', 'outputs', 'generated_text', 'generation', 'rollout']],
  ['chat', 'chat messages', ['messages', 'conversations', 'role', 'choices']],
  ['examples', 'questions with answers', ['problem', 'question', 'answer', 'solution']],
  ['adapter-config', 'the configuration of an adapter', ['peft_type']],
  ['model-config', 'the configuration of a model', ['model_type', 'architectures', 'added_tokens']],
  ['metrics', 'a training log', ['loss', 'train_loss', 'learning_rate', 'lr', 'log_history']],
];

/**
 * What a text is when it is no plain text: null for plain text, and for JSON that opens no known way and was
 * perhaps cut off, `json-cut`. Nothing is decoded for anybody: the caller refuses and says what to do.
 */
export function foreignText(text: string): ForeignText | null {
  const head = kindByHead(text);
  if (head !== null) return { kind: head, what: FILE_KINDS[head].what };
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

/** Bytes that a file's kind is told from. */
const HEAD_BYTES = 1 << 18;
/** How this project's own files begin, which may be longer than that. */
const OWN = /^\s*\{\s*"format"\s*:\s*"vigos-(trace|run|evaluation|experiment-report)\//;
const OWN_KINDS: Readonly<Record<string, ForeignText>> = {
  trace: { kind: 'trace', what: 'a trace' },
  run: { kind: 'run', what: 'the record of a training run' },
  evaluation: { kind: 'evaluation', what: 'an evaluation' },
  'experiment-report': { kind: 'experiment', what: 'the report of an experiment' },
};

/**
 * What a file is, by how it begins and then by its name; null for plain text and what nobody knows. Bytes that can no
 * longer be read are told by the name alone.
 */
export async function fileKind(file: Blob, name: string): Promise<ForeignText | null> {
  const text = await file
    .slice(0, HEAD_BYTES)
    .text()
    .catch(() => '');
  const own = OWN_KINDS[OWN.exec(text)?.[1] ?? ''];
  if (own !== undefined && !areLines(text)) return own;
  const whole = file.size <= HEAD_BYTES;
  const read = foreignText(text);
  const begun = read?.kind === 'json-cut' && !whole ? (begunText(text) ?? read) : read;
  // What was not read was not counted.
  const told =
    begun !== null && !whole
      ? { ...begun, what: begun.what.replace(/ \(\d+ records?\)$/, '') }
      : begun;
  if (told !== null && placeOf(told.kind) !== null) return told;
  const kind = kindByName(name);
  // A name is no more than a claim.
  if (kind === null || beginsOtherwise(kind, text)) return told;
  if (kind === 'table' && isLogTable(text)) return { kind: 'metrics', what: 'a table of metrics' };
  return { kind, what: FILE_KINDS[kind].what };
}

/** Columns that count steps, and figures that only training has; one of its texts would make a table rollouts. */
const STEPS = /^(?:(?:[\w-]+\/)?(?:global_)?_?step|iteration)$/i;
const TRAINING_FIGURE = /(?:^|[/_. ])(?:loss|learning_rate|lr|grad_norm)$/i;
const TEXTS = /^(?:prompt|completion|response|output|text|question|answer|problem)s?$/i;

/** Whether the head of a table is that of a training log; Weights & Biases names columns “run - figure”. */
function isLogTable(text: string): boolean {
  const [head] = text.replace(/^\ufeff/, '').split(/\r?\n/, 1);
  const columns = head.split(/[,\t]/).map((name) => name.replace(/^"|"$/g, '').trim());
  if (!columns.some((name) => STEPS.test(name)) || columns.some((name) => TEXTS.test(name)))
    return false;
  const tensorBoard = columns.includes('Wall time') && columns.includes('Value');
  return (
    tensorBoard || columns.some((name) => TRAINING_FIGURE.test(name) || / - [^ ]+$/.test(name))
  );
}

/** Whether a whole record is followed by another one. */
function areLines(text: string): boolean {
  const end = text.indexOf('\n');
  return end > 0 && /^\s*\{/.test(text.slice(end)) && parsed(text.slice(0, end)) !== undefined;
}

/** Files of a folder whose content is looked at where no name says what it is. */
const LOOKED_AT = 4;

/** The file that says what a folder is, by its name or, in JSON, by what it holds; null for none. */
export async function tellingContent(
  files: readonly { readonly path: string; readonly file: Blob }[],
): Promise<(ForeignText & { readonly name: string }) | null> {
  const telling = tellingFile(files.map(({ path }) => path));
  const named = files.filter(({ path }) => path === telling?.name);
  const json = files.filter(({ path }) => /\.json[l]?$/i.test(path)).slice(0, LOOKED_AT);
  for (const { path, file } of [...named, ...json]) {
    const kind = await fileKind(file, path);
    const beside = kind === null || kind.kind === 'model-config' || placeOf(kind.kind) === null;
    if (!beside) return { ...kind, name: path };
  }
  return null;
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
  const own =
    typeof format === 'string' ? OWN_KINDS[/^vigos-(.+)\//.exec(format)?.[1] ?? ''] : undefined;
  if (own !== undefined)
    return own.kind === 'trace' && records !== null
      ? { kind: 'trace', what: `${form} of traces${count}` }
      : own;
  for (const [kind, what, fields] of FIELDS)
    if (fields.some((field) => Object.hasOwn(record, field)))
      return { kind, what: `${form} with ${what}${count}` };
  if (isLogLine(record)) return { kind: 'metrics', what: `${form} with a training log${count}` };
  return { kind: 'json', what: `${form}${count}` };
}

/** Whether a record has a step and a figure of training; some loggers put the figures one level deeper. */
function isLogLine(record: object): boolean {
  const inner = Object.values(record).flatMap((value: unknown) =>
    typeof value === 'object' && value !== null ? Object.keys(value) : [],
  );
  const keys = Object.keys(record);
  return (
    keys.some((key) => STEPS.test(key)) &&
    [...keys, ...inner].some((key) => TRAINING_FIGURE.test(key))
  );
}

/** What JSON holds of which only the beginning was read: told by its first record, or by the keys that came. */
function begunText(text: string): ForeignText | null {
  const bare = text.replace(/^\ufeff/, '').trim();
  const inList = bare.startsWith('[');
  const outer = inList ? 2 : 1;
  const keys: Record<string, null> = {};
  let depth = 0;
  for (const { 0: token, index } of bare.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') {
      depth--;
      if (inList && depth === 1) return named([parsed(bare.slice(1, index + 1))], 'JSON', null);
    } else if (depth === outer && token.endsWith(':')) {
      const key = parsed(token.slice(0, -1));
      if (typeof key === 'string') keys[key] = null;
    }
  }
  const found = named(inList ? [keys] : keys, 'JSON', null);
  return found?.kind === 'json' ? null : found;
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
