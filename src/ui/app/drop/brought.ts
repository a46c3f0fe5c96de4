/** What of a drop belongs together, and what it is, told by content: one answer for every page. */

import { type FileKind, placeOf } from '../../../base/file-kinds.ts';
import { type ForeignText, fileKind, tellingContent } from '../../../base/foreign-text.ts';
import { zipNames } from '../../../storage/zip-directory.ts';
import type { PickedFolder } from '../../shared/FolderButton.tsx';
import type { DroppedItems } from './dropped-folder.ts';

/** What pages take. */
export type Taken =
  | 'picture'
  | 'trace'
  | 'run'
  | 'log'
  | 'adapter'
  | 'model'
  | 'evaluation'
  | 'experiment'
  | 'questions'
  | 'rollouts';

/** One thing that was brought: a file, a folder, or loose files that are one. */
export interface Brought {
  readonly name: string;
  /** Completes “… is”. */
  readonly what: string;
  /** Null for what no page takes. */
  readonly taken: Taken | null;
  /** What to do with it, where no page takes it; null where nobody knows what it is. */
  readonly fix: string | null;
  readonly files: PickedFolder['files'];
  /** Its parts have to be packed into one file before a page takes it. */
  readonly loose: boolean;
}

type FolderFile = PickedFolder['files'][number];

const TAKEN: Partial<Record<FileKind, Taken>> = {
  picture: 'picture',
  trace: 'trace',
  run: 'run',
  metrics: 'log',
  evaluation: 'evaluation',
  experiment: 'experiment',
  examples: 'questions',
  completions: 'rollouts',
  'token-ids': 'rollouts',
  chat: 'rollouts',
  'json-lines': 'rollouts',
  parquet: 'rollouts',
  arrow: 'rollouts',
  table: 'rollouts',
  gzip: 'rollouts',
};

const RUN = /(^|\/)run\.json$/;
const ADAPTER = /(^|\/)adapter_(?:config\.json|model\.\w+)$/;
const TRAINER = /(^|\/)trainer_state\.json$/;
const CONFIG = /(^|\/)config\.json$/;
const WEIGHTS = /\.(?:safetensors|onnx|onnx[._]data)$/i;
const REPORT = /(^|\/)report\.json$/;
const LINES = /\.(?:jsonl|ndjson)$/i;
const ROWS = /\.(?:jsonl|ndjson|json|csv|tsv|parquet|arrow|feather)$/i;
const PICTURE = /\.(?:png|jpe?g|webp|avif|gif|bmp)$/i;

/** What an archive or a folder is, by the paths in it; null where these do not say. */
function byPaths(paths: readonly string[]): { taken: Taken; what: string } | null {
  const has = (path: RegExp) => paths.some((own) => path.test(own));
  if (has(CONFIG)) return { taken: 'model', what: 'the folder of a model' };
  if (has(RUN)) return { taken: 'run', what: 'a training run' };
  if (has(TRAINER)) return { taken: 'log', what: 'the folder of a trainer, with its log' };
  if (has(ADAPTER)) return { taken: 'adapter', what: 'a LoRA adapter' };
  if (has(REPORT)) return { taken: 'experiment', what: 'the results of an experiment' };
  if (has(LINES) && has(PICTURE))
    return { taken: 'questions', what: 'questions with their pictures' };
  if (has(ROWS)) return { taken: 'rollouts', what: 'files of records' };
  return null;
}

const A_MODEL_PACKED = 'Unzip it and drop its folder: weights are read where they lie.';

/** Everything that was dropped, in its order, loose parts of one thing put together. */
export async function recognised({ files, folders }: DroppedItems): Promise<Brought[]> {
  const named = files.map((file) => ({ path: file.name, file }));
  const together = looseFolder(named);
  const single = named.filter((one) => !together.includes(one));
  const of = await Promise.all(single.map(recognisedFile));
  const withPictures = questionsWithPictures(of);
  const loose =
    together.length === 0 ? [] : [await recognisedFolder({ name: 'these files', files: together })];
  const inFolders = await Promise.all(folders.map(recognisedFolder));
  return [...loose, ...inFolders, ...withPictures];
}

/** Files of a model or an adapter that came without their folder: all but those that stand for themselves. */
function looseFolder(files: readonly FolderFile[]): FolderFile[] {
  const paths = files.map(({ path }) => path);
  const isModel =
    paths.some((path) => CONFIG.test(path)) && paths.some((path) => WEIGHTS.test(path));
  const isAdapter = paths.filter((path) => ADAPTER.test(path)).length > 1;
  const apart = /\.zip$/i;
  return isModel || isAdapter
    ? files.filter(({ path }) => !PICTURE.test(path) && !apart.test(path))
    : [];
}

/** A list of questions and the pictures beside it are one set. */
function questionsWithPictures(all: readonly Brought[]): readonly Brought[] {
  const sets = all.filter(({ taken, loose }) => taken === 'questions' && !loose);
  const pictures = all.filter(({ taken }) => taken === 'picture');
  if (sets.length !== 1 || pictures.length === 0) return all;
  const [set] = sets;
  const files = [...set.files, ...pictures.flatMap((own) => own.files)];
  const what = `questions with ${pictures.length} ${pictures.length === 1 ? 'picture' : 'pictures'}`;
  const whole: Brought = { ...set, what, files, loose: true };
  return [whole, ...all.filter((own) => own !== set && own.taken !== 'picture')];
}

async function recognisedFile(one: FolderFile): Promise<Brought> {
  const { path: name, file } = one;
  const base = { name, files: [one], loose: false };
  const kind = await fileKind(file, name);
  if (kind?.kind === 'zip') {
    const inside = byPaths(await zipNames(file).catch((): string[] => []));
    if (inside?.taken === 'model')
      return { ...base, what: 'a model in a zip archive', taken: null, fix: A_MODEL_PACKED };
    if (inside !== null) return { ...base, ...inside, fix: null };
  }
  return { ...base, ...told(kind, file) };
}

/** Of what nobody knows the type that the browser gives decides, so that reading it as a picture says what is wrong. */
function told(kind: ForeignText | null, file: File): Pick<Brought, 'what' | 'taken' | 'fix'> {
  if (kind === null)
    return file.type.startsWith('image/')
      ? { what: 'a picture', taken: 'picture', fix: null }
      : { what: 'of no kind that is known here', taken: null, fix: null };
  const { what } = kind;
  const taken = /\brecords?\)$/.test(what) && kind.kind === 'json' ? 'rollouts' : TAKEN[kind.kind];
  // Of several traces in one file each is a rollout.
  if (kind.kind === 'trace' && what !== 'a trace') return { what, taken: 'rollouts', fix: null };
  return { what, taken: taken ?? null, fix: taken === undefined ? placeOf(kind.kind) : null };
}

async function recognisedFolder({ name, files }: PickedFolder): Promise<Brought> {
  const base = { name, files, loose: true };
  const inside = byPaths(files.map(({ path }) => path));
  const rows = inside?.taken === 'rollouts' || inside?.taken === 'questions';
  if (inside !== null && !rows) return { ...base, ...inside, fix: null };
  const [only] = files;
  if (files.length === 1) return { ...(await recognisedFile(only)), name };
  const telling = await tellingContent(files);
  if (telling === null)
    return { ...base, what: 'a folder of no kind that is known here', taken: null, fix: null };
  const file = telling.name.slice(telling.name.lastIndexOf('/') + 1);
  const what = `a folder with ${file}, which is ${telling.what}`;
  const taken = takenFrom(telling.kind, inside?.taken === 'questions');
  const fix = telling.kind === 'picture' ? 'The Lab takes one picture: drop it alone.' : null;
  return { ...base, what, taken, fix: taken === null ? (fix ?? placeOf(telling.kind)) : null };
}

/** What a folder is whose telling file is of this kind. */
function takenFrom(kind: FileKind, pictures: boolean): Taken | null {
  const taken = TAKEN[kind] ?? null;
  if (taken === 'trace') return 'rollouts';
  if (kind === 'json-lines' && pictures) return 'questions';
  return taken === 'picture' ? null : taken;
}
