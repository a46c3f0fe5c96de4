/** An adapter that a person gives to a command by `--adapter`, or is asked for. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import {
  ADAPTER_CONFIG,
  ADAPTER_WEIGHTS,
  adapterAsked,
  adaptersIn,
} from '../src/model/sources/inner-adapters.ts';
import { zipStream } from '../src/storage/zip-write.ts';
import { readFileOf } from './given-files.ts';

/** What `--adapter` takes in place of a path to have the model alone. */
export const NO_ADAPTER = 'none';
/** How deep adapters are looked for below a model. */
const DEPTH = 3;

/** The path that was given; null for none. */
export const adapterPath = (given: string | undefined): string | null =>
  given === undefined || given === NO_ADAPTER ? null : given;

/** Where a model's folder holds adapters, a command has to be told. Throws {@link PlaygroundError} `adapter.asked` with the paths to give. */
export function needAdapterChoice(folder: string, given: string | undefined): void {
  const there = adaptersIn(filesBelow(folder, DEPTH));
  if (given !== undefined || there.length === 0 || there.includes('')) return;
  const newest = path.join(folder, there[0]);
  const fix = `Give --adapter ${newest} (the newest) or the path of another, or --adapter ${NO_ADAPTER}.`;
  throw adapterAsked(there, fix);
}

/** A zip file as it is, a folder of an adapter packed. Throws `inspect.unreadable` naming the flag. */
export async function adapterZip(flag: string, given: string): Promise<Uint8Array> {
  if (!statSync(given, { throwIfNoEntry: false })?.isDirectory()) return readFileOf(flag, given);
  const files = [ADAPTER_CONFIG, ADAPTER_WEIGHTS].map((name) => {
    const bytes = readFileOf(flag, path.join(given, name));
    return { path: name, bytes: () => bytes };
  });
  return new Uint8Array(await new Response(zipStream(files)).arrayBuffer());
}

function filesBelow(folder: string, depth: number): string[] {
  return listed(folder).flatMap((entry) => {
    if (!entry.isDirectory())
      return [ADAPTER_CONFIG, ADAPTER_WEIGHTS].includes(entry.name) ? [entry.name] : [];
    if (depth === 0) return [];
    const inside = filesBelow(path.join(folder, entry.name), depth - 1);
    return inside.map((file) => `${entry.name}/${file}`);
  });
}

/** Folders that may not be read have none. */
function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
