/** What the documents name exists: files, folders and commands. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };

const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'tools/README.md'];
const ROOT = /^(src|workers|scripts|bench|e2e|tools|public)(\/|$)/;

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
