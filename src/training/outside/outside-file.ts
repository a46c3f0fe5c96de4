/** What a file from a trainer elsewhere brings: its log, and the adapter in the same folder. */

import { fileKind } from '../../base/foreign-text.ts';
import { parsedJson } from '../../base/parsed-json.ts';
import type { OutsideRun } from '../../contract/train/outside-runs.ts';
import { isZip, unzip, zipPaths } from '../../storage/zip-read.ts';
import { zipStream } from '../../storage/zip-write.ts';
import { MOST_LOG_BYTES, type OutsideLog, readLog, tooLarge } from './log-file.ts';

export interface OutsideContent {
  readonly log: OutsideLog & { readonly name: string };
  /** In a zip file, as PEFT saved it. */
  readonly adapter: (NonNullable<OutsideRun['adapter']> & { readonly file: Blob }) | null;
}

const STATE = /(^|\/)trainer_state\.json$/;
const ADAPTER = ['adapter_config.json', 'adapter_model.safetensors'] as const;

/**
 * Null for what is no log, and is to be read as something else. Throws what {@link readLog} and reading an archive throw.
 */
export async function readOutside(
  file: Blob,
  name: string,
): Promise<readonly OutsideContent[] | null> {
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  if (isZip(head)) return readFolder(new Uint8Array(await file.arrayBuffer()), name);
  const kind = await fileKind(file, name);
  const perhaps = kind !== null && ['metrics', 'json-lines', 'table'].includes(kind.kind);
  if (!perhaps) return null;
  if (file.size > MOST_LOG_BYTES) throw tooLarge(name, `${file.size} bytes`);
  return readLog(await file.text(), name).map((log) => ({
    log: { ...log, name: log.name ?? stemOf(name) },
    adapter: null,
  }));
}

/** The folder of a trainer: of its states the one that went furthest counts. */
async function readFolder(
  bytes: Uint8Array,
  name: string,
): Promise<readonly OutsideContent[] | null> {
  const paths = zipPaths(bytes);
  if (!paths.some((path) => STATE.test(path))) return null;
  const states = [...unzip(bytes, (path) => STATE.test(path), MOST_LOG_BYTES)].map(
    ([path, text]) => ({ path, log: readLog(new TextDecoder().decode(text), path)[0] }),
  );
  states.sort((a, b) => lastStep(b.log) - lastStep(a.log));
  const [{ path, log }] = states;
  const folder = adapterFolder(paths, folderOf(path));
  return [
    {
      log: { ...log, name: stemOf(name) },
      adapter: folder === null ? null : await adapterIn(bytes, folder),
    },
  ];
}

export const lastStep = ({ series }: Pick<OutsideLog, 'series'>): number =>
  Math.max(...series.map(({ steps }) => steps.at(-1) ?? 0));

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
const stemOf = (name: string): string => name.replace(/^.*\//, '').replace(/\.[^.]*$/, '') || name;

/** Beside the log, above it, or the only one there is; null where there is none or nobody knows which. */
function adapterFolder(paths: readonly string[], beside: string): string | null {
  const there = paths
    .filter((path) => path.endsWith(ADAPTER[0]))
    .map(folderOf)
    .filter((folder) => paths.includes(`${folder}${ADAPTER[1]}`));
  const above = folderOf(beside.slice(0, -1));
  return (
    [beside, above].find((folder) => there.includes(folder)) ??
    (there.length === 1 ? there[0] : null)
  );
}

async function adapterIn(
  bytes: Uint8Array,
  folder: string,
): Promise<NonNullable<OutsideContent['adapter']>> {
  const files = unzip(bytes, (path) => ADAPTER.some((name) => path === `${folder}${name}`));
  const parts = [...files].map(([path, content]) => ({
    path: path.slice(folder.length),
    bytes: () => content,
  }));
  const config = parsedJson(new TextDecoder().decode(files.get(`${folder}${ADAPTER[0]}`)));
  const base = (config as { base_model_name_or_path?: unknown } | undefined)
    ?.base_model_name_or_path;
  return {
    path: folder,
    base: typeof base === 'string' ? base.slice(0, 200) : null,
    file: await new Response(zipStream(parts)).blob(),
  };
}
