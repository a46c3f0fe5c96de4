import { describe, expect, it } from 'vitest';
import golden from '../method/fixtures/divergence.json' with { type: 'json' };
import type { Clip, Divergence } from '../method/types.ts';
import { measureOnCpu } from './divergence-cpu.ts';
import { errorInTolerances, type LogitFamily, makeLogits } from './fixtures/logits.ts';
import type { CpuMatrix, DivergenceRequest, DivergenceRow } from './types.ts';

const FORWARD: Divergence = { kind: 'forward-kl' };
const REVERSE: Divergence = { kind: 'reverse-kl' };
const JSD: Divergence = { kind: 'jsd', beta: 0.5 };
const NO_CLIP: Clip = { kind: 'none' };

function oneRow(values: readonly number[]): CpuMatrix {
  return { data: Float32Array.from(values), rows: 1, cols: values.length };
}

function measureOne(
  student: readonly number[],
  teacher: readonly number[],
  options: Partial<DivergenceRequest> = {},
  gradient?: CpuMatrix,
): DivergenceRow {
  const request: DivergenceRequest = {
    vocab: student.length,
    rows: [{ student: 0, teacher: 0, sampledId: 0 }],
    temperature: 1,
    clip: NO_CLIP,
    topK: 3,
    ...options,
  };
  return measureOnCpu(oneRow(student), oneRow(teacher), request, gradient)[0];
}

/** The definitions, written out with no regard for speed. */
function byDefinition(student: Float32Array, teacher: Float32Array, temperature: number) {
  const logSoftmax = (logits: Float32Array) => {
    const scaled = Array.from(logits, (z) => z / temperature);
    const max = scaled.reduce((a, b) => Math.max(a, b));
    const lse = max + Math.log(scaled.reduce((sum, z) => sum + Math.exp(z - max), 0));
    return scaled.map((z) => z - lse);
  };
  const kl = (p: number[], q: number[]) =>
    p.reduce((sum, lp, v) => {
      if (lp === Number.NEGATIVE_INFINITY) return sum;
      return sum + (q[v] === Number.NEGATIVE_INFINITY ? Infinity : Math.exp(lp) * (lp - q[v]));
    }, 0);
  const s = logSoftmax(student);
  const t = logSoftmax(teacher);
  const mixed = (beta: number) =>
    s.map((ls, v) => Math.log(beta * Math.exp(t[v]) + (1 - beta) * Math.exp(ls)));
  return {
    forwardKl: kl(t, s),
    reverseKl: kl(s, t),
    jsd: (beta: number) => beta * kl(t, mixed(beta)) + (1 - beta) * kl(s, mixed(beta)),
    studentEntropy: -s.reduce((sum, lp) => sum + (lp < -700 ? 0 : Math.exp(lp) * lp), 0),
    studentLogProbs: s,
    teacherLogProbs: t,
  };
}

describe('the worked example', () => {
  const { student_logits: student, teacher_logits: teacher } = golden;

  it('has the divergences that were computed in float64', () => {
    const row = measureOne(student, teacher, { jsdBeta: 0.5 });
    expect(row.forwardKl).toBeCloseTo(golden.forward_kl, 9);
    expect(row.reverseKl).toBeCloseTo(golden.reverse_kl, 9);
    expect(row.studentLogProb).toBeCloseTo(golden.student_log_probs[0], 9);
    expect(row.teacherLogProb).toBeCloseTo(golden.teacher_log_probs[0], 9);
    for (const [beta, expected] of Object.entries(golden.jsd)) {
      expect(measureOne(student, teacher, { jsdBeta: Number(beta) }).jsd).toBeCloseTo(expected, 9);
    }
  });

  it('has them at temperature 1.1 too, without a τ² factor', () => {
    const row = measureOne(student, teacher, { temperature: 1.1 });
    expect(row.forwardKl).toBeCloseTo(golden['temperature_1.1'].forward_kl, 9);
    expect(row.reverseKl).toBeCloseTo(golden['temperature_1.1'].reverse_kl, 9);
  });

  it('is clipped after the vocabulary sum by ViGOS and before it by OPSD', () => {
    const token = measureOne(student, teacher, { clip: { kind: 'token', value: 0.05 } });
    const entry = measureOne(student, teacher, { clip: { kind: 'entry', value: 0.05 } });
    expect([token.loss, token.clipped]).toEqual([0.05, true]);
    expect(entry.loss).toBeCloseTo(golden['clip_0.05'].per_entry, 9);
    expect(entry.clippedEntries).toBeGreaterThan(0);
  });

  it('has the gradients that were computed in float64, and none on a clipped token', () => {
    const gradientOf = (divergence: Divergence, clip: Clip) => {
      const gradient = oneRow([9, 9, 9, 9, 9]);
      measureOne(student, teacher, { divergence, clip }, gradient);
      return Array.from(gradient.data);
    };
    const close = (actual: number[], expected: number[]) => {
      actual.forEach((value, v) => {
        expect(value).toBeCloseTo(expected[v], 7);
      });
    };
    close(gradientOf(FORWARD, NO_CLIP), golden.gradient.forward_kl);
    close(gradientOf(REVERSE, NO_CLIP), golden.gradient.reverse_kl);
    close(gradientOf(JSD, NO_CLIP), golden.gradient['jsd_0.5']);
    close(
      gradientOf(FORWARD, { kind: 'entry', value: 0.05 }),
      golden.gradient['forward_kl_per_entry_clip_0.05'],
    );
    expect(gradientOf(FORWARD, { kind: 'token', value: 0.05 })).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('a row with a cap of its own', () => {
  const { student_logits: student, teacher_logits: teacher } = golden;
  const CAP = 0.05;
  const measured = (divergence: Divergence, clip: Clip, cap?: number) => {
    const gradient = oneRow([9, 9, 9, 9, 9]);
    const own = cap === undefined ? {} : { cap };
    const rows = [{ student: 0, teacher: 0, sampledId: 0, divergence, ...own }];
    const { loss, clipped } = measureOne(student, teacher, { rows, clip }, gradient);
    return { loss, clipped, gradient: Array.from(gradient.data) };
  };
  const silent = { loss: CAP, clipped: true, gradient: [0, 0, 0, 0, 0] };

  it.each([FORWARD, REVERSE, JSD])('is cut to it, $kind, whatever clip stands before', (loss) => {
    expect(measured(loss, NO_CLIP, CAP)).toEqual(silent);
    expect(measured(loss, { kind: 'token', value: 50 }, CAP)).toEqual(silent);
    expect(measured(loss, { kind: 'entry', value: 50 }, CAP)).toEqual(silent);
    expect(measured(loss, { kind: 'token', value: CAP }, 50)).toEqual(silent);
  });

  it.each([FORWARD, REVERSE, JSD])('is as without it below it, $kind', (loss) => {
    for (const clip of [NO_CLIP, { kind: 'entry', value: 0.05 }] as const)
      expect(measured(loss, clip, 50)).toEqual(measured(loss, clip));
  });

  it('is measured against it after the entry clip, not before', () => {
    const entry = { kind: 'entry', value: 0.3 } as const;
    const between = (measured(FORWARD, entry).loss + measured(FORWARD, NO_CLIP).loss) / 2;
    expect(measured(FORWARD, entry, between)).toEqual(measured(FORWARD, entry));
    const below = measured(FORWARD, entry).loss / 2;
    expect([below > 0, between > 2 * below]).toEqual([true, true]);
    expect(measured(FORWARD, entry, below)).toEqual({ ...silent, loss: below });
  });

  it('is refused where the cap has no meaning', () => {
    expect(() => measured(FORWARD, NO_CLIP, 0)).toThrow('A cap of 0 nats');
    expect(() => measured(FORWARD, NO_CLIP, Number.NaN)).toThrow('A cap of NaN nats');
  });
});

describe('the CPU twin', () => {
  const families: LogitFamily[] = ['random', 'close', 'extreme', 'tied', 'masked'];
  it.each(families)('agrees with the definitions on %s logits', (family) => {
    for (const [vocab, temperature] of [
      [7, 1],
      [1001, 1.1],
    ]) {
      const { student, teacher } = makeLogits(family, 3, vocab, 11, true);
      const request: DivergenceRequest = {
        vocab,
        rows: [0, 1, 2].map((row) => ({ student: row, teacher: row, sampledId: 2 })),
        temperature,
        clip: NO_CLIP,
        jsdBeta: 0.3,
      };
      measureOnCpu(student, teacher, request).forEach((row, r) => {
        const part = (matrix: CpuMatrix) => matrix.data.subarray(r * vocab, (r + 1) * vocab);
        const expected = byDefinition(part(student), part(teacher), temperature);
        expect(errorInTolerances(row.forwardKl, expected.forwardKl)).toBeLessThan(1e-2);
        expect(errorInTolerances(row.reverseKl, expected.reverseKl)).toBeLessThan(1e-2);
        if (family !== 'extreme') {
          expect(errorInTolerances(row.jsd ?? 0, expected.jsd(0.3))).toBeLessThan(1e-2);
        }
        expect(errorInTolerances(row.studentEntropy, expected.studentEntropy)).toBeLessThan(1e-2);
        expect(row.studentLogProb).toBeCloseTo(expected.studentLogProbs[2], 8);
        expect(row.teacherLogProb).toBeCloseTo(expected.teacherLogProbs[2], 8);
        const best = Math.max(...expected.studentLogProbs);
        expect(row.studentTop[0].id).toBe(expected.studentLogProbs.indexOf(best));
        expect(row.studentTop[0].p).toBeCloseTo(Math.exp(best), 9);
        const listed = row.studentTop.reduce((sum, entry) => sum + entry.p, 0);
        expect(row.studentTail).toBeCloseTo(1 - listed, 9);
      });
    }
  });

  it('treats β = 0 and β = 1 as the two KLs, not as limits of the formula', () => {
    const row = (beta: number) =>
      measureOne([2, 0, -1], [0, 1, 0], { divergence: { kind: 'jsd', beta } });
    expect(row(0).loss).toBe(row(0).forwardKl);
    expect(row(1).loss).toBe(row(1).reverseKl);
    expect(row(1e-6).loss).toBeLessThan(1e-4);
  });

  it('gives exactly zero for equal logits, at any magnitude', () => {
    const logits = [1e4, -1e4, 3, 9999, Number.NEGATIVE_INFINITY];
    const row = measureOne(logits, logits, { jsdBeta: 0.5 });
    expect([row.forwardKl, row.reverseKl, row.jsd]).toEqual([0, 0, 0]);
  });

  it('is infinite exactly where the support is violated', () => {
    const masked = [1, Number.NEGATIVE_INFINITY, 0];
    const row = measureOne(masked, [1, 0, 0], { clip: { kind: 'token', value: 0.05 } });
    expect(row.forwardKl).toBe(Number.POSITIVE_INFINITY);
    expect(Number.isFinite(row.reverseKl)).toBe(true);
    expect([row.loss, row.clipped]).toEqual([0.05, true]);
    expect(measureOne([1, 0, 0], masked).reverseKl).toBe(Number.POSITIVE_INFINITY);
  });

  it('never lists a masked entry and breaks ties by the lower id', () => {
    const row = measureOne([5, Number.NEGATIVE_INFINITY, 7, 5, 7], [0, 0, 0, 0, 0], { topK: 10 });
    expect(row.studentTop.map((entry) => entry.id)).toEqual([2, 4, 0, 3]);
    expect(row.teacherTop.map((entry) => entry.id)).toEqual([0, 1, 2, 3, 4]);
    expect(row.teacherTop[1].otherP).toBe(0);
    expect(row.teacherTop[1].term).toBe(Number.POSITIVE_INFINITY);
  });

  it('lets the terms of the whole vocabulary add up to the divergence', () => {
    for (const divergence of [FORWARD, REVERSE, JSD]) {
      const row = measureOne([2, 0, -1, 1], [0, 1, 0, -2], { divergence, topK: 4 });
      const sum = row.teacherTop.reduce((total, entry) => total + entry.term, 0);
      expect(sum).toBeCloseTo(row.loss, 12);
      expect(row.teacherTail).toBeCloseTo(0, 12);
    }
  });

  it('names the side and the entry of a logit that is no number, and gives no figure', () => {
    const nan = measureOne([0, 1, Number.NaN], [0, 0, 0]);
    expect(nan.nonFinite).toEqual({ side: 'student', index: 2, value: 'nan' });
    expect(nan.forwardKl).toBeNaN();
    const infinite = measureOne([0, 1, 2], [0, Number.POSITIVE_INFINITY, Number.NaN]);
    expect(infinite.nonFinite).toEqual({ side: 'teacher', index: 1, value: 'infinity' });
    const masked = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect(measureOne([0, 1, 2], masked).nonFinite?.value).toBe('all-masked');
  });
});

describe('the gradient', () => {
  const cases: [string, Divergence, Clip][] = [
    ['forward KL', FORWARD, NO_CLIP],
    ['reverse KL', REVERSE, NO_CLIP],
    ['JSD', { kind: 'jsd', beta: 0.2 }, NO_CLIP],
    ['forward KL with entry clip', FORWARD, { kind: 'entry', value: 0.03 }],
    ['reverse KL with entry clip', REVERSE, { kind: 'entry', value: 0.03 }],
    ['JSD with entry clip', JSD, { kind: 'entry', value: 0.01 }],
    ['forward KL under a wide token clip', FORWARD, { kind: 'token', value: 50 }],
  ];
  it.each(cases)('of %s equals central differences', (_, divergence, clip) => {
    const { student, teacher } = makeLogits('random', 1, 9, 4);
    const gradient = oneRow(Array.from({ length: 9 }, () => 0));
    const request: DivergenceRequest = {
      vocab: 9,
      rows: [{ student: 0, teacher: 0, sampledId: 0, divergence, weight: 0.7 }],
      temperature: 1.1,
      clip,
    };
    measureOnCpu(student, teacher, request, gradient);
    for (let v = 0; v < 9; v++) {
      const lossAt = (delta: number) => {
        const data = Float32Array.from(student.data);
        data[v] += delta;
        const [row] = measureOnCpu({ ...student, data }, teacher, request);
        return { loss: row.loss, logit: data[v] };
      };
      const up = lossAt(2 ** -9);
      const down = lossAt(-(2 ** -9));
      const slope = (0.7 * (up.loss - down.loss)) / (up.logit - down.logit);
      expect(gradient.data[v]).toBeCloseTo(slope, 5);
    }
  });
});

describe('a request that cannot be computed', () => {
  const codeOf = (options: Partial<DivergenceRequest>) => {
    try {
      measureOne([0, 1], [0, 1], options);
    } catch (error) {
      return (error as { record?: { code: string } }).record?.code;
    }
    return undefined;
  };

  it('is refused by name', () => {
    expect(codeOf({ vocab: 3 })).toBe('kernels.vocab');
    expect(codeOf({ rows: [{ student: 1, teacher: 0, sampledId: 0 }] })).toBe(
      'kernels.row-out-of-range',
    );
    expect(codeOf({ rows: [{ student: 0, teacher: 0, sampledId: 2 }] })).toBe('kernels.sampled-id');
    expect(codeOf({ temperature: 0 })).toBe('kernels.temperature');
    expect(codeOf({ clip: { kind: 'token', value: 0 } })).toBe('kernels.clip');
    expect(codeOf({ jsdBeta: 1.5 })).toBe('kernels.beta');
    expect(codeOf({ topK: 65 })).toBe('kernels.top-k');
    expect(codeOf({})).toBeUndefined();
  });
});

describe('the cross-entropy of the sampled token', () => {
  const student = [Math.log(0.5), Math.log(0.3), Math.log(0.2)];
  const teacher = [0, 5, Number.NEGATIVE_INFINITY];
  const measured = (options: Partial<DivergenceRequest>) => {
    const gradient = oneRow([9, 9, 9]);
    const row = measureOne(
      student,
      teacher,
      {
        divergence: { kind: 'cross-entropy' },
        rows: [{ student: 0, teacher: 0, sampledId: 1, weight: -2 }],
        ...options,
      },
      gradient,
    );
    return { ...row, gradient: Array.from(gradient.data) };
  };

  it('is −log p of it and pulls by weight · (p − its own), whatever the teacher says', () => {
    const { loss, clipped, gradient, studentTop } = measured({});
    expect(loss).toBeCloseTo(-Math.log(0.3), 6);
    expect(clipped).toBe(false);
    for (const [v, expected] of [-1, 1.4, -0.4].entries())
      expect(gradient[v]).toBeCloseTo(expected, 6);
    expect(studentTop.reduce((sum, { term }) => sum + term, 0)).toBeCloseTo(loss, 6);
  });

  it('is of z/τ, its gradient divided by τ', () => {
    const { loss, gradient } = measured({ temperature: 0.5 });
    const p = [0.25, 0.09, 0.04].map((square) => square / 0.38);
    expect(loss).toBeCloseTo(-Math.log(p[1]), 6);
    for (const [v, own] of p.entries())
      expect(gradient[v]).toBeCloseTo(-4 * (own - (v === 1 ? 1 : 0)), 5);
  });

  it('has no gradient above its clip, nor where the token is masked, and no entries to clip', () => {
    expect(measured({ clip: { kind: 'token', value: 1 } })).toMatchObject({
      loss: 1,
      clipped: true,
      gradient: [0, 0, 0],
    });
    const gradient = oneRow([9, 9]);
    const masked = measureOne(
      [0, Number.NEGATIVE_INFINITY],
      [0, 0],
      {
        divergence: { kind: 'cross-entropy' },
        rows: [{ student: 0, teacher: 0, sampledId: 1 }],
        topK: 1,
      },
      gradient,
    );
    expect([masked.loss, ...gradient.data]).toEqual([Number.POSITIVE_INFINITY, 0, 0]);
    expect(() => measured({ clip: { kind: 'entry', value: 1 } })).toThrow(/one token/);
  });
});
