/** The first screen's sentences say what its numbers say: of the recorded rollout, and of others where it is otherwise. */

import { describe, expect, it } from 'vitest';
import { type LooksToken, looksMeans } from '../../../method/looks.ts';
import { formatNats } from '../../shared/format.ts';
import { recorded } from '../state/fixtures/fake-lab.ts';
import { contradicts, swapSentences, tokenSentence } from './story.ts';

const trace = recorded();
const swapped = recorded('pink-sun-swapped');
const MARKED = 33;
const truth = { answer: 'pink', others: ['pink', 'yellow', 'green'] };
const looks = trace.looks?.tokens.vigos ?? [];
const swap = {
  tokens: looks,
  marked: MARKED,
  text: trace.tokens[MARKED].text,
  picture: 'swapped',
  answer: trace.input.answer,
  wrongAnswer: trace.looks?.wrongAnswer ?? null,
} as const;

describe('of the marked token', () => {
  it('says who would have written what, and by how much they differ', () => {
    expect(tokenSentence(trace, MARKED, truth)).toBe(
      `At “yellow” the student contradicts the picture, and the reasoning teacher, which is given the answer “pink”, finds “pink” most probable (>99.9\u202f%); the two are ${formatNats(trace.tokens[MARKED].forwardKl ?? 0)} nats apart. That is above the clip, so in training this token has no gradient.`,
    );
    expect(tokenSentence(trace, 10, truth)).toMatch(
      /^At “pink” the perception teacher, which has nothing but the picture, finds the same word most probable/,
    );
    expect(tokenSentence(trace, 25, truth)).toContain('nobody teaches');
  });

  it('a word contradicts the picture only where the world knows that it is wrong', () => {
    expect(contradicts(' yellow', truth)).toBe(true);
    expect(contradicts(' pink', truth)).toBe(false);
    expect(contradicts(' sun', truth)).toBe(false);
    expect(contradicts(' yellow', { answer: null, others: [] })).toBe(false);
  });
});

describe('of the swap', () => {
  it('every number is the one that strip and table show', () => {
    const sentences = swapSentences(swap);
    const [mean] = looksMeans(looks);
    const token = looks.find((one) => one.token === MARKED);
    expect(sentences).toEqual([
      `The perception teacher, which has nothing but the picture, looks: shown another scene’s picture, it is ${formatNats(mean.otherPicture.student)} nats a token from the student instead of ${formatNats(mean.student)}.`,
      `At “yellow” the reasoning teacher, which is given the answer “pink”, hardly looks: ${formatNats(token?.student ?? 0)} nats from the student with this picture, ${formatNats(token?.otherPicture.student ?? 0)} with the other. Given the wrong answer “yellow” it moves by ${formatNats(token?.wrongAnswer?.itself ?? 0)} nats: it goes by the answer.`,
    ]);
    // What was measured as looks is what scoring under the other picture gives.
    for (const { token: at, student, otherPicture } of looks) {
      expect(trace.tokens[at].forwardKl ?? 0).toBeCloseTo(student, 4);
      expect(swapped.tokens[at].forwardKl ?? 0).toBeCloseTo(otherPicture.student, 3);
    }
  });

  const changed = (change: (token: LooksToken) => LooksToken) =>
    swapSentences({ ...swap, tokens: looks.map(change) });

  it('says it where the teacher who knows the answer looks all the same', () => {
    const [, marked] = changed((token) => ({
      ...token,
      otherPicture: { itself: 1.5, student: 0.1 },
      wrongAnswer: token.wrongAnswer && { itself: 0.002, student: 5 },
    }));
    expect(marked).toContain('given the answer “pink”, looks: ');
    expect(marked).toContain('it hardly goes by the answer.');
  });

  it('cannot tell where the other picture says the same to everybody', () => {
    const still = { itself: 1e-5, student: 2 };
    expect(changed((token) => ({ ...token, otherPicture: still }))).toEqual([
      'Whether the perception teacher looks cannot be told: another scene’s picture says the same of these tokens.',
      expect.stringMatching(/^At “yellow” it cannot be told whether the reasoning teacher looks/),
    ]);
  });

  it('a token without a teacher has no loss that a picture could change', () => {
    expect(swapSentences({ ...swap, marked: 25, text: 'description' }).at(-1)).toBe(
      '“description” has no teacher, so no picture changes its loss.',
    );
  });
});
