import { describe, expect, it } from 'vitest';
import {
  CODE,
  cut,
  END,
  FORM,
  join,
  LENIENT,
  lane,
  PAD,
  parse,
  STRICT,
  spelled,
} from './fixtures/completion.ts';
import type { ParseOptions } from './types.ts';

describe('the table of validity', () => {
  const cases: [what: string, text: string, strict: string | null, lenient: string | null][] = [
    ['in order', FORM, null, null],
    [
      'no </description>',
      'a leaf <think> x </think> \\boxed{1}',
      'no-description-close',
      'no-description-close',
    ],
    ['no <think>', 'a </description> x </think> \\boxed{1}', 'no-think-open', 'no-think-open'],
    [
      '<think> only before </description>',
      '<think> a </description> x </think> \\boxed{1}',
      'no-think-open',
      'no-think-open',
    ],
    ['no </think>', 'a </description> <think> x \\boxed{1}', 'no-think-close', 'no-think-close'],
    ['no box', 'a </description> <think> x </think> 1', 'no-box', 'no-box'],
    [
      'box only in the reasoning',
      'a </description> <think> \\boxed{1} </think>',
      'no-box',
      'no-box',
    ],
    [
      'box without its brace',
      'a </description> <think> x </think> \\boxed{1',
      'box-not-closed',
      'box-not-closed',
    ],
    [
      'box with unbalanced braces',
      'a </description> <think> x </think> \\boxed{\\frac{1}{2}',
      'box-not-closed',
      'box-not-closed',
    ],
    [
      'empty description',
      '</description> <think> x </think> \\boxed{1}',
      'description-empty',
      'description-empty',
    ],
    [
      'description of white space',
      ' \n </description> <think> x </think> \\boxed{1}',
      'description-empty',
      null,
    ],
    ['empty reasoning', 'a </description> <think></think> \\boxed{1}', 'reasoning-empty', null],
    [
      'reasoning of white space',
      'a </description> <think> \n </think> \\boxed{1}',
      'reasoning-empty',
      null,
    ],
    [
      'text before <think>',
      'a </description> so <think> x </think> \\boxed{1}',
      'text-before-think',
      null,
    ],
    [
      'text before the box',
      'a </description> <think> x </think> So \\boxed{1}',
      'text-before-box',
      null,
    ],
    [
      'a period between segments',
      'a </description>. <think> x </think> \\boxed{1}',
      'text-before-think',
      null,
    ],
    ['text after the box', `${FORM} that is it`, 'text-after-box', null],
    ['one closing period', `${FORM}.`, null, null],
    ['white space and one period', `${FORM} \n. \n`, null, null],
    ['two periods', `${FORM}..`, 'text-after-box', null],
    ['a period and text', `${FORM}. Yes`, 'text-after-box', null],
    ['empty box', 'a </description> <think> x </think> \\boxed{}', 'answer-empty', null],
    ['box of white space', 'a </description> <think> x </think> \\boxed{ }', 'answer-empty', null],
    ['nothing', '', 'no-description-close', 'no-description-close'],
    ['no white space at all', 'a</description><think>x</think>\\boxed{1}', null, null],
  ];

  it.each(cases)('%s', (_, text, strict, lenient) => {
    const completion = join(spelled(text), END);
    expect(parse(completion).reason?.code ?? null).toBe(strict);
    expect(parse(completion, LENIENT).reason?.code ?? null).toBe(lenient);
  });

  it('a description needs a whole token of its own under the lenient rule, its text alone under the strict', () => {
    const after = '¦description¦>¦<think>¦x¦</think>¦\\boxed{1}';
    const codes = (spelling: string) =>
      [STRICT, LENIENT, CODE].map(
        (options) => parse(cut(spelling + after), options).reason?.code ?? null,
      );
    expect(codes('.</')).toEqual([null, 'description-without-token', 'description-without-token']);
    expect(codes(' </')).toEqual([
      'description-empty',
      ...Array(2).fill('description-without-token'),
    ]);
    expect(codes('</')).toEqual(Array(3).fill('description-empty'));
    expect(codes('.¦</')).toEqual([null, null, null]);
    expect(codes(' ¦</')).toEqual(['description-empty', null, null]);
    expect(codes('a¦.</')).toEqual([null, null, null]);
    const padded = join({ ids: [PAD], texts: ['<|pad|>'] }, cut(`</${after}`));
    expect(parse(padded, LENIENT).reason?.code).toBe('description-empty');
  });

  it('every brace counts in the code reading, an escaped one not in the paper’s', () => {
    const boxed = (inside: string) =>
      spelled(`a </description> <think> x </think> \\boxed{${inside}`);
    const read = (inside: string, options: ParseOptions) => {
      const { reason, answer } = parse(boxed(inside), options);
      return reason?.code ?? answer;
    };
    const codeStrict = { ...CODE, validity: 'strict' } as const;
    expect([read('1\\}', LENIENT), read('1\\}', CODE)]).toEqual(['box-not-closed', '1\\']);
    expect([read('\\{1}', LENIENT), read('\\{1}', CODE)]).toEqual(['\\{1', 'box-not-closed']);
    expect([read('1\\}2}', STRICT), read('1\\}2}', codeStrict)]).toEqual([
      '1\\}2',
      'text-after-box',
    ]);
  });

  it('says where the first failure shows, in characters, tokens and words', () => {
    const reason = parse(cut('a¦</¦description¦> ¦<¦think¦>¦x')).reason;
    expect(reason).toEqual({
      code: 'no-think-close',
      char: 24,
      token: 8,
      message:
        'The reasoning is never closed: there is no </think> after <think>. The rollout ends without an end of sequence.',
    });
    expect(
      parse(cut('a¦</¦description¦> ¦so¦ ¦<¦think¦>¦x¦</¦think¦>¦\\¦boxed¦{¦1¦}')).reason,
    ).toMatchObject({ code: 'text-before-think', char: 16, token: 4 });
  });
});

describe('a rollout cut off by the length limit', () => {
  it('has no box and is invalid, wherever it was cut', () => {
    for (const options of [STRICT, LENIENT]) {
      for (let length = 0; length < FORM.length; length++) {
        const parsed = parse(spelled(FORM.slice(0, length)), options);
        expect(parsed.valid).toBe(false);
        expect(parsed.reason?.message).toContain('ends without an end of sequence');
      }
    }
  });

  it('is not said to lack its end when the model ended it itself', () => {
    const parsed = parse(join(cut('a¦</¦description¦>'), END));
    expect(parsed.reason?.message).not.toContain('without an end of sequence');
  });

  it('keeps the segment it was cut in', () => {
    expect(lane(parse(cut('a¦ leaf')))).toBe('dd');
    expect(lane(parse(cut('a¦</description>¦<think>¦it¦ is')))).toBe('dxxrr');
    expect(lane(parse(cut('a¦</description>¦<think>¦x¦</think>¦\\boxed{¦re')))).toBe('dxxrxxa');
  });
});
