/** What a kept page depends on. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sourcesHash } from './sources-hash.ts';

const root = mkdtempSync(path.join(tmpdir(), 'sources-'));
afterAll(() => rmSync(root, { recursive: true }));

it('is another after a change of any source, name, package or variable of the build, and of nothing else', () => {
  const place = (name: string) => path.join(root, name);
  for (const folder of ['src/deep', 'workers', 'scripts', 'bench'])
    mkdirSync(place(folder), { recursive: true });
  writeFileSync(place('src/deep/a.ts'), 'export const a = 1;');
  const hashes = [sourcesHash(root, {})];
  const changes: (() => void)[] = [
    () => writeFileSync(place('src/deep/a.ts'), 'export const a = 2;'),
    () => renameSync(place('src/deep/a.ts'), place('src/deep/b.ts')),
    () => writeFileSync(place('workers/w.ts'), ''),
    () => writeFileSync(place('package-lock.json'), '{}'),
    () => writeFileSync(place('.env.local'), 'VITE_MODEL_HOSTS=x'),
  ];
  for (const change of changes) {
    change();
    hashes.push(sourcesHash(root, {}));
  }
  hashes.push(sourcesHash(root, { NODE_ENV: 'test' }), sourcesHash(root, { VITE_X: '1' }));
  expect(new Set(hashes).size).toBe(8);
  writeFileSync(place('README.md'), 'words');
  expect(sourcesHash(root, { HOME: '/' })).toBe(hashes[5]);
});
