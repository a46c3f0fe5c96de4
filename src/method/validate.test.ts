import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import { NAMED_METHODS, VIGOS_CODE, VIGOS_PAPER } from './named-methods.ts';
import { validateMethod } from './validate.ts';

function refusal(input: unknown) {
  try {
    validateMethod(input);
  } catch (error) {
    return toErrorRecord(error);
  }
  return undefined;
}

describe('a method from outside', () => {
  it('is every named method after a trip through JSON', () => {
    for (const { method } of NAMED_METHODS)
      expect(validateMethod(JSON.parse(JSON.stringify(method)))).toEqual(method);
  });

  it('of before there were an opener and boundary clips had neither, in the code reading too', () => {
    const { opener, boundaryClip, ...old } = VIGOS_CODE;
    expect([opener, boundaryClip.kind]).toEqual([true, 'token']);
    expect(validateMethod(old)).toEqual({ ...old, opener: false, boundaryClip: { kind: 'none' } });
  });

  it('loses unknown fields', () => {
    const jsd = { ...VIGOS_PAPER.divergence, reference: { kind: 'jsd', beta: 0.5, extra: 1 } };
    const read = validateMethod({ ...VIGOS_PAPER, colour: 'blue', divergence: jsd });
    expect(read).not.toHaveProperty('colour');
    expect(read.divergence.reference).toEqual({ kind: 'jsd', beta: 0.5 });
  });

  const bad: [where: string, change: Record<string, unknown>][] = [
    ['method.name', { name: 'grpo' }],
    ['method.reading', { reading: undefined }],
    ['method.validity', { validity: 'none' }],
    ['method.teachers.reference', { teachers: { ...VIGOS_PAPER.teachers, reference: 1 } }],
    [
      'method.divergence.reasoning.kind',
      { divergence: { ...VIGOS_PAPER.divergence, reasoning: { kind: 'kl' } } },
    ],
    [
      'method.divergence.reference.beta',
      { divergence: { ...VIGOS_PAPER.divergence, reference: { kind: 'jsd', beta: 1.2 } } },
    ],
    ['method.lambdas.perception', { lambdas: { ...VIGOS_PAPER.lambdas, perception: -1 } }],
    ['method.lambdas.reference', { lambdas: { ...VIGOS_PAPER.lambdas, reference: '2' } }],
    ['method.temperature', { temperature: 0 }],
    ['method.temperature', { temperature: Number.NaN }],
    ['method.clip.value', { clip: { kind: 'token', value: 0 } }],
    ['method.clip', { clip: 0.05 }],
    ['method.opener', { opener: 'on' }],
    ['method.boundaryClip', { boundaryClip: 0.05 }],
    ['method.boundaryClip.kind', { boundaryClip: { kind: 'entry', value: 0.05 } }],
    ['method.boundaryClip.value', { boundaryClip: { kind: 'token', value: -1 } }],
    ['method.teachers', { teachers: ['perception'] }],
  ];

  it.each(bad)('is refused at %s, with what to give instead', (where, change) => {
    expect(refusal({ ...VIGOS_PAPER, ...change })).toMatchObject({
      code: 'method.invalid-setting',
      where,
      fix: expect.stringMatching(/^Give /),
    });
  });

  it('is refused when it is no object', () => {
    expect(refusal(null)?.where).toBe('method');
    expect(refusal('vigos')?.message).toBe('The setting method is "vigos".');
  });
});
