/** What an error about a folder that holds several models, or adapters beside its model, offers for choice. */

import type { ErrorRecord } from '../../base/errors.ts';

/** Which model, or which adapter, is meant. */
export type FolderChoice =
  | { readonly inner: string }
  /** Null for none. */
  | { readonly adapter: string | null };

/** Newest first; none for any other error. */
export function folderChoices({ code, detail }: ErrorRecord): FolderChoice[] {
  if (code === 'model.several') return listed(detail?.choices).flatMap(innerOf);
  if (code !== 'adapter.asked') return [];
  const folders = listed(detail?.adapters).map((folder) => ({ adapter: String(folder) }));
  return [{ adapter: null }, ...folders];
}

/** After "Open". */
export function choiceInWords(choice: FolderChoice): string {
  if ('inner' in choice) return choice.inner;
  return choice.adapter === null ? 'the model alone' : `with ${choice.adapter}`;
}

const listed = (list: unknown): unknown[] => (Array.isArray(list) ? list : []);

const innerOf = (choice: unknown) =>
  typeof choice === 'object' && choice !== null && 'inner' in choice
    ? [{ inner: String(choice.inner) }]
    : [];
