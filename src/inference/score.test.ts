import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstRow } from './score.ts';

it('reads every token from the row of its predecessor, whatever is padded and kept', () => {
  const contexts = fc.array(
    fc.record({ prompt: fc.integer({ min: 1, max: 6 }), length: fc.integer({ min: 1, max: 7 }) }),
    { minLength: 1, maxLength: 4 },
  );
  fc.assert(
    fc.property(contexts, fc.infiniteStream(fc.nat()), (shapes, picks) => {
      const wanted = shapes.map(({ prompt, length }) => ({
        prompt,
        ids: Array.from({ length }, (_, i) => i),
        from: (picks.next().value ?? 0) % length,
      }));
      const keep = Math.max(...wanted.map(({ ids, from }) => ids.length - from));
      const width = Math.max(...wanted.map(({ prompt, ids }) => prompt + ids.length - 1));
      // The kept rows of a left-padded batch, each named by the sequence position it follows.
      const kept = wanted.flatMap(({ prompt, ids }, context) =>
        Array.from({ length: keep }, (_, k) => {
          const column = width - keep + k;
          return { context, position: column - (width - (prompt + ids.length - 1)) };
        }),
      );
      for (const [index, context] of wanted.entries())
        for (let token = context.from; token < context.ids.length; token++) {
          const row = kept[firstRow(context, index, keep) + token - context.from];
          expect(row).toEqual({ context: index, position: context.prompt + token - 1 });
        }
    }),
  );
});
