/** What the page does, once its first work is done, to stay whole through a release and a lost connection. */

import { fetchLateParts } from '../../base/late-part.ts';
import type { Engine } from '../engine/engine.ts';
import { holdVersion, keepFiles } from './kept-files.ts';
import { PAGES } from './pages.ts';

/** After the engine has come, or failed to: the first rollout has the machine to itself. */
const PAUSE_MS = 3_000;

export function stayAlive({ store }: Engine): void {
  if (!import.meta.env.PROD) return;
  holdVersion();
  const stop = store.subscribe(({ phase }) => {
    if (phase === 'loading') return;
    stop();
    setTimeout(() => void prepare(), PAUSE_MS);
  });
}

async function prepare(): Promise<void> {
  // Where there is no service worker, a page that is here already is all that can be kept.
  for (const { lazy } of PAGES) await lazy?.fetchAhead();
  await fetchLateParts();
  if (!(await hasServiceWorker())) return;
  // Without room or connection the next visit tries again; this one says so only if it lacks a file.
  await keepFiles().catch((error) => console.info('Not all files of this page are kept:', error));
}

/** See `public/isolation.js`; it never reloads the page. */
async function hasServiceWorker(): Promise<boolean> {
  if (!globalThis.isSecureContext || !('serviceWorker' in navigator)) return false;
  try {
    await navigator.serviceWorker.register(new URL('isolation.js', document.baseURI));
    await navigator.serviceWorker.ready;
    return true;
  } catch (error) {
    console.info('This browser or host allows no service worker:', error);
    return false;
  }
}
