/** Hands data to the browser's downloads as a JSON file. */

import { saveBlob } from './save-file.ts';

/** Starts the download; returns the file's bytes. */
export function saveJson(name: string, data: unknown): number {
  const blob = new Blob([JSON.stringify(data, null, 1)], { type: 'application/json' });
  saveBlob(blob, name);
  return blob.size;
}
