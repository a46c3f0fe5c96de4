/** What the documents name exists: files, folders, commands, and what their links lead to. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const DOCUMENTS = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'tools/README.md',
  ...readdirSync('docs').map((name) => `docs/${name}`),
];
const ROOT = /^(src|workers|scripts|bench|e2e|tools|public|docs)(\/|$)/;

it.each(DOCUMENTS)('%s names only what is there', (document) => {
  const text = readFileSync(document, 'utf8');
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, words]) => words);
  const paths = quoted
    .flatMap((words) => words.split(' '))
    .filter((word) => ROOT.test(word) && !/[*<>{]/.test(word));
  const missing = paths.filter((path) => !existsSync(path));
  const scripts = new Set(Object.keys(packageJson.scripts));
  const commands = [...text.matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name);
  expect([...missing, ...commands.filter((name) => !scripts.has(name))]).toEqual([]);
});

it.each(DOCUMENTS)('%s links only to what is there', (document) => {
  const links = [...readFileSync(document, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, to]) => to,
  );
  const broken = links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file, part] = link.split('#');
    const target = file === '' ? document : path.join(path.dirname(document), file);
    return !existsSync(target) || (part !== undefined && !anchorsOf(target).includes(part));
  });
  expect(broken).toEqual([]);
});

/** As GitHub makes them of headings. */
function anchorsOf(document: string): string[] {
  const headings = readFileSync(document, 'utf8').matchAll(/^#+ (.*)$/gm);
  return [...headings].map(([, words]) =>
    words
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
