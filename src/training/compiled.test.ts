/** Which compiled passes are kept. */

import { expect, test } from 'vitest';
import { compiledPass, dropUncompiled, isCompiled } from './compiled.ts';

const freed: string[] = [];
const made: string[] = [];

function use(key: string) {
  const pass = compiledPass(key, () => {
    made.push(key);
    const gradients = Object.assign(() => ({}), { dispose: () => freed.push(key) });
    return { models: [], gradients };
  });
  pass.ready = true;
}

test('eight passes are kept; the one that was not used for longest is freed for a ninth', () => {
  for (const key of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'a', 'i']) use(key);
  expect(made.join('')).toBe('abcdefghi');
  expect(freed).toEqual(['b']);
  expect(['a', 'b', 'i'].map(isCompiled)).toEqual([true, false, true]);
});

test('a pass that failed before it was compiled is made anew, a compiled one stays', () => {
  use('x');
  compiledPass('x', () => {
    throw new Error('it is there');
  }).ready = false;
  dropUncompiled('x');
  use('x');
  dropUncompiled('x');
  use('x');
  expect(made.filter((key) => key === 'x')).toHaveLength(2);
});
