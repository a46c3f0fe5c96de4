/** Teacher forcing reads every token from its predecessor's row, whatever is padded, kept or cached. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Logits } from '../model/runtime/tensors.ts';
import { PrefixDecoder, textPrompt } from './fixtures/prefix-decoder.ts';
import { ForcedPieces, forceContexts } from './force.ts';
import { generate } from './generate.ts';

const VOCAB = 11;

const contexts = fc.array(
  fc
    .record({
      prompt: fc.array(fc.nat(VOCAB - 1), { minLength: 1, maxLength: 6 }),
      ids: fc.array(fc.nat(VOCAB - 1), { minLength: 1, maxLength: 9 }),
      pick: fc.nat(),
    })
    .map(({ prompt, ids, pick }) => {
      return { prompt: textPrompt(prompt), features: null, ids, from: pick % ids.length };
    }),
  { minLength: 1, maxLength: 4 },
);

function rowOf(logits: Logits, row: number): readonly number[] {
  if (logits.kind !== 'memory') throw new Error('in memory');
  return [...logits.data.subarray(row * VOCAB, (row + 1) * VOCAB)];
}

/** What one context's token is predicted with, alone and without padding. */
async function alone({ prompt, ids }: { prompt: ReturnType<typeof textPrompt>; ids: number[] }) {
  const network = new PrefixDecoder(VOCAB);
  const whole = { prompt, features: null, ids, from: 0 };
  const { logits, firstRows } = await forceContexts(network, [whole], 0);
  return ids.map((_, token) => rowOf(logits, firstRows[0] + token));
}

it.each([false, true])(
  'reads every token from the row of its predecessor in any batch; the decoder gives all rows: %s',
  (keepsAll) =>
    fc.assert(
      fc.asyncProperty(contexts, async (wanted) => {
        const network = new PrefixDecoder(VOCAB, { keepsAll });
        const { logits, firstRows } = await forceContexts(network, wanted, 0);
        for (const [i, context] of wanted.entries()) {
          const expected = await alone(context);
          for (let token = context.from; token < context.ids.length; token++)
            expect(rowOf(logits, firstRows[i] + token - context.from)).toEqual(expected[token]);
        }
      }),
      { numRuns: 40 },
    ),
);

it.each([false, true])(
  'reads the same piece by piece with a cache, and leaves none; the decoder gives all rows: %s',
  (keepsAll) =>
    fc.assert(
      fc.asyncProperty(
        contexts,
        fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
        async (wanted, sizes) => {
          for (const context of wanted) {
            const network = new PrefixDecoder(VOCAB, { keepsAll });
            const expected = await alone(context);
            const pieces = new ForcedPieces(network, context.prompt, context.ids);
            for (let from = context.from; from < context.ids.length; ) {
              const to = Math.min(context.ids.length, from + (sizes.next().value ?? 1));
              const { logits, firstRow } = await pieces.next({ from, to }, null);
              for (let token = from; token < to; token++)
                expect(rowOf(logits, firstRow + token - from)).toEqual(expected[token]);
              from = to;
            }
            expect(network.caches).toBe(0);
          }
        },
      ),
      { numRuns: 40 },
    ),
);

it('refuses rows that a decoder did not give', async () => {
  const network = new PrefixDecoder(VOCAB);
  const few = {
    decode: (step: Parameters<typeof network.decode>[0]) => network.decode({ ...step, keep: 1 }),
  };
  const context = { prompt: textPrompt([1, 2]), features: null, ids: [3, 4, 5], from: 0 };
  await expect(forceContexts(few, [context], 0)).rejects.toMatchObject({
    record: { code: 'model.logit-rows' },
  });
  expect(network.held).toBe(0);
});

it('samples from the last row of each sequence, also where the decoder gives all rows', async () => {
  const prompts = [[1, 2, 3], [4], [5, 6]].map((ids) => {
    return { prompt: textPrompt(ids), features: null };
  });
  const run = async (keepsAll: boolean) => {
    const network = new PrefixDecoder(VOCAB, { keepsAll });
    const drawn = await generate(
      network,
      { prompts, rows: [0, 1, 2, 2], maxNewTokens: 5, eosIds: [], padId: 0 },
      {
        sample: async (logits, points) =>
          points.map(({ row, stream }) => {
            const values = rowOf(logits, row);
            const order = [...values.keys()].sort((a, b) => values[b] - values[a]);
            return { id: order[stream % 2], logProb: values[order[0]] };
          }),
        onToken: () => undefined,
        pause: async () => undefined,
      },
    );
    expect([network.held, network.caches]).toEqual([0, 0]);
    return drawn.map(({ ids }) => ids);
  };
  expect(await run(true)).toEqual(await run(false));
});
