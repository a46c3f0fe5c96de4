/** Whether a teacher looks is said by how far it goes from itself, and only where the other picture says something else. */

import { expect, it } from 'vitest';
import { goesBy, type LooksToken, looksAt, looksCompared, looksMeans } from './looks.ts';

const token = (index: number, change: Partial<LooksToken> = {}): LooksToken => ({
  token: index,
  segment: 'reasoning',
  teacher: 'reasoning',
  student: 1,
  otherPicture: { itself: 0.001, student: 3 },
  wrongAnswer: { itself: 4, student: 5 },
  ...change,
});
const seen = token(0, {
  segment: 'description',
  teacher: 'perception',
  student: 0.5,
  otherPicture: { itself: 2, student: 4.5 },
  wrongAnswer: null,
});

it('a divergence from the student that moves is not yet a teacher who looks', () => {
  const answers = token(1);
  expect(answers.otherPicture.student - answers.student).toBe(2);
  expect(looksAt(answers, [seen, answers])).toBe('hardly');
  expect(looksAt(seen, [seen, answers])).toBe('yes');
});

it('where no teacher says anything else, nothing can be told of the one who stays', () => {
  const still = { ...seen, otherPicture: { itself: 0.02, student: 0.6 } };
  expect(looksAt(token(1), [still, token(1)])).toBe('cannot tell');
  expect(looksAt(still, [still, token(1)])).toBe('a little');
});

it('bounds: 0.01 nats is a little, 0.1 is yes, nothing shown cannot be told', () => {
  expect([0, 0.0099, 0.01, 0.0999, 0.1, null, Number.NaN].map(goesBy)).toEqual([
    'hardly',
    'hardly',
    'a little',
    'a little',
    'yes',
    'cannot tell',
    'cannot tell',
  ]);
});

it('means are of one teacher’s tokens, and of each segment where it has several', () => {
  const tokens = [
    seen,
    token(1),
    token(2, { student: 2, otherPicture: { itself: 0.003, student: 6 } }),
  ];
  expect(looksMeans(tokens)).toEqual([
    { ...omit(seen), segment: null, tokens: 1 },
    {
      teacher: 'reasoning',
      segment: null,
      tokens: 2,
      student: 1.5,
      otherPicture: { itself: 0.002, student: 4.5 },
      wrongAnswer: { itself: 4, student: 5 },
    },
  ]);
  const parted = looksMeans([...tokens, token(3, { segment: 'answer', student: 3 })]);
  expect(parted.map(({ segment, tokens: n, student }) => [segment, n, student])).toEqual([
    [null, 1, 0.5],
    [null, 3, 2],
    ['reasoning', 2, 1.5],
    ['answer', 1, 3],
  ]);
});

it('two methods are compared over the tokens that both teach, together and by segment', () => {
  const moved = (index: number, itself: number, change: Partial<LooksToken> = {}) =>
    token(index, { otherPicture: { itself, student: 3 }, ...change });
  const description = { segment: 'description', wrongAnswer: null } as const;
  const vigos = [moved(0, 2, description), moved(2, 0.5)];
  const opsd = [moved(0, 1, description), moved(1, 90), moved(2, 0.25)];
  expect(looksCompared({ vigos, opsd })).toEqual([
    { segment: null, tokens: 2, vigos: 1.25, opsd: 0.625 },
    { segment: 'description', tokens: 1, vigos: 2, opsd: 1 },
    { segment: 'reasoning', tokens: 1, vigos: 0.5, opsd: 0.25 },
  ]);
  expect(looksCompared({ vigos, opsd: [opsd[1]] })).toEqual([]);
});

function omit({ token: _, segment: __, ...rest }: LooksToken) {
  return rest;
}
