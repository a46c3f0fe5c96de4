/** What a folder holds in the place of a model, and where that belongs. */

import { placeOf } from '../../base/file-kinds.ts';
import { tellingContent } from '../../base/foreign-text.ts';
import { type FolderEntry, isWeights, pathOf } from './folders.ts';

export interface FoundInstead {
  /** One or two sentences. */
  readonly found: string;
  /** Where what was found belongs; undefined where nothing else was recognised. */
  readonly fix?: string;
}

const SHOWN = 8;

/**
 * What lies in the folder that was to be a model (paths inside it), and what kind it is where its files say so.
 * Beside weights of a model nothing else says what the folder is: then only a file is missing.
 */
export async function foundInstead(
  folder: ReadonlyMap<string, Blob>,
  picked: readonly Required<FolderEntry>[],
): Promise<FoundInstead> {
  const listed = listedIn([...folder.keys()]);
  if ([...folder.keys()].some(isWeights)) return { found: listed };
  const other = await tellingContent(picked.map((entry) => ({ ...entry, path: pathOf(entry) })));
  const fix = other === null ? null : placeOf(other.kind);
  if (other === null || fix === null) return { found: listed };
  const name = other.name.slice(other.name.lastIndexOf('/') + 1);
  return { found: `${listed} ${name} is ${other.what}.`, fix };
}

/** What lies in a folder, in a sentence. */
export function listedIn(paths: readonly string[]): string {
  if (paths.length === 0) return 'The folder is empty.';
  const own = paths.filter((path) => !path.includes('/')).sort();
  const folders = [...new Set(paths.filter((path) => path.includes('/')).map(firstFolder))].sort();
  const names = own.length > 0 ? own : folders;
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `The folder holds ${names.slice(0, SHOWN).join(', ')}${more}.`;
}

const firstFolder = (path: string) => path.slice(0, path.indexOf('/') + 1);
