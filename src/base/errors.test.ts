/** Errors stay small whatever a file put into them. */

import { expect, test } from 'vitest';
import { ERROR_LENGTHS, PlaygroundError, shortened, toErrorRecord } from './errors.ts';

const HUGE = 'x'.repeat(2_000_000);

test('a short record is what it was', () => {
  const record = {
    code: 'a.b',
    message: 'It is red.',
    fix: 'Make it blue.',
    where: 'here',
    detail: { bytes: 3, names: ['a', null, true], inner: { deep: { deeper: 1 } } },
  };
  expect(new PlaygroundError(record).record).toEqual(record);
});

test('two megabytes of a foreign text are in no part of an error', () => {
  const { record, message } = new PlaygroundError({
    code: 'a.b',
    message: `The field is “${HUGE}”, which is no number.`,
    fix: HUGE,
    where: HUGE,
    detail: { [HUGE]: HUGE, list: [HUGE, { HUGE }], many: new Array(1000).fill(HUGE) },
  });
  expect(record.message).toHaveLength(ERROR_LENGTHS.message);
  expect(record.message).toMatch(
    /^The field is “x+ … \[2000\d\d\d characters\] … x+”, which is no number\.$/,
  );
  expect(record.where).toHaveLength(ERROR_LENGTHS.where);
  expect(message.length).toBeLessThanOrEqual(801);
  expect(JSON.stringify(record).length).toBeLessThan(16_000);
  const unexpected = toErrorRecord(new Error(HUGE), HUGE);
  expect(JSON.stringify(unexpected).length).toBeLessThan(6000);
});

test('a detail of any depth, of tensors and with the names of prototypes is bounded and pollutes nothing', () => {
  let deep: object = {};
  for (let i = 0; i < 10_000; i++) deep = { deep };
  const { record } = new PlaygroundError({
    code: 'a.b',
    message: '',
    fix: '',
    detail: {
      deep,
      data: new Float32Array(1e6),
      json: JSON.parse('{"__proto__": {"polluted": 1}}'),
    },
  });
  expect(JSON.stringify(record.detail).length).toBeLessThan(200);
  expect(record.detail?.data).toBe('[4000000 bytes]');
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

test('a cut never leaves half a character', () => {
  const text = shortened('😀'.repeat(500), 101);
  expect(text).not.toMatch(/\p{Surrogate}/u);
  expect(text).toContain('[1000 characters]');
  expect(text.length).toBeLessThanOrEqual(101);
});
