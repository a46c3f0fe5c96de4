/** What contexts begin with is read once, and what follows is predicted as by each context alone. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PrefixDecoder, textPrompt, textReader } from './fixtures/prefix-decoder.ts';
import { type Reader, readInRounds } from './read-rounds.ts';
import { sharedPrefix } from './shared-prefix.ts';

const VOCAB = 11;
const PREFIX = Array.from({ length: 20 }, (_, i) => (3 * i) % VOCAB);

const asked = fc.record({
  ids: fc.array(fc.nat(VOCAB - 1), { minLength: 2, maxLength: 9 }),
  tails: fc.array(fc.array(fc.nat(VOCAB - 1), { minLength: 1, maxLength: 5 }), {
    minLength: 1,
    maxLength: 4,
  }),
  rows: fc.integer({ min: 1, max: 40 }),
});

/** All rows that readers predict, in rounds of so many rows, with what it took. */
async function readAll(
  tails: readonly (readonly number[])[],
  ids: readonly number[],
  rows: number,
  picture?: string,
) {
  const network = new PrefixDecoder(VOCAB);
  const readers = tails.map((tail): Reader => {
    const reader = textReader(network, [...PREFIX, ...tail]);
    return picture === undefined ? reader : { ...reader, picture };
  });
  const found: number[][] = [];
  await readInRounds(
    readers.map((reader, i) => ({
      ids,
      wanted: [{ name: `teacher ${i}`, reader, from: i % ids.length, to: ids.length }],
    })),
    { padId: 0, logitsBytes: rows * VOCAB * 4 },
    async (covers, rowOf) => {
      for (const { completion, from, to } of covers)
        for (let token = Math.max(from, completion % ids.length); token < to; token++) {
          const { logits, row } = rowOf(completion, `teacher ${completion}`, token);
          if (logits.kind !== 'memory') throw new Error('in memory');
          found.push([...logits.data.subarray(row * VOCAB, (row + 1) * VOCAB)]);
        }
    },
  );
  expect([network.held, network.caches]).toEqual([0, 0]);
  return { found, tokens: network.tokens };
}

it('rows are those of each context by itself, whatever is shared, whole or in pieces, and no cache is left', () =>
  fc.assert(
    fc.asyncProperty(asked, async ({ tails, ids, rows }) => {
      const alone = await readAll(tails, ids, rows);
      const shared = await readAll(tails, ids, rows, 'a picture');
      expect(shared.found.map(String).sort()).toEqual(alone.found.map(String).sort());
      if (tails.length > 2) expect(shared.tokens).toBeLessThan(alone.tokens);
    }),
    { numRuns: 60 },
  ));

it('never ends within a picture, at the end of a prompt, or where a position differs', () => {
  const prompt = textPrompt([...PREFIX, 1, 2]);
  const other = textPrompt([...PREFIX, 1, 3]);
  const length = (...prompts: Parameters<typeof sharedPrefix>[0][number][]) =>
    sharedPrefix(prompts)?.length ?? null;
  expect(length(prompt, other)).toBe(21);
  expect(length(prompt, prompt)).toBe(21);
  expect(length(prompt)).toBeNull();
  const imageTokens = Int32Array.of(18, 19, 20, 21);
  expect(length({ ...prompt, imageTokens }, { ...other, imageTokens })).toBe(18);
  const positionIds = prompt.positionIds.map((position, i) => position + (i === 17 ? 1 : 0));
  expect(length(prompt, { ...prompt, positionIds })).toBe(17);
  expect(length(textPrompt([1, 2, 3]), textPrompt([1, 2, 4]))).toBeNull();
});

it('leaves out who shares so little that the others would read more', () => {
  const long = [...PREFIX, ...PREFIX];
  const prompts = [1, 2, 3, 4].map((tail) => textPrompt([...long, tail, tail]));
  const short = textPrompt([...PREFIX, 7, 7]);
  expect(sharedPrefix([...prompts, short])).toEqual({ members: [0, 1, 2, 3], length: 40 });
  expect(sharedPrefix([prompts[0], short])).toEqual({ members: [0, 1], length: 20 });
});
