/** Whether teachers look, against contexts that are read one by one. */

import { expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import type { LooksSubject } from '../contract/engine.ts';
import { bothMethods } from '../contract/trace/leakage.ts';
import { VIGOS_CODE, VIGOS_PAPER } from '../method/named-methods.ts';
import {
  assets,
  modelInUse,
  readAlone,
  subject,
  typedIds,
} from './fixtures/counterfactual-model.ts';
import { readLooks } from './looks.ts';
import { planRollout } from './reading.ts';

const asked = (change: Partial<LooksSubject> = {}): LooksSubject => {
  const { k: _, ...rest } = subject();
  return { ...rest, temperature: 1, ...change };
};

/** KL(q ‖ p) of log-probabilities. */
const kl = (q: Float64Array, p: Float64Array) =>
  q.reduce((sum, lq, i) => sum + Math.exp(lq) * (lq - p[i]), 0);

it.each([VIGOS_PAPER, VIGOS_CODE])('is each teacher against itself: $reading', async (method) => {
  const { inUse, decoder } = modelInUse();
  const about = asked({ methods: bothMethods(method) });
  const ids = typedIds();
  const { parsed, plan } = planRollout(assets, ids, method);
  const found = await readLooks(inUse, ids, about);
  expect(found.wrongAnswer).toBe('green');
  expect([decoder.held, decoder.caches]).toEqual([0, 0]);
  const taught = plan.tokens.flatMap(({ teacher }, i) => (teacher === null ? [] : [i]));
  expect(found.tokens.vigos.map(({ token }) => token)).toEqual(taught);
  expect(found.tokens.opsd.map(({ token }) => token)).toEqual([...ids.keys()]);

  const both = [method, parsed] as const;
  const leakage = subject({ methods: about.methods });
  const student = await readAlone(inUse, leakage, both, 'student');
  const tokens = Object.values(found.tokens).flat();
  for (const name of new Set(tokens.map(({ teacher }) => teacher))) {
    const own = await readAlone(inUse, leakage, both, name);
    const image = await readAlone(inUse, leakage, both, name, { image: about.mismatched });
    const answer = await readAlone(inUse, leakage, both, name, { answer: 'green' });
    for (const { token, teacher, segment, ...figures } of tokens) {
      if (teacher !== name) continue;
      expect(segment).toBe(parsed.segments[token]);
      expect(figures.student).toBeCloseTo(kl(own(token), student(token)), 5);
      expect(figures.otherPicture.itself).toBeCloseTo(kl(own(token), image(token)), 5);
      expect(figures.otherPicture.student).toBeCloseTo(kl(image(token), student(token)), 5);
      expect(figures.wrongAnswer === null).toBe(name === 'perception');
      if (figures.wrongAnswer === null) continue;
      expect(figures.wrongAnswer.itself).toBeCloseTo(kl(own(token), answer(token)), 5);
      expect(figures.wrongAnswer.student).toBeCloseTo(kl(answer(token), student(token)), 5);
    }
  }
});

it('is of invalid rollouts too, and of teachers without a wrong answer to show', async () => {
  const ids = typedIds(' A leaf. </description> <think> It is');
  const found = await readLooks(modelInUse().inUse, ids, asked({ wrongAnswers: ['Red.'] }));
  expect(found.wrongAnswer).toBeNull();
  expect(new Set(found.tokens.vigos.map(({ teacher }) => teacher))).toEqual(new Set(['reference']));
  expect(found.tokens.vigos.every(({ wrongAnswer }) => wrongAnswer === null)).toBe(true);
});

it('is refused without a picture, and with the same picture again', async () => {
  const { input } = subject();
  const refusal = async (change: Partial<LooksSubject>) =>
    readLooks(modelInUse().inUse, typedIds(), asked(change)).then(
      () => undefined,
      (error: unknown) => toErrorRecord(error).code,
    );
  expect(await refusal({ input: { ...input, image: null } })).toBe('leakage.no-picture');
  expect(await refusal({ mismatched: input.image ?? undefined })).toBe('leakage.same-picture');
});
