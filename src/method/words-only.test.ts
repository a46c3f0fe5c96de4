import { describe, expect, it } from 'vitest';
import { parseWordsOnly } from './words-only.ts';

const EOS = 9;

function read(...texts: string[]) {
  const ids = texts.map((_, i) => 100 + i);
  const options = { validity: 'strict', reading: 'paper', opener: false, eosIds: [EOS] } as const;
  return parseWordsOnly([...ids, EOS], [...texts, ''], options);
}

describe('an answer to a question in words', () => {
  it('is valid with reasoning and a box, and has no description', () => {
    const { valid, answer, spans, segments, length, text } = read(
      ' 2 + 2 = 4.',
      ' </think>',
      ' \\boxed{',
      '4',
      '}',
    );
    expect({ valid, answer, length }).toEqual({ valid: true, answer: '4', length: 6 });
    expect(text).toBe(' 2 + 2 = 4. </think> \\boxed{4}');
    expect(spans).toEqual({
      reasoning: { start: 0, end: 1 },
      thinkClose: { start: 1, end: 2 },
      boxOpen: { start: 2, end: 3 },
      answer: { start: 3, end: 4 },
      boxClose: { start: 4, end: 5 },
      trailing: { start: 5, end: 6 },
    });
    expect(segments).toEqual([
      'reasoning',
      'delimiter',
      'delimiter',
      'answer',
      'delimiter',
      'trailing',
    ]);
  });

  it('is invalid without an end of its reasoning, with none at all, and without a box, where that shows', () => {
    expect(read(' 4').reason).toMatchObject({ code: 'no-think-close', token: 1 });
    expect(read(' </think>', ' \\boxed{4}').reason?.code).toBe('reasoning-empty');
    expect(read(' 4', ' </think>').reason).toMatchObject({ code: 'no-box', token: 2 });
  });
});
