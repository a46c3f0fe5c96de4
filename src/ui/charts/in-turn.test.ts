/** Work that waits for its turn. */

import { expect, it } from 'vitest';
import { inTurn } from './in-turn.ts';

const task = () => new Promise((resolve) => setTimeout(resolve));

it('is done one piece a task, in the order it was asked for, and not at all once taken back', async () => {
  const done: string[] = [];
  inTurn(() => done.push('a'));
  const takeBack = inTurn(() => done.push('b'));
  inTurn(() => {
    done.push('c');
    inTurn(() => done.push('d'));
  });
  takeBack();
  const seen: string[] = [];
  for (let i = 0; i < 5; i++) {
    seen.push(done.join(''));
    await task();
  }
  expect(seen[0]).toBe('');
  for (const [i, now] of seen.slice(1).entries())
    expect(now.length - seen[i].length).toBeLessThanOrEqual(1);
  await expect.poll(() => done.join('')).toBe('acd');
  takeBack();
  inTurn(() => done.push('e'));
  await expect.poll(() => done.join('')).toBe('acde');
});
