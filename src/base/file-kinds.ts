/** The kinds of files that people bring: how each is recognised, and where it belongs on the pages. One table. */

export interface FileKindRow {
  /** Completes "This is …". */
  readonly what: string;
  /** Of a file's name without its folders, in lower case. */
  readonly name?: RegExp;
  /** How its bytes begin, read as UTF-8; bytes that are no UTF-8 were read as U+FFFD. */
  readonly starts?: readonly string[];
  /** Every file of the kind begins so, whatever its name says. */
  readonly always?: true;
  /** The same where no few beginnings are all there are. */
  readonly head?: RegExp;
  /** Where a person gets on with it; null where only its reader can say. */
  readonly belongs: string | null;
}

/** What a person sees is called as the pages call it. */
const MODEL_FOLDER = '“Open a model folder” (behind the backend’s name, top right)';
const HUGGING_FACE = `${MODEL_FOLDER} takes a Qwen-VL model in the Hugging Face layout: its weights as safetensors, or its three ONNX graphs`;
const IMPORT = '“Import run or adapter” on the Train page';
const COMPLETIONS =
  'The Rollouts page reads all of them; paste the text of one into “Edit this rollout”, or score it with `npm run inspect -- --rollout-text FILE`.';
const ROLLOUTS = 'The Rollouts page reads it, where it holds completions.';
const ONE_QUESTION =
  'The Data page takes questions with their pictures, for the Lab, Train and Evaluate.';

/** The version of the format (3 to 13), then the writer's name or the graph. */
const ONNX_STARTS = Array.from(
  { length: 11 },
  (_, i) => `\u0008${String.fromCharCode(i + 3)}`,
).flatMap((version) => [`${version}\u0012`, `${version}:`]);

/** The first row that fits a file counts, so the narrower stand above the wider; rows without either are told by JSON. */
export const FILE_KINDS = {
  run: {
    what: 'part of a training run of this page',
    name: /^run\.json$/,
    belongs: `${IMPORT} takes the zip file of the whole run.`,
  },
  'adapter-config': {
    what: 'part of a LoRA adapter (PEFT)',
    name: /^(?:adapter_config\.json|adapter_model\.(?:safetensors|bin))$/,
    belongs: `${IMPORT} takes a zip file of the adapter’s whole folder.`,
  },
  'pipeline-config': {
    what: 'the index of a diffusers pipeline',
    name: /^model_index\.json$/,
    belongs: `Models that draw pictures do not run here; ${HUGGING_FACE}.`,
  },
  onnx: {
    what: 'an ONNX graph',
    name: /\.onnx(?:[._]data)?$/,
    starts: ONNX_STARTS,
    belongs: `A graph alone is no model; ${HUGGING_FACE}.`,
  },
  gguf: {
    what: 'a GGUF model',
    name: /\.gguf$/,
    starts: ['GGUF'],
    always: true,
    belongs: `Models of llama.cpp do not run here; ${HUGGING_FACE}.`,
  },
  ggml: {
    what: 'a GGML model',
    name: /^(?:ggml[\w.-]*|.*\.ggml[\w.-]*)\.bin$|\.ggml$/,
    head: /^(?:lmgg|fmgg|tjgg|algg)[\s\S]?[\p{Cc}\ufffd]/u,
    belongs: `Models of llama.cpp do not run here; ${HUGGING_FACE}.`,
  },
  'trainer-shards': {
    what: 'one shard of a trainer’s own state',
    name: /\.distcp$|_(?:model|optim)_states\.pt$|^(?:model|optim|extra_state)_world_size_\d+_rank_\d+\.pt$/,
    belongs: `Merge the shards with the trainer’s own tool (verl’s model_merger, DeepSpeed’s zero_to_fp32.py); ${HUGGING_FACE}.`,
  },
  pickle: {
    what: 'a pickle of PyTorch',
    name: /^(?!training_args|optimizer|scheduler|rng_state).*\.(?:bin|pt|pth|ckpt|pkl)$|^data\.pkl$|^pytorch_model\.bin\.index\.json$/,
    starts: ['\ufffd\u0002}', '\ufffd\u0002\ufffd', '\ufffd\u0003}', '\ufffd\u0004\ufffd'],
    head: /^PK\p{Cc}{2}[\s\S]{16,30}?[\w.-]{1,80}\/(?:data\.pkl|\.format_version|version|byteorder)/u,
    belongs: `A pickle can run code, so none is opened: save the model with save_pretrained(…, safe_serialization=True); ${HUGGING_FACE}.`,
  },
  'other-weights': {
    what: 'a file of weights for TensorFlow, Keras or Flax',
    name: /\.(?:h5|keras|tflite|msgpack|pb)$/,
    starts: ['\ufffdHDF\r\n'],
    belongs: `Convert them with transformers (from_tf or from_flax, then save_pretrained); ${HUGGING_FACE}.`,
  },
  safetensors: {
    what: 'a safetensors file',
    name: /\.safetensors$/,
    // Behind the eight bytes of its length stands the header.
    head: /^[\s\S]{2,8}?\{\s*"(?:__metadata__"|[\w.-]+"\s*:\s*\{\s*"dtype")/,
    belongs: `Weights are opened with their folder: ${HUGGING_FACE}; ${IMPORT} takes a zip file of an adapter’s.`,
  },
  'model-config': {
    what: 'the configuration of a model',
    name: /^(?:config|generation_config|tokenizer|tokenizer_config|preprocessor_config|processor_config)\.json$/,
    belongs: `${MODEL_FOLDER} takes the whole folder.`,
  },
  metrics: {
    what: 'a training log',
    name: /^trainer_state\.json$/,
    belongs: `${IMPORT} takes it: its curves lie over those of runs that were made here.`,
  },
  'event-log': {
    what: 'an event log of TensorBoard',
    name: /^events\.out\.tfevents\./,
    belongs: `Save its scalars as CSV in TensorBoard; ${IMPORT} takes that.`,
  },
  trace: {
    what: 'a trace',
    belongs: '“Open trace” in the Lab takes one trace; the Rollouts page takes several.',
  },
  evaluation: {
    what: 'an evaluation',
    belongs: '“Import a result” on the Evaluate page takes it.',
  },
  experiment: {
    what: 'the report of an experiment',
    belongs: '“Open a zip or report.json” on the Experiments page takes it.',
  },
  completions: {
    what: 'a file of completions',
    name: /^(?:completions?|rollouts?|generations?|samples?)[\w.-]*\.(?:jsonl|ndjson)$/,
    belongs: COMPLETIONS,
  },
  'token-ids': {
    what: 'token ids',
    belongs: `Token ids mean nothing without their model. ${COMPLETIONS}`,
  },
  chat: { what: 'chat messages', belongs: COMPLETIONS },
  examples: {
    what: 'questions with answers',
    belongs:
      'The Data page takes questions with their pictures; one alone can be typed in the Lab.',
  },
  'json-lines': {
    what: 'a file of JSON Lines',
    name: /\.(?:jsonl|ndjson)$/,
    belongs: COMPLETIONS,
  },
  parquet: {
    what: 'a Parquet file',
    name: /\.parquet$/,
    starts: ['PAR1'],
    always: true,
    belongs: `${ROLLOUTS} ${ONE_QUESTION}`,
  },
  arrow: {
    what: 'an Arrow file',
    name: /\.(?:arrow|feather)$/,
    starts: ['ARROW1', 'FEA1'],
    belongs: `${ROLLOUTS} ${ONE_QUESTION}`,
  },
  table: { what: 'a table', name: /\.(?:csv|tsv)$/, belongs: `${ROLLOUTS} ${ONE_QUESTION}` },
  numpy: {
    what: 'a NumPy array',
    name: /\.np[yz]$/,
    starts: ['\ufffdNUMPY'],
    always: true,
    belongs: 'Arrays are not opened here; of a picture, save a PNG file.',
  },
  picture: {
    what: 'a picture',
    name: /\.(?:png|jpe?g|jfif|webp|avif|gif|bmp|tiff?|hei[cf]|svg)$/,
    head: /^(?:\ufffdPNG\r\n|\ufffd{3}[\s\S]{1,6}(?:JFIF|Exif)|GIF8[79]a|RIFF[\s\S]{3,4}WEBP|[\s\S]{4}ftyp(?:avi[fs]|hei[cfsx]|mif1))/,
    belongs: 'The Lab takes one picture: drop it there, or choose it in the gallery.',
  },
  film: {
    what: 'a video or a sound',
    name: /\.(?:mp4|mov|mkv|webm|avi|mp3|wav|flac)$/,
    starts: ['\u001aE\ufffd'],
    head: /^[\s\S]{4}ftyp/,
    belongs: 'The Lab takes single pictures: save one frame as a PNG file.',
  },
  document: {
    what: 'a document',
    name: /\.(?:pdf|docx?|xlsx?|pptx?|od[tsp])$|^\[content_types\]\.xml$/,
    head: /^(?:%PDF-|PK\p{Cc}{2}[\s\S]{16,30}?\[Content_Types\]\.xml)/u,
    belongs: 'The Lab takes pictures: save the page or the figure as a PNG file.',
  },
  zip: {
    what: 'a zip archive',
    name: /\.zip$/,
    starts: ['PK\u0003\u0004', 'PK\u0005\u0006'],
    always: true,
    belongs: `${IMPORT} takes a run or an adapter as a zip file; a model is unzipped first, and ${MODEL_FOLDER} takes its folder.`,
  },
  gzip: {
    what: 'a gzip file',
    name: /\.t?gz$/,
    starts: ['\u001f\ufffd'],
    always: true,
    belongs: `Unpack it first, unless it holds completions, which the Rollouts page reads so.`,
  },
  packed: {
    what: 'a packed archive',
    name: /\.(?:tar|7z|rar|xz|zst|bz2)$/,
    starts: ['7z\ufffd\ufffd', 'Rar!\u001a\u0007', '\ufffd7zXZ'],
    belongs: 'Unpack it first.',
  },
  html: {
    what: 'a web page',
    name: /\.html?$/,
    head: /^\s*<(?:!doctype html|html)\b/i,
    belongs: 'Save the file itself instead of the page that shows it.',
  },
  'json-string': { what: 'a quoted JSON string', belongs: null },
  json: { what: 'JSON', belongs: null },
  'json-cut': { what: 'JSON that was cut off', belongs: null },
} as const satisfies Readonly<Record<string, FileKindRow>>;

export type FileKind = keyof typeof FILE_KINDS;

const ROWS = Object.entries(FILE_KINDS) as readonly [FileKind, FileKindRow][];

/** The kind whose bytes begin so; null for none. */
export function kindByHead(text: string): FileKind | null {
  return (
    ROWS.find(
      ([, { starts, head }]) => starts?.some((start) => text.startsWith(start)) || head?.test(text),
    )?.[0] ?? null
  );
}

/** Whether what was read is none of this kind, whatever its file's name says; nothing read says nothing. */
export function beginsOtherwise(kind: FileKind, text: string): boolean {
  const { starts, always }: FileKindRow = FILE_KINDS[kind];
  return always === true && text !== '' && !starts?.some((start) => text.startsWith(start));
}

/** The kind of a file of this path; null for none. */
export function kindByName(path: string): FileKind | null {
  const name = path.slice(path.search(/[^\\/]*$/)).toLowerCase();
  return ROWS.find(([, row]) => row.name?.test(name))?.[0] ?? null;
}

/** Where this kind belongs; null where only its reader can say. */
export function placeOf(kind: FileKind): string | null {
  return FILE_KINDS[kind].belongs;
}

/** Kinds that lie beside others and do not say what their folder is. */
const BESIDE: ReadonlySet<FileKind> = new Set<FileKind>([
  'safetensors',
  'model-config',
  'metrics',
  'event-log',
  'html',
  'document',
]);

export interface NamedFile {
  readonly name: string;
  readonly kind: FileKind;
}

/** The file that says what a folder or an archive is: of those in it the one highest in the table; null for none. */
export function tellingFile(paths: readonly string[]): NamedFile | null {
  const found = paths.flatMap((name) => {
    const kind = kindByName(name);
    return kind === null || BESIDE.has(kind) ? [] : [{ name, kind }];
  });
  const order = ROWS.map(([kind]) => kind);
  return found.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0] ?? null;
}
