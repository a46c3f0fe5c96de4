import { describe, expect, it } from 'vitest';
import { OPSD, VIGOS_PAPER } from '../../../method/named-methods.ts';
import { CUT_OFF, traceOf, VALID } from '../../rollout/fixtures/trace.ts';
import { movedBetween } from './moved.ts';

const flat = VALID.map(() => 0.02);

describe('what moved', () => {
  it('names the token that moved most, and by how much', () => {
    const after = traceOf(
      VALID,
      VIGOS_PAPER,
      flat.map((kl, i) => (i === 4 ? 0.5 : kl)),
    );
    const moved = movedBetween(traceOf(VALID, VIGOS_PAPER, flat), after);
    expect(moved).toMatchObject({ otherTeacher: 0, most: { token: 4 } });
    expect(moved?.most?.by).toBeCloseTo(0.48, 9);
  });

  it('means are of the tokens that both teach, and there are none at unlike temperatures', () => {
    const before = traceOf(VALID, VIGOS_PAPER, flat);
    const taught = before.tokens.filter(({ teacher }) => teacher !== null).length;
    const opsd = traceOf(
      VALID,
      { ...OPSD, temperature: 1 },
      flat.map((kl) => 2 * kl),
    );
    const { means } = movedBetween(before, opsd) ?? {};
    expect(means?.tokens).toBe(taught);
    expect(means?.first).toBeCloseTo(0.02, 9);
    expect(means?.second).toBeCloseTo(0.04, 9);
    expect(taught).toBeLessThan(VALID.length);
    expect(movedBetween(before, traceOf(VALID, OPSD, flat))).toMatchObject({
      means: null,
      most: null,
    });
  });

  it('counts the tokens that another teacher takes over', () => {
    const moved = movedBetween(traceOf(VALID, VIGOS_PAPER, flat), traceOf(VALID, OPSD, flat));
    expect(moved?.otherTeacher).toBe(VALID.length);
  });

  it('counts the tokens that another clip or weight gives another loss, where no divergence moves', () => {
    const clip = { kind: 'token', value: 0.01 } as const;
    const lambdas = { ...VIGOS_PAPER.lambdas, perception: 5 };
    const before = traceOf(VALID, VIGOS_PAPER, flat);
    const moves = [
      { ...VIGOS_PAPER, clip },
      { ...VIGOS_PAPER, lambdas },
    ].map((method) => movedBetween(before, traceOf(VALID, method, flat)));
    expect(moves.map((moved) => [moved?.otherLoss, moved?.most?.by])).toEqual([
      [4, 0],
      [2, 0],
    ]);
  });

  it('says nothing about another rollout', () => {
    const a = traceOf(VALID, VIGOS_PAPER, flat);
    expect(movedBetween(a, traceOf(CUT_OFF, VIGOS_PAPER, flat))).toBeNull();
  });
});
