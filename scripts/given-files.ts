/** Files and folders that a person gives to a command by a flag. */
import { type Dirent, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { PlaygroundError } from '../src/base/errors.ts';
import { BUILT_IN_MODELS, builtInModel } from '../src/contract/models/built-in-models.ts';
import type { ExportPrecision } from '../src/contract/models/model.ts';
import { findOnnxExport } from '../src/model/formats/onnx-export.ts';
import {
  type FolderChoice,
  innerName,
  isWeights,
  marksWeights,
  modelHome,
} from '../src/model/sources/folders.ts';
import { ADAPTER_CONFIG } from '../src/model/sources/inner-adapters.ts';

/** How deep models are looked for below the folder that was given: runs of trainers, snapshots of a cache. */
const DEPTH = 3;

/** What `--model` takes beside a folder, for a command's help. */
export const BUILT_IN_NAMES = `a built-in model's name: ${BUILT_IN_MODELS.map(({ name }) => name).join(', ')} (the first)`;

/** What each was made for and what was planted in it, for the end of a command's help. */
export const BUILT_IN_HELP = `
Built-in models:
${BUILT_IN_MODELS.map(({ name, title, planted }) => `  ${name}\n${folded(`${title}. ${planted}`)}`).join('\n')}
`;

/** Lines of at most 110 letters, indented. */
function folded(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last.length + word.length > 105) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines.map((line) => `    ${line}`).join('\n');
}

/** The folder of a model. */
export interface GivenModel {
  readonly folder: string;
  /** The given folder's own name, with the place of the model inside it, as on the page. */
  readonly name: string;
  /** Names of the files it consists of. */
  readonly files: readonly string[];
  /** Folder of the adapter that is merged into its weights: '' for the one beside them; null for none. */
  readonly merges: '' | null;
}

/**
 * The model in the folder that `--model` names, which may be a built-in model's name: the folder itself or the
 * only one inside it, as on the page.
 * Where it has no weights to build graphs from, its ONNX graphs of the precision asked for belong to it.
 * Throws {@link PlaygroundError} `inspect.unreadable`, `model.several` where it holds several, naming the path of
 * the newest, `model.no-precision` and `model.dynamic-int8`.
 */
export function givenModel(wanted: string, precision?: ExportPrecision): GivenModel {
  const given = builtInModel(wanted) && !existsSync(wanted) ? builtInFolder(wanted) : wanted;
  const name = path.basename(path.resolve(given));
  const top = listed(given).map((entry) => entry.name);
  const whole = top.includes('config.json') && top.some(isWeights);
  const inner = whole ? '' : innerOf(given);
  const folder = path.join(given, inner);
  const files = listed(folder).map((entry) => entry.name);
  const graphs = files.some(isWeights)
    ? null
    : findOnnxExport(withGraphs(folder, files), precision);
  return {
    folder,
    name: inner === '' ? name : `${name}/${inner}`,
    // As transformers applies it, and as on the page.
    merges: files.includes(ADAPTER_CONFIG) ? '' : null,
    files: [
      ...files.filter((file) => /\.(json|jinja|safetensors|txt)$/.test(file)),
      ...(graphs?.files ?? []),
    ],
  };
}

/** Where the project keeps the built-in model of this name. */
export const builtInFolder = (name: string): string => `public/models/${name}`;

/** A folder's files and those of its folder of graphs. */
function withGraphs(folder: string, files: readonly string[]): string[] {
  if (!files.includes('onnx')) return [...files];
  return [...files, ...listed(path.join(folder, 'onnx')).map(({ name }) => `onnx/${name}`)];
}

/** Place of the model inside a folder that is none itself; '' where none is found. */
function innerOf(given: string): string {
  // One name in front of all, as a browser gives it: then no folder inside is taken for the given one.
  const entries = marksIn(given, DEPTH).map((file) => ({
    path: `given/${file}`,
    file: new File([], file, { lastModified: statSync(path.join(given, file)).mtimeMs }),
  }));
  try {
    return innerName(entries, modelHome(entries));
  } catch (error) {
    if (!(error instanceof PlaygroundError) || error.record.code !== 'model.several') throw error;
    const choices = error.record.detail?.choices as readonly FolderChoice[];
    const newest = path.join(given, choices[0].inner);
    const fix = `Give the path of one of them; of the newest it is --model ${newest}`;
    throw new PlaygroundError({ ...error.record, fix, where: '--model' }, { cause: error });
  }
}

/** Paths of the files by which a model is known; folders that may not be read have none. */
function marksIn(folder: string, depth: number): string[] {
  let entries: Dirent[];
  try {
    entries = listed(folder);
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    if (entry.name === 'config.json' || marksWeights(entry.name)) return [entry.name];
    if (!entry.isDirectory() || depth === 0) return [];
    const inside = marksIn(path.join(folder, entry.name), depth - 1);
    return inside.map((file) => `${entry.name}/${file}`);
  });
}

function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    throw unreadable('--model', folder, cause);
  }
}

/** A file's bytes. Throws {@link PlaygroundError} `inspect.unreadable` naming the flag. */
export function readFileOf(flag: string, file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (cause) {
    throw unreadable(flag, file, cause);
  }
}

function unreadable(flag: string, file: string, cause: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'inspect.unreadable',
      message: `${file} cannot be read.`,
      fix: `Give ${flag} a path that exists and that you may read.`,
      where: flag,
      detail: { original: String(cause) },
    },
    { cause },
  );
}
