import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import {
  CODE,
  type Completion,
  cut,
  END,
  EOS,
  FORM,
  GOOD,
  join,
  LENIENT,
  lane,
  PAD,
  parse,
  STRICT,
  spelled,
  textOf,
  tokens,
} from './fixtures/completion.ts';
import { prefixStart } from './prefix.ts';
import { parseRollout } from './rollout.ts';

describe('a completion in the form', () => {
  const completion = join(cut(GOOD), END);
  const parsed = parse(completion);

  it('is valid under both rules, whatever it answers', () => {
    expect(parsed.valid).toBe(true);
    expect(parsed.reason).toBeNull();
    expect(parse(completion, LENIENT).valid).toBe(true);
    expect(parsed.answer).toBe('red');
  });

  it('has each part as a token range', () => {
    expect(textOf(completion, parsed.spans.description)).toBe('A red leaf');
    expect(textOf(completion, parsed.spans.reasoning)).toBe('It is red.');
    expect(textOf(completion, parsed.spans.thinkClose)).toBe('</think> ');
    expect(textOf(completion, parsed.spans.boxOpen)).toBe('\\boxed{');
    expect(textOf(completion, parsed.spans.answer)).toBe('red');
    expect(textOf(completion, parsed.spans.boxClose)).toBe('}');
    expect(parsed.spans.trailing).toEqual({ start: 21, end: 22 });
  });

  it('gives one segment to each token', () => {
    expect(lane(parsed)).toBe('dddxxxxxxrrrrxxxxxxaxt');
  });

  it('may end without an EOS right after the box', () => {
    expect(parse(cut(GOOD))).toMatchObject({ valid: true, ended: false });
  });
});

describe('EOS and padding', () => {
  const good = cut(GOOD);

  it('ends at the first EOS, which belongs to the completion also when padding has the same id', () => {
    const parsed = parse(join(good, END, END, END), { ...STRICT, padId: EOS });
    expect(parsed).toMatchObject({ length: 22, ended: true, valid: true });
    expect(parsed.segments.slice(21)).toEqual(['trailing', 'trailing', 'trailing']);
    expect(parsed.spans.trailing).toEqual({ start: 21, end: 22 });
  });

  it('does not count padding of its own after a cut-off rollout', () => {
    const pad: Completion = { ids: [PAD, PAD], texts: ['<|pad|>', '<|pad|>'] };
    expect(parse(join(good, pad))).toMatchObject({ length: 21, ended: false, valid: true });
  });

  it('reads no text at or after the EOS', () => {
    const parsed = parse(join(cut('a'), END, cut('</description>¦<think>¦x¦</think>¦\\boxed{1}')));
    expect(parsed).toMatchObject({ valid: false, length: 2, text: 'a', answer: null });
  });

  it('knows several EOS ids', () => {
    const other = tokens('<|endoftext|>');
    const parsed = parse(join(good, other, END), { ...STRICT, eosIds: [EOS, ...other.ids] });
    expect(parsed).toMatchObject({ length: 22, valid: true });
  });

  it('is not a description: an EOS at once is empty under the lenient rule too', () => {
    expect(parse(END, LENIENT)).toMatchObject({ valid: false, length: 1, segments: ['trailing'] });
  });
});

describe('tokens that straddle a boundary', () => {
  const straddled = cut('A¦ leaf¦.</¦description¦>\n¦<think¦>¦red¦ </¦think¦>\n\\¦boxed¦{red¦}.');
  const parsed = parse(straddled);

  it('are found by characters where the ids of a tag are not there', () => {
    expect(parsed.valid).toBe(true);
    expect(parsed.answer).toBe('red');
  });

  it('go to the tag, so that no content teacher is asked about it', () => {
    expect(lane(parsed)).toBe('ddxxxxxrxxxxax');
  });

  it('go to the answer when they hold a visible character of it', () => {
    expect(textOf(straddled, parsed.spans.answer)).toBe('{red');
    const closing = parse(cut('A¦</description>¦<think>¦x¦</think>¦\\boxed{¦re¦d}'));
    expect(closing.segments.slice(-2)).toEqual(['answer', 'answer']);
    expect(closing.spans.boxClose).toEqual({ start: 8, end: 8 });
    expect(parse(cut('A¦</description>¦<think>¦x¦</think>¦\\boxed¦{ ¦red¦}')).segments[6]).toBe(
      'delimiter',
    );
  });

  it('may hold two tags', () => {
    const both = parse(cut('A¦</¦description¦><¦think¦>¦x¦</think>¦\\boxed{1}'));
    expect(both.valid).toBe(true);
    expect(lane(both)).toBe('dxxxxxrxa');
    expect(both.spans.thinkOpen).toEqual({ start: 4, end: 6 });
  });

  it('are not passed over for a cleanly spelled tag further on', () => {
    const twice = cut('A¦.</¦description¦>¦<¦think¦>¦say¦ ¦</¦description¦>¦</¦think¦>¦\\boxed{1}');
    expect(parse(twice).spans.descriptionClose).toEqual({ start: 1, end: 4 });
    expect(parse(twice).valid).toBe(true);
  });
});

describe('the token that opens </description>', () => {
  const opened = (spelling: string) => {
    const parsed = parse(cut(`A¦ leaf¦${spelling}¦<think>¦x¦</think>¦\\boxed{1}`), CODE);
    return [parsed.openerToken, lane(parsed).replace(/xr.*/, '')];
  };

  it('belongs to the description in the code reading where it holds text before the tag', () => {
    expect(opened(' </¦description¦>')).toEqual([2, 'dddxx']);
    expect(opened('.</¦description¦>')).toEqual([2, 'dddxx']);
    expect(opened('.<¦/¦description¦>')).toEqual([2, 'dddxxx']);
    expect(opened(' </description>')).toEqual([2, 'ddd']);
    expect(opened('.</¦description¦>\n')).toEqual([2, 'dddxx']);
  });

  it('belongs to the tag where all of it is the tag’s', () => {
    expect(opened('</¦description¦>')).toEqual([null, 'ddxxx']);
    expect(opened('</description>')).toEqual([null, 'ddx']);
    expect(opened('<¦/¦d¦escription¦>\n')).toEqual([null, 'ddxxxxx']);
  });

  it('belongs to the tag without the switch, but is known', () => {
    const parsed = parse(cut('A¦.</¦description¦>¦<think>¦x¦</think>¦\\boxed{1}'), LENIENT);
    expect([parsed.openerToken, parsed.segments[1]]).toEqual([1, 'delimiter']);
  });

  it('is found by its text also where the tag’s ids include the space', () => {
    const spaced = cut(' </¦description¦>').ids;
    const options = { ...CODE, tagIds: { descriptionClose: [spaced] } };
    const parsed = parse(cut('A¦ </¦description¦>¦<think>¦x¦</think>¦\\boxed{1}'), options);
    expect([parsed.openerToken, lane(parsed)]).toEqual([1, 'ddxxxrxa']);
    expect(parsed.spans.description).toEqual({ start: 0, end: 2 });
    expect(parsed.spans.descriptionClose).toEqual({ start: 2, end: 4 });
  });
});

describe('spans from token ids', () => {
  it('find a tag whose tokens have no text of their own', () => {
    const thinking = {
      ...STRICT,
      tagIds: { thinkOpen: [[900]], thinkClose: [[901]] },
      specialIds: [900, 901],
    };
    const completion = join(
      cut('A¦</description>'),
      { ids: [900], texts: [''] },
      cut('x'),
      { ids: [901], texts: [''] },
      cut('\\boxed{¦1¦}'),
    );
    const parsed = parse(completion, thinking);
    expect(parsed.valid).toBe(true);
    expect(parsed.spans.thinkOpen).toEqual({ start: 2, end: 3 });
    expect(parsed.spans.reasoning).toEqual({ start: 3, end: 4 });
    expect(parsed.specialTokens).toEqual([]);
  });

  it('follow the tokens that were sampled, also when the tokenizer would write the text otherwise', () => {
    const odd = cut('A¦ le¦af¦<¦/¦desc¦ription¦>¦<th¦ink>¦x¦</thi¦nk>¦\\bo¦xed{¦r¦ed¦}');
    const parsed = parse(odd);
    expect(parsed.valid).toBe(true);
    expect(parsed.segments).toHaveLength(odd.ids.length);
    expect(textOf(odd, parsed.spans.descriptionClose)).toBe('</description>');
    expect(parsed.spans.answer).toEqual({ start: 15, end: 17 });
  });

  it('are the same with and without tag ids where tags are tokens of their own', () => {
    const { tagIds: _, ...byCharacters } = STRICT;
    const good = cut(GOOD.replaceAll('> ', '>¦ '));
    expect(parse(good, byCharacters)).toEqual(parse(good));
  });
});

describe('characters split over several tokens', () => {
  it('go with the content they belong to, at either side of a tag', () => {
    const completion = tokens(
      '',
      '',
      '葉',
      '</description>',
      '<think>',
      '',
      'é',
      '</think>',
      '\\boxed{',
      '',
      'ü',
      '}',
    );
    const parsed = parse(completion);
    expect(parsed.valid).toBe(true);
    expect(parsed.segments.slice(0, 3)).toEqual(Array(3).fill('description'));
    expect(parsed.spans.reasoning).toEqual({ start: 5, end: 7 });
    expect(parsed.spans.answer).toEqual({ start: 9, end: 11 });
  });

  it('stay in the open segment when the rollout is cut off inside one', () => {
    expect(parse(tokens('A', '</description>', '<think>', 'x', '')).segments.at(-1)).toBe(
      'reasoning',
    );
  });

  it('do not shift offsets beyond the basic plane', () => {
    const parsed = parse(cut('🍓¦ red¦</description>¦<think>¦x¦</think>¦\\boxed{¦🍓¦}'));
    expect(parsed.answer).toBe('🍓');
    expect(parsed.segments[7]).toBe('answer');
  });
});

describe('the box', () => {
  const answered = (rest: string) => spelled(`a </description> <think> x </think> ${rest}`);

  it('closes at its balanced brace; escaped braces do not count', () => {
    for (const inside of ['\\frac{1}{2}', '\\{1, 2\\}', 'a\\}', '{{}}', '\\\\{x}']) {
      const parsed = parse(answered(`\\boxed{${inside}}`));
      expect(parsed.valid).toBe(true);
      expect(parsed.answer).toBe(inside);
    }
  });

  it('is the first after </think> for the mask and the last for the grade', () => {
    const twice = answered('\\boxed{1} no, \\boxed{2}');
    const parsed = parse(twice, LENIENT);
    expect(textOf(twice, parsed.spans.answer)).toBe('1');
    expect(parsed.answer).toBe('2');
    expect(parse(twice).reason?.code).toBe('text-after-box');
  });

  it('inside the reasoning does not count for the mask', () => {
    const completion = spelled('a </description> <think> \\boxed{1} </think> \\boxed{2}');
    expect(textOf(completion, parse(completion).spans.answer)).toBe('2');
  });

  it('is graded also in an invalid rollout and in plain text', () => {
    expect(parse(spelled('It is \\boxed{ 3 }')).answer).toBe('3');
    expect(parse(spelled('It is \\boxed{3} or \\boxed{4')).answer).toBe('3');
  });
});

describe('a special token that the model sampled itself', () => {
  it('is a token of the completion and is named, never an image', () => {
    const real = parse(
      tokens(
        'A',
        '<|image_pad|>',
        '</description>',
        '<think>',
        'x',
        '</think>',
        '\\boxed{',
        '1',
        '}',
      ),
    );
    expect(real).toMatchObject({ valid: true, specialTokens: [1] });
    expect(real.segments[1]).toBe('description');
  });

  it('is neither words that fill a segment nor white space between segments', () => {
    const alone = tokens(
      '<|image_pad|>',
      '</description>',
      '<think>',
      'x',
      '</think>',
      '\\boxed{1}',
    );
    expect(parse(alone).reason?.code).toBe('description-empty');
    expect(parse(alone, LENIENT).valid).toBe(true);
    const between = tokens(
      'A',
      '</description>',
      '<|image_pad|>',
      '<think>',
      'x',
      '</think>',
      '\\boxed{1}',
    );
    expect(parse(between).reason).toMatchObject({ code: 'text-before-think', token: 2 });
  });
});

describe('what a teacher sees of the completion', () => {
  const parsed = parse(cut(GOOD));

  it('is all of it in the paper', () => {
    for (const teacher of ['perception', 'reasoning', 'reference', 'privileged'] as const) {
      expect(prefixStart(teacher, parsed, 'paper')).toBe(0);
    }
  });

  it('is for the reasoning teacher of the released code only what follows <think>', () => {
    expect(prefixStart('reasoning', parsed, 'code')).toBe(parsed.spans.reasoning?.start);
    expect(prefixStart('perception', parsed, 'code')).toBe(0);
    expect(prefixStart('reference', parsed, 'code')).toBe(0);
  });
});

describe('any completion', () => {
  const piece = fc.constantFrom(
    'a',
    ' ',
    '.',
    '</',
    'description',
    '>',
    '<',
    'think',
    '</think>',
    '</description>',
    '<think>',
    '\\boxed{',
    '{',
    '}',
    '.</',
    '}.',
    '{red',
    '',
    '<|im_end|>',
    '<|image_pad|>',
    'é',
    '\\',
  );
  const completion = fc.array(piece, { maxLength: 30 }).map((texts) => tokens(...texts));

  it('gets one segment a token, disjoint spans in order, and is lenient-valid when strict-valid', () => {
    fc.assert(
      fc.property(completion, (c) => {
        const strict = parse(c);
        const lenient = parse(c, LENIENT);
        expect(strict.segments).toHaveLength(c.ids.length);
        expect(strict.spans).toEqual(lenient.spans);
        expect(strict.valid).toBe(strict.reason === null);
        // The lenient rule asks for a whole token where the strict one asks for a word.
        if (strict.valid && !lenient.valid)
          expect(lenient.reason?.code).toBe('description-without-token');
        let last = 0;
        for (const span of Object.values(strict.spans)) {
          expect(span.start).toBeGreaterThanOrEqual(last);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
          last = span.end;
        }
        expect(last).toBeLessThanOrEqual(strict.length);
      }),
    );
  });

  it('is cut at the same characters however its text is cut into tokens', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: FORM.length - 1 }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (at) => {
        const edges = [0, ...new Set(at)].toSorted((a, b) => a - b).concat(FORM.length);
        const parsed = parse(tokens(...edges.slice(1).map((to, i) => FORM.slice(edges[i], to))));
        expect(parsed).toMatchObject({ valid: true, answer: 'red', text: FORM });
      }),
    );
  });

  it('needs one text for each id', () => {
    expect(() => parseRollout([1, 2], ['a'], STRICT)).toThrow(PlaygroundError);
  });
});
