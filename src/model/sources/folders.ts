/** Which folder of those picked is the model; a folder with several asks for a choice. */

import { PlaygroundError, shortened } from '../../base/errors.ts';
import { GENAI_CONFIG } from '../formats/genai-export.ts';

/** A file of a picked folder, as far as finding the model needs it. */
export interface FolderEntry {
  readonly path: string;
  readonly file?: Blob;
}

/** A model inside a picked folder, as a person chooses it. */
export interface FolderChoice {
  /** Path inside the picked folder, as `inner` of a file source takes it. */
  readonly inner: string;
  /** When its configuration was last written, ms since 1970; null where the picker does not say. */
  readonly modified: number | null;
}

/** Choices that an error names in its message; all that fit are in its detail. */
const NAMED = 5;
/** Choices in the detail of an error: the newest of them. */
const LISTED = 40;

/** A path with forward slashes, without one in front. */
export function pathOf({ path }: FolderEntry): string {
  return path.replaceAll('\\', '/').replace(/^\/+/, '');
}

/**
 * The prefix of the model's paths, with its slash: that of `inner` where it is given, else the outermost folder
 * with a configuration and weights, as transformers opens it.
 * Throws {@link PlaygroundError} `model.several` where several of them lie in a folder that is none itself, newest
 * first in `detail.choices`, and `model.no-such-folder` for an `inner` that holds no model.
 */
export function modelHome(entries: readonly FolderEntry[], inner?: string): string {
  const paths = entries.map(pathOf);
  const top = commonFolder(paths);
  const homes = foldersWith(paths, isConfig);
  if (inner !== undefined) {
    const home = `${top}${inner.replace(/^\/+|\/+$/g, '')}/`.replace(/^\/+/, '');
    if (homes.includes(home)) return home;
    throw noSuchFolder(
      inner,
      homes.map((path) => innerName(entries, path)),
    );
  }
  const weighty = new Set(paths.flatMap((path) => weightsHome(path) ?? []));
  const whole = homes.filter((home) => weighty.has(home));
  if (whole.length === 0) return homes.sort(byDepth)[0] ?? top;
  if (whole.includes(top) || whole.length === 1) return whole.includes(top) ? top : whole[0];
  throw several(whole.map((home) => choiceOf(entries, home)).sort(newestFirst));
}

/** The place of a model inside the picked folder; '' for the folder itself. */
export function innerName(entries: readonly FolderEntry[], home: string): string {
  const top = commonFolder(entries.map(pathOf));
  return home.slice(top.length).replace(/\/$/, '');
}

const isConfig = (name: string) => name === 'config.json';
export const isWeights = (name: string) =>
  name === 'model.safetensors' || name === 'model.safetensors.index.json';

/** Whether a file of this name holds, or lists, the weights of a model, as tensors or as graphs. */
export const marksWeights = (name: string) =>
  isWeights(name) || name === GENAI_CONFIG || isDecoder(name);

const isDecoder = (name: string) => /^decoder_model_merged\w*\.onnx$/.test(name);

/** The folder that a file makes a model's by its weights; null for any other file. */
function weightsHome(path: string): string | null {
  const cut = path.lastIndexOf('/') + 1;
  const [folder, name] = [path.slice(0, cut), path.slice(cut)];
  if (!marksWeights(name)) return null;
  return isDecoder(name) ? folder.replace(/(^|\/)onnx\/$/, '$1') : folder;
}

function foldersWith(paths: readonly string[], wanted: (name: string) => boolean): string[] {
  const found = paths.flatMap((path) => {
    const cut = path.lastIndexOf('/') + 1;
    return wanted(path.slice(cut)) ? [path.slice(0, cut)] : [];
  });
  return [...new Set(found)];
}

/** The picked folder's own name, which a picker may put in front of all paths. */
function commonFolder(paths: readonly string[]): string {
  const first = paths[0]?.split('/')[0];
  const shared = first !== undefined && paths.every((path) => path.startsWith(`${first}/`));
  return shared ? `${first}/` : '';
}

const byDepth = (a: string, b: string) =>
  a.split('/').length - b.split('/').length || (a < b ? -1 : 1);

function choiceOf(entries: readonly FolderEntry[], home: string): FolderChoice {
  const file = entries.find((entry) => pathOf(entry) === `${home}config.json`)?.file;
  const modified = file !== undefined && 'lastModified' in file ? Number(file.lastModified) : null;
  return { inner: innerName(entries, home), modified };
}

/** Trainers number what they save; a copy may have given all of them one time. */
function newestFirst(a: FolderChoice, b: FolderChoice): number {
  const [first, second] = [a.inner, b.inner].map((name) => /^(.*?)(\d+)$/.exec(name));
  if (first && second && first[1] === second[1]) return Number(second[2]) - Number(first[2]);
  return (b.modified ?? 0) - (a.modified ?? 0) || (a.inner < b.inner ? -1 : 1);
}

function several(choices: readonly FolderChoice[]): PlaygroundError {
  const names = choices.slice(0, NAMED).map(({ inner }) => shortened(inner, 60));
  const more = choices.length > NAMED ? ` and ${choices.length - NAMED} more` : '';
  return new PlaygroundError({
    code: 'model.several',
    message: `The folder holds ${choices.length} models: ${names.join(', ')}${more}.`,
    fix: `Open the folder of one of them by itself; the newest is ${shortened(choices[0].inner, 60)}.`,
    where: 'model folder',
    detail: { choices: choices.slice(0, LISTED) },
  });
}

function noSuchFolder(inner: string, homes: readonly string[]): PlaygroundError {
  return new PlaygroundError({
    code: 'model.no-such-folder',
    message: `The folder has no model in "${shortened(inner, 80)}".`,
    fix: 'Choose one of those that it has, or pick the folder again.',
    where: 'model folder',
    detail: { found: homes.slice(0, LISTED) },
  });
}
