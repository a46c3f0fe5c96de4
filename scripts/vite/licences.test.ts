import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { expect, it } from 'vitest';
import { LICENCES, licences, licencesOf, packageFolder } from './licences.ts';

const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);

it('every package that the site depends on has a licence text', () => {
  const text = licencesOf(Object.keys(dependencies).map((name) => `node_modules/${name}`));
  for (const [name, version] of Object.entries(dependencies))
    expect(text).toContain(`\n${name} ${version} (`);
  // The runtime's own notices come with its wasm, and the fonts' licence with the fonts.
  expect(text).toContain('THIRD PARTY SOFTWARE NOTICES');
  expect(text).toContain('SIL OPEN FONT LICENSE');
});

it('a build names what page, worker and style sheet take in', async () => {
  mkdirSync('.cache', { recursive: true });
  const root = mkdtempSync(path.resolve('.cache/licences-'));
  const { page, worker } = licences();
  try {
    const files = {
      'index.html': '<!doctype html><script type="module" src="./page.ts"></script>',
      'page.ts': `import { zlibSync } from 'fflate'; import './page.css'; console.log(zlibSync);
        new Worker(new URL('./work.ts', import.meta.url), { type: 'module' });`,
      'page.css': '@import "@fontsource-variable/newsreader";',
      'work.ts': `import { expose } from 'comlink'; expose({});`,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, name), text);
    await build({
      root,
      configFile: false,
      logLevel: 'error',
      plugins: [page],
      worker: { format: 'es', plugins: () => [worker] },
      build: { assetsInlineLimit: 0 },
    });
    const text = readFileSync(path.join(root, 'dist', LICENCES), 'utf8');
    const named = [...text.matchAll(/^=+\n(\S+) /gm)].map(([, name]) => name);
    expect(named).toEqual(expect.arrayContaining(['fflate', 'comlink']));
    expect(named).toContain('@fontsource-variable/newsreader');
    expect(named).not.toContain('react');
    const html = readFileSync(path.join(root, 'dist/index.html'), 'utf8');
    expect(html).toContain('href="./licences.txt"');
  } finally {
    rmSync(root, { recursive: true });
  }
});

it('a package without a licence text is named, and nothing is written without it', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'licences-'));
  try {
    mkdirSync(path.join(folder, 'bare'));
    const about = { name: 'bare', version: '1.2.3', license: 'MIT' };
    writeFileSync(path.join(folder, 'bare/package.json'), JSON.stringify(about));
    expect(() => licencesOf([path.join(folder, 'bare')])).toThrow('bare 1.2.3 (MIT)');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.each([
  ['/a/node_modules/react/index.js', '/a/node_modules/react'],
  ['/a/node_modules/x/node_modules/@b/c/d.js?url', '/a/node_modules/x/node_modules/@b/c'],
  ['\0/a/node_modules/y/i.js?commonjs', '/a/node_modules/y'],
  ['../node_modules/@f/font/files/a.woff2', '/a/node_modules/@f/font'],
  ['\0vite/preload-helper.js', path.resolve('node_modules/vite')],
  ['/a/src/x.ts', null],
])('%s belongs to %s', (source, folder) => {
  expect(packageFolder(source, '/a/site')).toBe(folder);
});
