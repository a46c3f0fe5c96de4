import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import { type Completion, cut, EOS, GOOD, LENIENT, STRICT, tokens } from './fixtures/completion.ts';
import { NAMED_METHODS, OPSD, VIGOS_CODE, VIGOS_PAPER } from './named-methods.ts';
import { parseRollout } from './rollout.ts';
import { RULES } from './rules.ts';
import { planSupervision, tokenCap } from './supervision.ts';
import { type MethodConfig, type ParseOptions, TEACHER_NAMES } from './types.ts';

const LETTER = { perception: 'P', reasoning: 'R', reference: 'F', privileged: 'O' } as const;

function plan({ ids, texts }: Completion, method: MethodConfig) {
  const parsed = parseRollout(ids, texts, { ...STRICT, ...formOf(method) });
  return planSupervision(parsed, method);
}

const formOf = ({ validity, reading, opener }: MethodConfig) => ({ validity, reading, opener });

/** One letter a token: P, R, F (reference), O (OPSD's), or a dot for nobody. */
function lane(completion: Completion, method: MethodConfig): string {
  return plan(completion, method)
    .tokens.map(({ teacher }) => (teacher === null ? '.' : LETTER[teacher]))
    .join('');
}

function method(id: string): MethodConfig {
  const named = NAMED_METHODS.find((p) => p.id === id);
  if (named === undefined) throw new Error(`no method ${id}`);
  return named.method;
}

// description | </ description > | < think > | reasoning | </ think > | \ boxed { | answer | } | EOS | padding
const valid = cut(`${GOOD}¦<|im_end|>¦<|im_end|>`);
const invalid = cut('A¦ leaf¦</¦description¦>¦red¦<|im_end|>¦<|im_end|>');

describe('a valid rollout under ViGOS', () => {
  it('has perception on the description and reasoning on reasoning and answer (paper)', () => {
    expect(lane(valid, VIGOS_PAPER)).toBe('PPP......RRRR......R...');
  });

  it('also has reasoning from </think> to the end of the box (released code)', () => {
    expect(lane(valid, VIGOS_CODE)).toBe('PPP......RRRRRRRRRRRR..');
  });

  it('has nobody after the box, at the EOS or on padding', () => {
    const rules = plan(valid, VIGOS_PAPER)
      .tokens.slice(-3)
      .map(({ rule }) => rule);
    expect(rules).toEqual(['vigos.delimiter.paper', 'vigos.trailing', 'padding']);
  });

  it('has the same teachers when its answer is wrong', () => {
    const wrong = cut(`${GOOD.replace('{¦red', '{¦blue')}¦<|im_end|>¦<|im_end|>`);
    expect(lane(wrong, VIGOS_PAPER)).toBe(lane(valid, VIGOS_PAPER));
  });

  it('has nobody on text between </description> and <think>, where the lenient rule allows it', () => {
    const loose = cut('A¦</description>¦ so¦<think>¦x¦</think>¦ So¦\\boxed{¦1¦}¦ yes');
    expect(lane(loose, { ...VIGOS_PAPER, validity: 'lenient' })).toBe('P...R...R..');
    expect(lane(loose, VIGOS_CODE)).toBe('P...RRRRRR.');
    expect(lane(loose, VIGOS_PAPER)).toBe('FFFFFFFFFFF');
  });
});

describe('an invalid rollout under ViGOS', () => {
  it('has the reference teacher on every token through the first EOS, not on padding', () => {
    expect(lane(invalid, VIGOS_PAPER)).toBe('FFFFFFF.');
    expect(lane(invalid, VIGOS_CODE)).toBe('FFFFFFF.');
  });

  it('keeps its EOS supervised although padding has the same id', () => {
    const { tokens: planned } = plan(invalid, VIGOS_PAPER);
    expect(invalid.ids.slice(-2)).toEqual([EOS, EOS]);
    expect(planned.at(-2)?.rule).toBe('vigos.invalid');
    expect(planned.at(-1)?.rule).toBe('padding');
  });

  it('cut off by the length limit has the reference teacher on every token', () => {
    expect(lane(cut('A¦</description>¦<think>¦x'), VIGOS_PAPER)).toBe('FFFF');
  });

  it('is measured with reverse KL and λ = 2', () => {
    expect(plan(invalid, VIGOS_PAPER).tokens[0]).toEqual({
      teacher: 'reference',
      rule: 'vigos.invalid',
      divergence: { kind: 'reverse-kl' },
      weight: 2,
      clip: { kind: 'token', value: 0.05 },
      boundaryCap: null,
    });
  });
});

describe('the hand-over from description to reasoning', () => {
  // description | .</ description > | < think > | reasoning | </ think > | \ boxed { | answer | }
  const joined = cut(GOOD.replace('¦</¦description', '¦.</¦description'));
  const rules = (completion: Completion, each: MethodConfig) =>
    plan(completion, each).tokens.map(({ rule }) => rule);
  const caps = (completion: Completion, each: MethodConfig) =>
    plan(completion, each).tokens.flatMap((token, i) =>
      token.boundaryCap === null ? [] : [[i, tokenCap(token)]],
    );

  it('has perception on the opener of </description> in the code reading, nobody in the paper’s', () => {
    expect(lane(joined, VIGOS_CODE)).toBe('PPPP.....RRRRRRRRRRRR');
    expect(lane(joined, VIGOS_PAPER)).toBe('PPP......RRRR......R.');
    expect(rules(joined, VIGOS_CODE)[3]).toBe('vigos.opener');
    expect(rules(joined, VIGOS_PAPER)[3]).toBe('vigos.opener.off');
    expect(lane(joined, { ...VIGOS_CODE, opener: false })).toBe('PPP......RRRRRRRRRRRR');
    expect(lane(valid, VIGOS_CODE)).toBe('PPP......RRRRRRRRRRRR..');
  });

  it('bounds the last token of the description and the first of the reasoning', () => {
    expect(caps(joined, VIGOS_CODE)).toEqual([
      [3, 0.05],
      [9, 0.05],
    ]);
    expect(caps(joined, { ...VIGOS_CODE, opener: false }).map(([i]) => i)).toEqual([2, 9]);
    expect(caps(joined, VIGOS_PAPER)).toEqual([]);
  });

  it('takes the smaller of both clips, and stands alone where the token clip is off', () => {
    const boundaryClip = { kind: 'token', value: 0.3 } as const;
    const all = (clip: MethodConfig['clip']) =>
      caps(joined, { ...VIGOS_CODE, clip, boundaryClip }).map(([, cap]) => cap);
    expect(all({ kind: 'token', value: 0.05 })).toEqual([0.05, 0.05]);
    expect(all({ kind: 'token', value: 1 })).toEqual([0.3, 0.3]);
    expect(all({ kind: 'none' })).toEqual([0.3, 0.3]);
    expect(all({ kind: 'entry', value: 0.05 })).toEqual([0.3, 0.3]);
  });

  it('begins at </think> where the code reading allows an empty reasoning', () => {
    const empty = cut('A¦</description>¦<think>¦</think>¦\\boxed{¦1¦}');
    expect(caps(empty, VIGOS_CODE)).toEqual([
      [0, 0.05],
      [3, 0.05],
    ]);
  });

  it('has no bounds of its own in an invalid rollout, without its teachers, and under OPSD', () => {
    const boundaryClip = { kind: 'token', value: 0.05 } as const;
    expect(caps(invalid, VIGOS_CODE)).toEqual([]);
    expect(caps(joined, { ...OPSD, boundaryClip })).toEqual([]);
    const teachers = { ...VIGOS_CODE.teachers, perception: false };
    expect(caps(joined, { ...VIGOS_CODE, teachers })).toEqual([[9, 0.05]]);
  });
});

describe('OPSD', () => {
  it('has the privileged teacher on every token through the first EOS, valid or not', () => {
    expect(lane(valid, OPSD)).toBe(`${'O'.repeat(22)}.`);
    expect(lane(invalid, OPSD)).toBe('OOOOOOO.');
  });

  it('is measured with forward KL at τ = 1.1, each entry clipped', () => {
    const { tokens: planned, method: used, teachersNeeded } = plan(valid, OPSD);
    expect(planned[0]).toMatchObject({
      divergence: { kind: 'forward-kl' },
      weight: 1,
      clip: { kind: 'entry', value: 0.05 },
    });
    expect(used.temperature).toBe(1.1);
    expect(teachersNeeded).toEqual(['privileged']);
  });
});

describe('each ablation is one switch', () => {
  it('without perception teacher', () => {
    expect(lane(valid, method('without-perception'))).toBe('.........RRRR......R...');
    expect(plan(valid, method('without-perception')).tokens[0].rule).toBe(
      'ablation.without-perception',
    );
  });

  it('without reasoning teacher', () => {
    expect(lane(valid, method('without-reasoning'))).toBe('PPP....................');
    const code = { ...VIGOS_CODE, teachers: method('without-reasoning').teachers };
    expect(lane(valid, code)).toBe('PPP....................');
  });

  it('without reference teacher', () => {
    expect(lane(invalid, method('without-reference'))).toBe('........');
    expect(lane(valid, method('without-reference'))).toBe(lane(valid, VIGOS_PAPER));
  });

  it('reference with forward KL', () => {
    const { tokens: planned } = plan(invalid, method('reference-forward-kl'));
    expect(planned[0]).toMatchObject({ teacher: 'reference', divergence: { kind: 'forward-kl' } });
  });
});

describe('any plan', () => {
  const completions = [valid, invalid, tokens(), cut('<|im_end|>'), cut('A¦</description>')];
  const methods = NAMED_METHODS.map((named) => named.method);

  it('has one entry a token, and a divergence, weight and clip exactly where it has a teacher', () => {
    for (const completion of completions) {
      for (const each of methods) {
        const { tokens: planned, teachersNeeded } = plan(completion, each);
        expect(planned).toHaveLength(completion.ids.length);
        for (const { teacher, rule, divergence, weight, clip } of planned) {
          expect(RULES[rule].teacher).toBe(teacher);
          expect(divergence === null).toBe(teacher === null);
          if (teacher === null) expect([weight, clip.kind]).toEqual([0, 'none']);
        }
        expect(teachersNeeded).toEqual(
          TEACHER_NAMES.filter((name) => planned.some(({ teacher }) => teacher === name)),
        );
      }
    }
  });

  it('is refused for a rollout that was read by other rules', () => {
    const read = (options: ParseOptions) => () =>
      planSupervision(parseRollout(valid.ids, valid.texts, options), VIGOS_PAPER);
    expect(read(STRICT)).not.toThrow();
    expect(read(LENIENT)).toThrow(PlaygroundError);
    expect(read({ ...STRICT, reading: 'code' })).toThrow('reading code');
    expect(read({ ...STRICT, opener: true })).toThrow('opener true');
  });
});
