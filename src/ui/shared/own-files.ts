/** The files of the version that this page is of, as the build listed them in it. */

export interface OwnFiles {
  /** Changes with any file of the list. */
  version: string;
  /** Folder of the built-in model and the recordings, ending in a slash; empty in development. */
  data: string;
  /** Of all files together. */
  bytes: number;
  /** Addresses relative to the page; each bears its content's hash. */
  files: readonly string[];
}

/** Null in development, where nothing is listed. */
export function ownFiles(): OwnFiles | null {
  const list = document.getElementById('own-files')?.textContent;
  return list ? (JSON.parse(list) as OwnFiles) : null;
}

/** Address of a file or folder that comes with the page. */
export function dataAddress(path: string): string {
  return new URL(`${ownFiles()?.data ?? ''}${path}`, document.baseURI).href;
}
