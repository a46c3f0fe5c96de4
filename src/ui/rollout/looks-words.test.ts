/** The sentence says of two methods what the same tokens say, and no more than they say. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Trace } from '../../contract/trace/trace.ts';
import { whoLooksMore } from './looks-words.ts';

const { looks }: Trace = JSON.parse(readFileSync('public/recorded/pink-sun.json', 'utf8'));
const tokens = looks?.tokens ?? { vigos: [], opsd: [] };
const moving = (vigos: number, opsd: number) => {
  const at = (itself: number) => [{ ...tokens.vigos[0], otherPicture: { itself, student: 1 } }];
  return whoLooksMore({ vigos: at(vigos), opsd: at(opsd) });
};

it('of the recorded rollout', () => {
  expect(whoLooksMore(tokens)).toBe(
    'Shown the other picture, the teachers of ViGOS and of OPSD move by 2.471 and 2.717 nats a token on the 30 tokens that both teach (description: 3.089 and 3.396; reasoning: 1.7e−5 and 2.7e−5; answer: 0 and 0). On this rollout OPSD’s look more.',
  );
});

it('otherwise where it is otherwise', () => {
  expect(moving(1.2, 0.4)).toMatch(
    /1\.200 and 0\.4000? nats .* the one token .* ViGOS’s look more\.$/,
  );
  expect(moving(0.4, 0.4)).toMatch(/Both look as much on this rollout\.$/);
  expect(moving(0.003, 0.004)).toMatch(/neither method’s teachers look\.$/);
  expect(whoLooksMore({ vigos: tokens.vigos, opsd: [] })).toBeNull();
});
