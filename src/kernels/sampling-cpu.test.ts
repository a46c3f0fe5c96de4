import { describe, expect, it } from 'vitest';
import { hash32, hashWords, uniform01 } from '../base/random.ts';
import { makeLogits } from './fixtures/logits.ts';
import { sampleOnCpu } from './sampling-cpu.ts';
import type { CpuMatrix, SampleRequest } from './types.ts';

const PLAIN = { temperature: 1, topK: 0, topP: 1 };

function oneRow(values: readonly number[]): CpuMatrix {
  return { data: Float32Array.from(values), rows: 1, cols: values.length };
}

/** Token counts over `draws` steps of one row. */
function countTokens(
  values: readonly number[],
  options: Partial<SampleRequest>,
  draws: number,
): number[] {
  const counts = values.map(() => 0);
  const rows = Array.from({ length: draws }, (_, step) => ({ row: 0, seed: 5, step, stream: 1 }));
  const request = { vocab: values.length, ...PLAIN, ...options, rows };
  for (const { id } of sampleOnCpu(oneRow(values), request)) counts[id]++;
  return counts;
}

describe('sampling', () => {
  it('follows the softmax at its temperature', () => {
    const logits = [1, 0, -1, 2];
    const draws = 20_000;
    for (const temperature of [0.7, 1, 1.1]) {
      const weights = logits.map((z) => Math.exp(z / temperature));
      const total = weights.reduce((a, b) => a + b);
      countTokens(logits, { temperature }, draws).forEach((count, id) => {
        const p = weights[id] / total;
        expect(Math.abs(count / draws - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws));
      });
    }
  });

  it('keeps the k most probable entries, and those that tie with the last', () => {
    expect(countTokens([0, 3, 1, 2], { topK: 2 }, 500).map(Boolean)).toEqual([
      false,
      true,
      false,
      true,
    ]);
    const tied = countTokens([0, 1, 1, -9], { topK: 1 }, 500);
    expect(tied.map(Boolean)).toEqual([false, true, true, false]);
  });

  it('keeps the smallest set that reaches top-p, after top-k', () => {
    const logits = [0.5, 0.3, 0.15, 0.05].map(Math.log);
    const kept = (options: Partial<SampleRequest>) =>
      countTokens(logits, options, 2000).map(Boolean);
    expect(kept({ topP: 0.5 })).toEqual([true, false, false, false]);
    expect(kept({ topP: 0.51 })).toEqual([true, true, false, false]);
    expect(kept({ topP: 0.9 })).toEqual([true, true, true, false]);
    // After top-k 2 the two masses are 0.625 and 0.375.
    expect(kept({ topP: 0.6, topK: 2 })).toEqual([true, false, false, false]);
  });

  it('takes the lowest id among the largest logits when greedy', () => {
    const request = { ...PLAIN, vocab: 4, temperature: 0 };
    const rows = [{ row: 0, seed: 1, step: 1, stream: 1 }];
    const [token] = sampleOnCpu(oneRow([1, 4, 4, 0]), { ...request, rows });
    expect(token.id).toBe(1);
    const z = [1, 4, 4, 0].reduce((sum, logit) => sum + Math.exp(logit - 4), 0);
    expect(token.logProb).toBeCloseTo(-Math.log(z), 12);
    const [other] = sampleOnCpu(oneRow([1, 4, 4, 0]), { ...request, rows, bannedIds: [1, 2] });
    expect(other.id).toBe(0);
  });

  it('never gives a banned id, however probable', () => {
    const counts = countTokens([9, 0, 1], { bannedIds: [0], topK: 1 }, 200);
    expect(counts).toEqual([0, 0, 200]);
  });

  it('gives the same token for the same seed, step and stream, whatever else is in the batch', () => {
    const { student } = makeLogits('random', 4, 50, 3);
    const request = { ...PLAIN, vocab: 50 };
    const row = { row: 2, seed: 7, step: 3, stream: 9 };
    const alone = sampleOnCpu(student, { ...request, rows: [row] })[0];
    const among = sampleOnCpu(student, { ...request, rows: [{ ...row, row: 1 }, row] })[1];
    expect(among).toEqual(alone);
    const many = Array.from({ length: 40 }, (_, step) => ({ ...row, step }));
    const ids = sampleOnCpu(student, { ...request, rows: many }).map((token) => token.id);
    expect(new Set(ids).size).toBeGreaterThan(5);
  });

  it('is the largest of score and Gumbel noise among what is kept, written out with no regard for speed', () => {
    const vocab = 400;
    const filters = [
      { topK: 0, topP: 1 },
      { topK: 7, topP: 1 },
      { topK: 0, topP: 0.9 },
      { topK: 100, topP: 0.3 },
    ];
    for (const family of ['random', 'close', 'extreme', 'tied', 'masked'] as const)
      for (const temperature of [0.3, 1.1, 5])
        for (const filter of filters) {
          const { student } = makeLogits(family, 1, vocab, 21);
          const z = Array.from(student.data, (logit) => logit / temperature);
          const ids = [...z.keys()].filter((id) => id !== 3 && z[id] > Number.NEGATIVE_INFINITY);
          const byLogit = ids.toSorted((a, b) => z[b] - z[a]);
          const last = byLogit[filter.topK - 1];
          const likely = last === undefined ? byLogit : byLogit.filter((id) => z[id] >= z[last]);
          const mass = likely.map((id) => Math.exp(z[id] - z[likely[0]]));
          const whole = mass.reduce((a, b) => a + b);
          let reached = 0;
          const end = likely.find((_, i) => {
            reached += mass[i];
            return reached >= filter.topP * whole;
          });
          const kept = likely.filter(
            (id) => end === undefined || filter.topP === 1 || z[id] >= z[end],
          );
          const rows = Array.from({ length: 12 }, (_, step) => ({
            row: 0,
            seed: 5,
            step,
            stream: 1,
          }));
          const request = { vocab, temperature, ...filter, bannedIds: [3], rows };
          const expected = rows.map(({ step }) => {
            const hash = hashWords(5, step, 1);
            const noise = (id: number) =>
              -Math.log(-Math.log(uniform01(hash32((hash ^ id) >>> 0))));
            return kept.reduce((a, b) => (z[b] + noise(b) > z[a] + noise(a) ? b : a));
          });
          expect(sampleOnCpu(student, request).map(({ id }) => id)).toEqual(expected);
        }
  });

  it('gives no token but says why when a logit is no number or nothing may be sampled', () => {
    const rows = [{ row: 0, seed: 1, step: 0, stream: 0 }];
    const request = { ...PLAIN, vocab: 2, rows };
    const nan = sampleOnCpu(oneRow([0, Number.NaN]), request)[0];
    expect(nan).toEqual({ id: -1, logProb: Number.NaN, nonFinite: { index: 1, value: 'nan' } });
    const masked = sampleOnCpu(oneRow([0, Number.NEGATIVE_INFINITY]), {
      ...request,
      bannedIds: [0],
    });
    expect(masked[0].nonFinite?.value).toBe('all-masked');
  });
});
