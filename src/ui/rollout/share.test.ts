import { describe, expect, it } from 'vitest';
import type { TokenTrace, TraceTopEntry } from '../../contract/trace/trace.ts';
import { VIGOS_PAPER } from '../../method/named-methods.ts';
import { traceOf, VALID } from './fixtures/trace.ts';
import { divergenceShare } from './share.ts';

const [own] = traceOf(
  VALID,
  VIGOS_PAPER,
  VALID.map(() => 0),
).tokens;
const token = (figures: Partial<TokenTrace>): TokenTrace => ({
  ...own,
  forwardKl: 0.5,
  reverseKl: 0.25,
  ...figures,
});
const entry = (term?: number): TraceTopEntry => ({
  id: 1,
  text: 'x',
  p: 0.7,
  otherP: 0.2,
  ...(term === undefined ? {} : { term }),
});
const JSD = {
  ...VIGOS_PAPER,
  divergence: { ...VIGOS_PAPER.divergence, perception: { kind: 'jsd', beta: 0.5 } },
} as const;

describe('a share of the divergence', () => {
  it('is the kernel’s own figure over the divergence of the loss before the clip', () => {
    expect(divergenceShare(entry(0.1), token({ teacher: 'perception' }), VIGOS_PAPER)).toBe(0.2);
    expect(divergenceShare(entry(0.1), token({ teacher: 'reference' }), VIGOS_PAPER)).toBe(0.4);
    expect(divergenceShare(entry(-0.1), token({ teacher: 'perception' }), VIGOS_PAPER)).toBe(-0.2);
    const clipped = token({ teacher: 'perception', jsd: 0.4, loss: 0.05, clipped: true });
    expect(divergenceShare(entry(0.1), clipped, JSD)).toBe(0.25);
  });

  it('is not given without a teacher, where both sides agree, nor where the file does not hold it', () => {
    expect(divergenceShare(entry(), token({ teacher: null }), VIGOS_PAPER)).toBeNull();
    const agreed = token({ teacher: 'perception', forwardKl: 0 });
    expect(divergenceShare(entry(0), agreed, VIGOS_PAPER)).toBeNull();
    expect(divergenceShare(entry(), token({ teacher: 'perception' }), VIGOS_PAPER)).toBeNull();
    expect(divergenceShare(entry(0.1), token({ teacher: 'perception' }), JSD)).toBeNull();
  });
});
