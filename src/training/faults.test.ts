/** Numbers that are none are found where they began, and named. */

import { expect, test } from 'vitest';
import { refusedBy } from '../base/fixtures/refused.ts';
import { assertFinite, assertUpdated, badToken, type LossToken } from './faults.ts';
import { freshOptimizer } from './optimizer.ts';

const token: LossToken = {
  kind: 'rollout',
  sequence: 3,
  position: 1,
  text: ' leaf',
  teacher: 'reasoning',
  row: 1,
  loss: 2,
};
const tokens = () => [{ ...token, position: 0, text: 'A', row: 0, loss: 0.5 }, token];

const recordOf = (work: () => void) => refusedBy(() => work());

test('bad logits are laid at the side that they are on', () => {
  const bad = { index: 7, value: 'nan' } as const;
  expect(badToken(token, { side: 'teacher', ...bad }).record).toMatchObject({
    code: 'train.not-finite',
    message: 'Token 1 (" leaf") of rollout 3: the reasoning teacher\'s logits are not a number.',
    fix: expect.stringMatching(/last good state.*frozen base/),
    where: 'rollout 3, token 1, reasoning teacher',
    detail: { sequence: 3, token: 1, teacher: 'reasoning', side: 'teacher' },
  });
  expect(badToken(token, { side: 'student', ...bad }).record).toMatchObject({
    message: expect.stringMatching(/student's logits, compared under the reasoning teacher/),
    fix: expect.stringMatching(/last good state.*lower learning rate/),
    where: 'rollout 3, token 1, student',
  });
  const own = { ...token, teacher: null, kind: 'reference text', loss: Number.NaN } as const;
  expect(badToken(own, null).record.message).toBe(
    'Token 1 (" leaf") of reference text 3: the loss is NaN.',
  );
});

test('a gradient that is no number is followed back to the logits', () => {
  const gradients = new Map([
    ['whole', Float32Array.of(1, 2)],
    ['broken', Float32Array.of(1, Number.POSITIVE_INFINITY)],
  ]);
  const cotangent = Float32Array.of(0, 1, 2, 0, Number.NaN, 0);
  const began = recordOf(() => assertFinite(gradients, { cotangent, vocab: 3, tokens }));
  expect(began).toMatchObject({
    code: 'train.not-finite',
    where: 'rollout 3, token 1, gradient',
    detail: { tensor: 'broken', text: ' leaf', teacher: 'reasoning' },
  });
  expect(began.message).toMatch(/at the logits.*token 1 \(" leaf"\) of rollout 3/);
  const finite = { cotangent: cotangent.map(() => 1), vocab: 3 };
  const overflowed = recordOf(() => assertFinite(gradients, { ...finite, tokens }));
  expect(overflowed.where).toBe('broken, backward pass');
  expect(overflowed.message).toMatch(/backward pass itself.*2\.00 nats.*" leaf".*reasoning/);
  const empty = recordOf(() => assertFinite(gradients, { ...finite, tokens: () => [] }));
  expect(empty.message).toMatch(/backward pass itself overflowed\.$/);
  gradients.delete('broken');
  assertFinite(gradients, { cotangent, vocab: 3, tokens });
});

test('an update that would overflow is not made', () => {
  const tensors = new Map([['w', { shape: [2], data: Float32Array.of(1, 2) }]]);
  const state = freshOptimizer(tensors);
  assertUpdated(tensors, state);
  const second = new Map([
    ['w', { shape: [2], data: Float32Array.of(0, Number.POSITIVE_INFINITY) }],
  ]);
  expect(recordOf(() => assertUpdated(tensors, { ...state, second }))).toMatchObject({
    code: 'train.not-finite',
    where: 'w (second moment)',
    fix: expect.stringMatching(/largest norm/),
  });
});
