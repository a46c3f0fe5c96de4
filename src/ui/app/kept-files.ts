/** Keeps every file of this version in the browser, so that a release does not take them from an open tab. */

import { type OwnFiles, ownFiles } from '../shared/own-files.ts';

/** The files and the room of a person's own runs share one quota, so a tight one is left to the runs. */
const SPARE = 4;

/** Several sites may share an origin, as they do under github.io, so names begin with the page's own path. */
const PREFIX = `vigos-files ${new URL('.', document.baseURI).pathname} `;

/** While a tab holds its version's lock, no newer tab throws that version's files away. */
export function holdVersion(): void {
  const own = ownFiles();
  if (own === null || !('locks' in navigator)) return;
  const forever = new Promise<never>(() => undefined);
  navigator.locks
    .request(PREFIX + own.version, { mode: 'shared' }, () => forever)
    .catch(() => undefined);
}

/** Keeps what is not kept yet. Stops at the first file that cannot be had or stored: a later visit goes on. */
export async function keepFiles(): Promise<void> {
  const own = ownFiles();
  if (own === null || !('caches' in globalThis) || !('locks' in navigator)) return;
  await forgetOthers(own);
  if (!(await hasRoom(own))) return;
  const cache = await caches.open(PREFIX + own.version);
  for (const file of own.files) {
    const address = new URL(file, document.baseURI).href;
    if ((await cache.match(address)) !== undefined) continue;
    // Most files are in the browser's own cache already, and an address never changes its content.
    const response = await fetch(address, { cache: 'force-cache', priority: 'low' });
    if (!isFile(response)) return;
    await cache.put(address, response);
  }
}

async function forgetOthers(own: OwnFiles): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  const live = new Set([PREFIX + own.version, ...held.map(({ name }) => name)]);
  for (const name of await caches.keys())
    if (name.startsWith(PREFIX) && !live.has(name)) await caches.delete(name);
}

async function hasRoom({ bytes }: OwnFiles): Promise<boolean> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  return quota - usage > SPARE * bytes;
}

/** Some hosts answer an unknown address with their index page; none of the list is one. */
function isFile({ ok, headers }: Response): boolean {
  return ok && !(headers.get('content-type') ?? '').startsWith('text/html');
}
