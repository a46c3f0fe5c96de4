import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { testsAlone } from './alone.ts';

const root = mkdtempSync(path.join(tmpdir(), 'alone-'));
const deep = path.join(root, 'src', 'deep');
mkdirSync(deep, { recursive: true });

afterAll(() => rmSync(root, { recursive: true }));

test('a unit test that replaces what others share runs alone, any other does not', () => {
  // Spelt in two, or this file would be one of them.
  const replaces = `${'vi.'}stubGlobal('fetch', answer);`;
  writeFileSync(path.join(deep, 'replaces.test.ts'), replaces);
  writeFileSync(path.join(deep, 'watches.test.ts'), 'const spy = vi.fn();');
  writeFileSync(path.join(deep, 'page.browser.test.ts'), replaces);
  writeFileSync(path.join(deep, 'fixture.ts'), replaces);
  expect(testsAlone(root, ['src'])).toEqual(['src/deep/replaces.test.ts']);
});
