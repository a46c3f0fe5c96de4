/** PALR's log-probabilities against contexts read one by one, and what has no PALR. */

import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import type { LeakageSubject } from '../contract/engine.ts';
import { bothMethods } from '../contract/trace/leakage.ts';
import { VIGOS_CODE, VIGOS_PAPER } from '../method/named-methods.ts';
import type { TeacherName } from '../method/types.ts';
import {
  assets,
  modelInUse,
  picture,
  readAlone,
  subject,
  typedIds,
} from './fixtures/counterfactual-model.ts';
import { readLeakage } from './leakage.ts';
import { planRollout } from './reading.ts';

describe('the log-probabilities of a rollout', () => {
  it.each([VIGOS_PAPER, VIGOS_CODE])(
    'are those of each context by itself: $reading',
    async (method) => {
      const { inUse, decoder } = modelInUse();
      const asked = subject({ methods: bothMethods(method) });
      const ids = typedIds();
      const { parsed, plan } = planRollout(assets, ids, method);
      const found = await readLeakage(inUse, ids, asked);
      expect(found.wrongAnswers).toEqual(['green', 'brown', 'blue']);
      expect([decoder.held, decoder.caches]).toEqual([0, 0]);

      const alone = async (name: TeacherName | 'student', seen: object) => {
        const at = await readAlone(inUse, asked, [method, parsed], name, seen);
        return (token: number) => at(token)[ids[token]];
      };
      const student = await alone('student', {});
      for (const tokens of Object.values(found.tokens))
        for (const name of new Set(tokens.map(({ teacher }) => teacher))) {
          const matched = await alone(name, {});
          const wrong = await Promise.all(
            found.wrongAnswers.map((answer) => alone(name, { answer })),
          );
          const image = await alone(name, { image: asked.mismatched });
          for (const { token, teacher, ...read } of tokens) {
            if (teacher !== name) continue;
            const expected = name === 'perception' ? [] : wrong.map((at) => at(token));
            expect(read.segment).toBe(parsed.segments[token]);
            expect(read.student).toBeCloseTo(student(token), 5);
            expect(read.matched).toBeCloseTo(matched(token), 5);
            expect(read.wrongImage).toBeCloseTo(image(token), 5);
            expect(read.wrongAnswers).toHaveLength(expected.length);
            for (const [k, value] of expected.entries())
              expect(read.wrongAnswers[k]).toBeCloseTo(value, 5);
          }
        }
      const taught = plan.tokens.flatMap(({ teacher }, i) => (teacher === null ? [] : [i]));
      expect(found.tokens.vigos.map(({ token }) => token)).toEqual(taught);
      expect(found.tokens.opsd.map(({ token }) => token)).toEqual([...ids.keys()]);
      expect(new Set(found.tokens.opsd.map(({ teacher }) => teacher))).toEqual(
        new Set(['privileged']),
      );
    },
  );

  it('are the same in rounds of few logits', async () => {
    const { ms: _, ...whole } = await readLeakage(modelInUse().inUse, typedIds(), subject());
    const { inUse, decoder } = modelInUse();
    const logitsBytes = 9 * 1536 * 4;
    const { ms: __, ...pieces } = await readLeakage(inUse, typedIds(), subject(), { logitsBytes });
    expect(pieces).toEqual(whole);
    expect(decoder.peak).toBeLessThanOrEqual(logitsBytes);
    expect([decoder.held, decoder.caches]).toEqual([0, 0]);
  });
});

describe('no PALR', () => {
  const refusal = async (change: Partial<LeakageSubject>, text?: string) =>
    readLeakage(modelInUse().inUse, typedIds(text), subject(change)).then(
      () => undefined,
      (error: unknown) => toErrorRecord(error).code,
    );
  const { input } = subject();

  it.each<[string, Partial<LeakageSubject>]>([
    ['leakage.no-picture', { input: { ...input, image: null } }],
    ['leakage.same-picture', { mismatched: picture(112, 200) }],
    ['leakage.no-reference', { input: { ...input, answer: ' ' } }],
    ['leakage.no-wrong-answer', { wrongAnswers: ['red', 'RED.'] }],
    ['leakage.k', { k: 0 }],
    ['leakage.k', { k: 9 }],
  ])('%s', async (code, change) => {
    expect(await refusal(change)).toBe(code);
  });

  it('of an invalid rollout, which says what it breaks', async () => {
    expect(await refusal({}, ' A leaf. </description> <think> It is red.')).toBe(
      'leakage.invalid-rollout',
    );
  });

  it('where both methods read the rollout by other rules', async () => {
    const { opsd } = bothMethods(VIGOS_PAPER);
    expect(await refusal({ methods: { vigos: VIGOS_CODE, opsd } })).toBe(
      'method.validity-mismatch',
    );
  });
});
