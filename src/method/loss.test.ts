import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import { type Completion, cut, GOOD, STRICT } from './fixtures/completion.ts';
import { batchLoss, lossScales } from './loss.ts';
import { OPSD, VIGOS_PAPER } from './named-methods.ts';
import { parseRollout } from './rollout.ts';
import { planSupervision } from './supervision.ts';
import type { MethodConfig } from './types.ts';

const plan = ({ ids, texts }: Completion, method: MethodConfig = VIGOS_PAPER) =>
  planSupervision(parseRollout(ids, texts, STRICT), method);

// 3 perception and 5 reasoning tokens; 6 + 1 reference tokens and padding.
const valid = plan(cut(`${GOOD}¦<|im_end|>`));
const invalid = plan(cut('A¦ leaf¦</¦description¦>¦red¦<|im_end|>¦<|im_end|>¦<|im_end|>'));
const row = (planned: typeof valid, loss: (token: number) => number) => ({
  plan: planned,
  losses: planned.tokens.map((_, token) => loss(token)),
});

describe('the loss of a batch', () => {
  it('is λp·L_perception + λr·L_reasoning + λf·L_reference with λ = 1, 1, 2', () => {
    const loss = batchLoss([row(valid, () => 0.01), row(invalid, () => 0.02)]);
    expect(loss.teachers.perception).toMatchObject({ tokens: 3, mean: 0.01 });
    expect(loss.teachers.reasoning.tokens).toBe(5);
    expect(loss.teachers.reference.tokens).toBe(7);
    expect(loss.teachers.reference.weighted).toBeCloseTo(0.04, 14);
    expect(loss.total).toBeCloseTo(0.01 + 0.01 + 2 * 0.02, 14);
    expect(loss.activeTokens).toBe(15);
  });

  it('is a mean over the tokens of the whole batch, not a mean of the rollouts’ means', () => {
    const short = plan(cut('A¦ leaf'));
    const loss = batchLoss([row(invalid, () => 0.07), row(short, () => 0.007)]);
    expect(loss.teachers.reference.mean).toBeCloseTo((7 * 0.07 + 2 * 0.007) / 9, 14);
  });

  it('does not see padding or tokens without a teacher, whatever stands there', () => {
    const clean = batchLoss([row(invalid, () => 0.02)]).total;
    expect(batchLoss([row(invalid, (token) => (token < 7 ? 0.02 : Number.NaN))]).total).toBe(clean);
  });

  it('counts the first EOS of an invalid rollout even where padding has the same id', () => {
    const onlyEos = batchLoss([row(invalid, (token) => (token === 6 ? 0.07 : 0))]);
    expect(onlyEos.teachers.reference.mean).toBeCloseTo(0.01, 14);
  });

  it('is 0 for a teacher without tokens, not 0/0', () => {
    const loss = batchLoss([row(valid, () => 0.01)]);
    expect(loss.teachers.reference).toEqual({ tokens: 0, mean: 0, weighted: 0 });
    expect(loss.total).toBeCloseTo(0.02, 14);
    expect(batchLoss([]).total).toBe(0);
  });

  it('names each active token whose loss is NaN', () => {
    const loss = batchLoss([row(valid, (token) => (token === 1 ? Number.NaN : 0))]);
    expect(loss.total).toBeNaN();
    expect(loss.nanTokens).toEqual([[0, 1]]);
  });

  it('leaves out a teacher with λ = 0, also when its loss is infinite', () => {
    const lambdas = { ...VIGOS_PAPER.lambdas, reference: 0 };
    const off = plan(cut('A¦ leaf'), { ...VIGOS_PAPER, lambdas });
    expect(batchLoss([row(off, () => Number.POSITIVE_INFINITY)]).total).toBe(0);
  });

  it('may be negative under OPSD’s entry clip', () => {
    const opsd = plan(cut('A¦ leaf'), OPSD);
    expect(batchLoss([row(opsd, () => -0.01)]).total).toBeCloseTo(-0.01, 14);
  });

  it('needs the losses of the completion alone: a prompt in front is refused', () => {
    try {
      batchLoss([{ plan: valid, losses: [0, 0, 0, ...valid.tokens.map(() => 0)] }]);
      expect.unreachable();
    } catch (error) {
      expect(toErrorRecord(error).code).toBe('method.loss-lengths');
    }
  });
});

describe('the scale of a token', () => {
  it('is the derivative of the batch loss by the token’s loss', () => {
    const rows = [row(valid, (t) => t / 100), row(invalid, (t) => t / 50)];
    const scales = lossScales(rows.map(({ plan: planned }) => planned));
    const base = batchLoss(rows).total;
    rows.forEach(({ plan: planned, losses }, r) => {
      losses.forEach((loss, token) => {
        const moved = rows.with(r, { plan: planned, losses: losses.with(token, loss + 1) });
        expect(batchLoss(moved).total - base).toBeCloseTo(scales[r][token], 12);
      });
    });
  });

  it('is taken from the whole batch, so that pieces of it add up', () => {
    const scales = lossScales([valid, invalid]);
    expect(scales[0][0]).toBeCloseTo(1 / 3, 14);
    expect(scales[1][0]).toBeCloseTo(2 / 7, 14);
    expect(scales[1][7]).toBe(0);
  });
});
