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

/** What a command asks of the adapters that lie in its model's folder. */
export interface AdapterQuestion {
  /** What `--adapter` says. */
  readonly given?: string | undefined;
  /** What to do about adapters in folders of the model's, of which `newest` is one; null where they are no matter. */
  readonly fix?: ((newest: string) => string) | null;
}

/**
 * Which of the adapters in a model's folder a command takes: the one beside the weights is a part of them unless
 * `--adapter` says otherwise, and of others somebody has to say which, or none. `placeOf` is how one is named to
 * `--adapter`. Throws {@link PlaygroundError} `adapter.asked`.
 */
export function takenAdapter(
  there: readonly string[],
  { given, fix = giveFlag }: AdapterQuestion,
  placeOf: (inner: string) => string,
): { readonly merges: '' | null; readonly own: string | null } {
  const inside = there.filter((inner) => inner !== '');
  if (given !== undefined) {
    const place = path.resolve(given);
    const own = inside.find((inner) => path.resolve(placeOf(inner)) === place);
    return { merges: null, own: given === NO_ADAPTER ? null : (own ?? null) };
  }
  if (there.includes('')) return { merges: '', own: null };
  if (inside.length > 0 && fix !== null) throw adapterAsked(inside, fix(placeOf(inside[0])));
  return { merges: null, own: null };
}

const giveFlag = (newest: string) =>
  `Give --adapter ${newest} (the newest) or the path of another, or --adapter ${NO_ADAPTER}.`;

/** Folders of adapters in a folder of this machine, as `adaptersIn` lists them. */
export const adaptersBelow = (folder: string): string[] => adaptersIn(filesBelow(folder, DEPTH));

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
