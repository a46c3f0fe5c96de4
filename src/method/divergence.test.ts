import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import { forwardKl, generalisedJsd, measureToken, reverseKl } from './divergence.ts';
import golden from './fixtures/divergence.json' with { type: 'json' };
import { entropy, logSoftmax, logSumExp } from './softmax.ts';
import type { Clip, Divergence } from './types.ts';

const { student_logits: S, teacher_logits: T } = golden;
const FORWARD: Divergence = { kind: 'forward-kl' };
const REVERSE: Divergence = { kind: 'reverse-kl' };
const jsd = (beta: number): Divergence => ({ kind: 'jsd', beta });
const DIVERGENCES = [FORWARD, REVERSE, jsd(0), jsd(0.1), jsd(0.5), jsd(0.9), jsd(1)];
const NO = Number.NEGATIVE_INFINITY;

function closeTo(actual: ArrayLike<number>, expected: readonly number[], digits: number) {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((x, i) => {
    expect(actual[i]).toBeCloseTo(x, digits);
  });
}

const logits = fc.integer({ min: 2, max: 12 }).chain((n) => fc.tuple(row(n), row(n)));
function row(n: number) {
  return fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: n, maxLength: n });
}

describe('the golden numbers', () => {
  it('log-probabilities', () => {
    closeTo(logSoftmax(S), golden.student_log_probs, 10);
    closeTo(logSoftmax(T), golden.teacher_log_probs, 10);
  });

  it('forward KL, reverse KL and the generalised JSD', () => {
    expect(measureToken(S, T, { divergence: FORWARD }).value).toBeCloseTo(golden.forward_kl, 14);
    expect(measureToken(S, T, { divergence: REVERSE }).value).toBeCloseTo(golden.reverse_kl, 14);
    for (const [beta, value] of Object.entries(golden.jsd)) {
      expect(measureToken(S, T, { divergence: jsd(Number(beta)) }).value).toBeCloseTo(value, 14);
    }
  });

  it('temperature 1.1 divides both sides and brings no τ² factor', () => {
    const { forward_kl, reverse_kl } = golden['temperature_1.1'];
    const at = (divergence: Divergence) =>
      measureToken(S, T, { divergence, temperature: 1.1 }).value;
    expect(at(FORWARD)).toBeCloseTo(forward_kl, 14);
    expect(at(REVERSE)).toBeCloseTo(reverse_kl, 14);
  });

  it('both clips at 0.05', () => {
    const clipped = (kind: 'token' | 'entry') =>
      measureToken(S, T, { divergence: FORWARD, clip: { kind, value: 0.05 } });
    expect(clipped('token').loss).toBe(golden['clip_0.05'].per_token);
    expect(clipped('entry').loss).toBeCloseTo(golden['clip_0.05'].per_entry, 14);
    closeTo(clipped('entry').gradient, golden.gradient['forward_kl_per_entry_clip_0.05'], 8);
  });

  it('gradients', () => {
    closeTo(measureToken(S, T, { divergence: FORWARD }).gradient, golden.gradient.forward_kl, 8);
    closeTo(measureToken(S, T, { divergence: REVERSE }).gradient, golden.gradient.reverse_kl, 8);
    closeTo(measureToken(S, T, { divergence: jsd(0.5) }).gradient, golden.gradient['jsd_0.5'], 8);
  });
});

describe('the closed forms of the gradient', () => {
  const p = logSoftmax(S);
  const q = logSoftmax(T);

  it('forward: p − q', () => {
    const expected = [...p].map((lp, i) => Math.exp(lp) - Math.exp(q[i]));
    closeTo(measureToken(S, T, { divergence: FORWARD }).gradient, expected, 14);
  });

  it('reverse: p·(log p − log q − KL)', () => {
    const kl = reverseKl(p, q);
    const expected = [...p].map((lp, i) => Math.exp(lp) * (lp - q[i] - kl));
    closeTo(measureToken(S, T, { divergence: REVERSE }).gradient, expected, 14);
  });

  it('JSD: (1−β)·p·((log p − log m) − Σ p·(log p − log m))', () => {
    const beta = 0.3;
    const ratio = [...p].map((lp, i) => lp - Math.log(beta * Math.exp(q[i]) + 0.7 * Math.exp(lp)));
    const mean = ratio.reduce((sum, r, i) => sum + Math.exp(p[i]) * r, 0);
    const expected = ratio.map((r, i) => (1 - beta) * Math.exp(p[i]) * (r - mean));
    closeTo(measureToken(S, T, { divergence: jsd(beta) }).gradient, expected, 14);
  });
});

describe('every gradient', () => {
  const clips: Clip[] = [
    { kind: 'none' },
    { kind: 'token', value: 5 },
    { kind: 'entry', value: 0.05 },
    { kind: 'entry', value: 0.4 },
  ];

  it.each(DIVERGENCES)('equals central differences: %o', (divergence) => {
    for (const temperature of [1, 1.1, 2.5]) {
      for (const clip of clips) {
        const loss = (z: number[]) => measureToken(z, T, { divergence, temperature, clip }).loss;
        const { gradient } = measureToken(S, T, { divergence, temperature, clip });
        const h = 1e-5;
        const numeric = S.map((_, i) => {
          const up = S.with(i, S[i] + h);
          const down = S.with(i, S[i] - h);
          return (loss(up) - loss(down)) / (2 * h);
        });
        closeTo(gradient, numeric, 8);
      }
    }
  });

  it('sums to zero, since log-softmax does not see a constant', () => {
    fc.assert(
      fc.property(
        logits,
        fc.constantFrom(...DIVERGENCES),
        fc.constantFrom(...clips),
        ([s, t], divergence, clip) => {
          const { gradient } = measureToken(s, t, { divergence, clip });
          expect(gradient.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 8);
        },
      ),
    );
  });
});

describe('a divergence', () => {
  it('is never negative, and not above what it may be', () => {
    fc.assert(
      fc.property(logits, fc.constantFrom(...DIVERGENCES), ([s, t], divergence) => {
        const { value, nan } = measureToken(s, t, { divergence });
        expect(nan).toBe(false);
        expect(value).toBeGreaterThan(-1e-9);
        if (divergence.kind === 'jsd' && divergence.beta > 0 && divergence.beta < 1) {
          const { beta } = divergence;
          const most = -beta * Math.log(beta) - (1 - beta) * Math.log(1 - beta);
          expect(value).toBeLessThan(most + 1e-9);
        }
      }),
    );
  });

  it('is zero with a zero gradient on equal logits, up to a constant', () => {
    fc.assert(
      fc.property(logits, fc.constantFrom(...DIVERGENCES), ([s], divergence) => {
        const { value, gradient } = measureToken(
          s,
          s.map((z) => z + 7),
          { divergence },
        );
        expect(value).toBeCloseTo(0, 10);
        closeTo(
          gradient,
          s.map(() => 0),
          10,
        );
      }),
    );
  });

  it('reverse is forward with the sides exchanged, and JSD with β is JSD with 1−β exchanged', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: 0.01, max: 0.99, noNaN: true }), ([s, t], beta) => {
        const p = logSoftmax(s);
        const q = logSoftmax(t);
        expect(reverseKl(p, q)).toBe(forwardKl(q, p));
        expect(generalisedJsd(p, q, beta)).toBeCloseTo(generalisedJsd(q, p, 1 - beta), 10);
      }),
    );
  });
});

describe('the endpoints of the generalised JSD', () => {
  it('are KL(T‖S) at β = 0 and KL(S‖T) at β = 1, as TRL and Liger define them', () => {
    expect(measureToken(S, T, { divergence: jsd(0) })).toEqual(
      measureToken(S, T, { divergence: FORWARD }),
    );
    expect(measureToken(S, T, { divergence: jsd(1) })).toEqual(
      measureToken(S, T, { divergence: REVERSE }),
    );
  });

  it('are not the limits of the middle, which goes to 0', () => {
    const near = (beta: number) => generalisedJsd(logSoftmax(S), logSoftmax(T), beta);
    expect(near(1e-9)).toBeLessThan(1e-7);
    expect(near(1 - 1e-9)).toBeLessThan(1e-7);
    expect(near(0)).toBeCloseTo(golden.forward_kl, 14);
  });
});

describe('the clips', () => {
  it('a clipped token has a constant loss and zero gradient', () => {
    const { loss, value, clipped, gradient } = measureToken(S, T, {
      divergence: FORWARD,
      clip: { kind: 'token', value: 0.05 },
    });
    expect([loss, clipped]).toEqual([0.05, true]);
    expect(value).toBeCloseTo(golden.forward_kl, 14);
    expect(gradient).toEqual(new Float64Array(5));
  });

  it('a token under the clip keeps its loss and its gradient', () => {
    const free = measureToken(S, T, { divergence: FORWARD });
    expect(measureToken(S, T, { divergence: FORWARD, clip: { kind: 'token', value: 2 } })).toEqual(
      free,
    );
  });

  it('an entry clip can make the loss negative and flip the sign of a gradient', () => {
    const { loss, gradient, clippedEntries, clipped } = measureToken(S, T, {
      divergence: FORWARD,
      clip: { kind: 'entry', value: 0.05 },
    });
    expect(loss).toBeLessThan(0);
    expect([clippedEntries, clipped]).toEqual([2, false]);
    expect(Math.sign(gradient[1])).toBe(-Math.sign(golden.gradient.forward_kl[1]));
  });

  it('the token clip is taken after the sum over the vocabulary, the entry clip before', () => {
    const both = (kind: 'token' | 'entry') =>
      measureToken(S, T, { divergence: FORWARD, clip: { kind, value: 0.3 } }).loss;
    expect(both('token')).toBe(0.3);
    expect(both('entry')).toBeLessThan(0.3);
  });
});

describe('masked logits', () => {
  it('cost nothing where both sides mask them', () => {
    const s = [...S, NO];
    const t = [...T, NO];
    for (const divergence of DIVERGENCES) {
      const masked = measureToken(s, t, { divergence });
      const plain = measureToken(S, T, { divergence });
      expect(masked.value).toBe(plain.value);
      closeTo(masked.gradient, [...plain.gradient, 0], 14);
      expect(masked.studentEntropy).toBe(plain.studentEntropy);
    }
  });

  it('give an infinite KL where only the other side has mass there, a finite one the other way', () => {
    const s = [1, 2, NO];
    const t = [1, 2, 0];
    expect(measureToken(s, t, { divergence: FORWARD })).toMatchObject({
      value: Number.POSITIVE_INFINITY,
      nan: false,
    });
    expect(measureToken(s, t, { divergence: REVERSE }).value).toBeGreaterThan(0);
    expect(measureToken(t, s, { divergence: REVERSE }).value).toBe(Number.POSITIVE_INFINITY);
    expect(measureToken(s, t, { divergence: jsd(0.5) }).value).toBeLessThan(Math.LN2);
    closeTo(
      measureToken(s, t, { divergence: FORWARD }).gradient,
      [...logSoftmax(s)].map((p, i) => Math.exp(p) - Math.exp(logSoftmax(t)[i])),
      14,
    );
  });

  it('are held by either clip when the KL is infinite', () => {
    for (const kind of ['token', 'entry'] as const) {
      const token = measureToken([1, 2, 0], [1, 2, NO], {
        divergence: REVERSE,
        clip: { kind, value: 0.05 },
      });
      expect(token.loss).toBeLessThanOrEqual(0.05);
      expect(token.nan).toBe(false);
      expect(token.gradient.every(Number.isFinite)).toBe(true);
    }
  });

  it('say that an unclipped infinite reverse KL has no gradient', () => {
    const token = measureToken([1, 2, 0], [1, 2, NO], { divergence: REVERSE });
    expect(token).toMatchObject({ value: Number.POSITIVE_INFINITY, nan: true });
  });

  it('that leave nothing give NaN and say so', () => {
    expect(measureToken([NO, NO], [1, 2], { divergence: FORWARD })).toMatchObject({
      value: Number.NaN,
      nan: true,
    });
    expect(logSoftmax([NO, NO])).toEqual(new Float64Array(2).fill(Number.NaN));
  });
});

describe('extreme and bad logits', () => {
  it('±1e4 stay exact', () => {
    const { value } = measureToken([1e4, -1e4, 0], [-1e4, 1e4, 0], { divergence: FORWARD });
    expect(value).toBe(20000);
    for (const divergence of DIVERGENCES) {
      expect(measureToken([1e4, -1e4, 0], [-1e4, 1e4, 0], { divergence }).nan).toBe(false);
    }
  });

  it('the log of a mixture of two vanishing probabilities is no NaN', () => {
    const { value, nan } = measureToken([0, -2000], [0, -2000.5], { divergence: jsd(0.5) });
    expect([value, nan]).toEqual([0, false]);
  });

  it('a NaN is reported, never clipped away', () => {
    for (const divergence of DIVERGENCES) {
      for (const clip of [
        { kind: 'none' },
        { kind: 'token', value: 1 },
        { kind: 'entry', value: 1 },
      ] as const) {
        expect(measureToken([1, Number.NaN], [1, 2], { divergence, clip }).nan).toBe(true);
        expect(measureToken([1, 2], [Number.NaN, 2], { divergence, clip }).nan).toBe(true);
        expect(
          measureToken([1, Number.POSITIVE_INFINITY], [1, 2], { divergence, clip }).loss,
        ).toBeNaN();
      }
    }
  });

  it('tied logits give a uniform distribution', () => {
    const { studentEntropy, teacherEntropy, value } = measureToken([3, 3, 3, 3], [0, 0, 0, 0], {
      divergence: REVERSE,
    });
    expect(studentEntropy).toBeCloseTo(Math.log(4), 14);
    expect(teacherEntropy).toBeCloseTo(Math.log(4), 14);
    expect(value).toBeCloseTo(0, 14);
  });
});

describe('mistakes that others made', () => {
  it('a KL over the top-k alone can go negative; over the full vocabulary it cannot', () => {
    const s = [3, 1, 0.9, 0.9, 0.9];
    const t = [2, 1, 1, 1, 1];
    const p = logSoftmax(s);
    const q = logSoftmax(t);
    const overTopOne = Math.exp(q[0]) * (q[0] - p[0]);
    expect(overTopOne).toBeLessThan(0);
    expect(forwardKl(p, q)).toBeGreaterThan(0);
  });

  it('two vocabularies of different width are refused, not cut or broadcast', () => {
    try {
      measureToken(new Float32Array(151_936), new Float32Array(152_064), { divergence: FORWARD });
      expect.unreachable();
    } catch (error) {
      expect(toErrorRecord(error)).toMatchObject({
        code: 'method.vocabulary-mismatch',
        detail: { student: 151_936, teacher: 152_064 },
      });
    }
  });

  it('teacher rows shifted by one position do not pass for aligned ones', () => {
    const rows = [S, T, [0, 1, 2, 3, 4]];
    const aligned = rows.map((r) => measureToken(r, r, { divergence: FORWARD }).value);
    const shifted = rows
      .slice(1)
      .map((r, i) => measureToken(rows[i], r, { divergence: FORWARD }).value);
    expect(aligned.every((x) => Math.abs(x) < 1e-12)).toBe(true);
    expect(shifted.every((x) => x > 0.1)).toBe(true);
  });

  it('the log of a mean comes from logsumexp, which does not underflow', () => {
    const rows = [-2000, -2001, -2002];
    expect(Math.log(rows.reduce((sum, x) => sum + Math.exp(x), 0) / 3)).toBe(NO);
    expect(logSumExp(rows) - Math.log(3)).toBeCloseTo(-2000.6910059, 6);
  });
});

describe('what cannot be measured is refused', () => {
  const code = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return toErrorRecord(error).code;
    }
    return undefined;
  };

  it('an empty vocabulary, a temperature that is no positive number, a β outside [0, 1]', () => {
    expect(code(() => logSoftmax([]))).toBe('method.empty-vocabulary');
    for (const temperature of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(code(() => measureToken(S, T, { divergence: FORWARD, temperature }))).toBe(
        'method.temperature',
      );
    }
    for (const beta of [-0.1, 1.1, Number.NaN]) {
      expect(code(() => generalisedJsd(logSoftmax(S), logSoftmax(T), beta))).toBe(
        'method.jsd-beta',
      );
    }
  });
});

describe('entropy', () => {
  it('is −Σ p log p, with 0·log 0 = 0', () => {
    expect(entropy(logSoftmax([0, NO]))).toBe(0);
    expect(entropy(logSoftmax(S))).toBeCloseTo(
      -golden.student_log_probs.reduce((sum, lp) => sum + Math.exp(lp) * lp, 0),
      9,
    );
  });
});
