import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import { needWrongAnswers, wrongAnswersOf } from './wrong-answers.ts';

const EXACT = { measure: 'exact', reading: 'paper' } as const;

describe('wrong answers', () => {
  it('are the first K that are proposed', () => {
    expect(wrongAnswersOf(['blue', 'red', 'pink'], 'green', 2, EXACT)).toEqual({
      used: ['blue', 'red'],
      unused: [{ answer: 'pink', reason: 'beyond' }],
    });
    expect(wrongAnswersOf(['no'], 'yes', 3, EXACT).used).toEqual(['no']);
  });

  it('are never the right one after normalisation, nor one another', () => {
    const proposed = ['Three.', '4', ' four ', '', '5'];
    expect(wrongAnswersOf(proposed, '3', 3, EXACT)).toEqual({
      used: ['4', '5'],
      unused: [
        { answer: 'Three.', reason: 'right' },
        { answer: 'four', reason: 'repeated' },
        { answer: '', reason: 'empty' },
      ],
    });
  });

  it('are wrong by the measure that grades the rollout too', () => {
    const by = { measure: 'mathematical', reading: 'paper' } as const;
    expect(wrongAnswersOf(['0.5', '2'], '\\frac12', 3, by).used).toEqual(['2']);
    expect(wrongAnswersOf(['0.5', '2'], '\\frac12', 3, EXACT).used).toEqual(['0.5', '2']);
  });

  it('are cleaned as teachers are shown them', () => {
    const by = { measure: 'exact', reading: 'code' } as const;
    expect(wrongAnswersOf(['Answer: red', 'blue'], '\\boxed{red}', 3, by).used).toEqual(['blue']);
  });

  it('are asked for where none is left', () => {
    const code = (proposed: string[]) => {
      try {
        needWrongAnswers(proposed, 'red', 3, EXACT);
      } catch (error) {
        return toErrorRecord(error);
      }
      return undefined;
    };
    expect(code([])).toMatchObject({ code: 'leakage.no-wrong-answer' });
    expect(code(['Red'])?.message).toContain('None of the proposed answers (1)');
  });
});
