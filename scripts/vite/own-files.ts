/**
 * Vite plugin: what the built page knows of its own files, so that an open tab can keep them through a release.
 *
 * Vite names what it builds after its content; files of `public/` keep their names, so the folders of data among
 * them move into one that is named after theirs. The index page then lists every file of its version.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';
import type { OwnFiles } from '../../src/ui/shared/own-files.ts';

/** Folders of `public/` that the page reads. */
const DATA = ['models', 'recorded', 'experiments'];
/** Where Vite puts what it names. */
const BUILT = 'assets/';
const HASH_LENGTH = 8;

/** `policy` is written into the service worker, which adds it where a host sends none. */
export function ownFiles(policy: string): Plugin {
  return {
    name: 'own-files',
    apply: 'build',
    writeBundle: {
      order: 'post',
      sequential: true,
      handler({ dir }) {
        if (dir === undefined) return;
        const data = moveData(dir);
        edit(path.join(dir, 'isolation.js'), "'Content-Security-Policy': ''", () => {
          return `'Content-Security-Policy': ${JSON.stringify(policy)}`;
        });
        const list = JSON.stringify(listFiles(dir, data));
        edit(path.join(dir, 'index.html'), '</head>', (end) => {
          return `  <script type="application/json" id="own-files">${list}</script>\n  ${end}`;
        });
      },
    },
  };
}

function moveData(dir: string): string {
  const hash = createHash('sha256');
  for (const file of DATA.flatMap((folder) => filesIn(dir, folder)))
    hash.update(`${file}\0`).update(readFileSync(path.join(dir, file)));
  const data = `data-${hash.digest('hex').slice(0, HASH_LENGTH)}`;
  mkdirSync(path.join(dir, data));
  for (const folder of DATA) renameSync(path.join(dir, folder), path.join(dir, data, folder));
  return `${data}/`;
}

function listFiles(dir: string, data: string): OwnFiles {
  const named = [BUILT, data];
  const files = filesIn(dir, '').filter((file) => named.some((name) => file.startsWith(name)));
  const version = createHash('sha256').update(files.join('\n')).digest('hex');
  const bytes = files.reduce((sum, file) => sum + statSync(path.join(dir, file)).size, 0);
  return { version: version.slice(0, HASH_LENGTH), data, bytes, files };
}

/** Files under a folder of `dir`, relative to `dir`, in a fixed order. */
function filesIn(dir: string, folder: string): string[] {
  return readdirSync(path.join(dir, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .sort();
}

/** Throws where the text is not there once: then the build would lack what it promises. */
function edit(file: string, text: string, replacement: (text: string) => string): void {
  const parts = readFileSync(file, 'utf8').split(text);
  if (parts.length !== 2) throw new Error(`${file} should hold “${text}” once.`);
  writeFileSync(file, parts.join(replacement(text)));
}
