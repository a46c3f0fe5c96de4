/** CPU twin of `sampling.wgsl`: the same token for the same logits, seed, step and stream. */

import { hash32, hashWords, uniform01 } from '../base/random.ts';
import { checkCpuMatrix, checkSampling, MAX_TOP_K, rowStart } from './check.ts';
import { isBad, isMasked } from './divergence-rows.ts';
import { topIds } from './top-k-cpu.ts';
import type { CpuMatrix, SampledToken, SampleRequest } from './types.ts';

/** What sampling leaves of one row. */
export interface RowSample {
  /** −1 when no entry may be sampled. */
  readonly id: number;
  readonly logit: number;
  /** Largest logit of the row and Σ e^((z − max)/τ), bans and filters aside. */
  readonly max: number;
  readonly z: number;
  readonly bad: { readonly index: number; readonly logit: number } | null;
}

export function finishSample(sample: RowSample, temperature: number): SampledToken {
  const { id, logit, max, z, bad } = sample;
  if (bad !== null) {
    const value = Number.isNaN(bad.logit) ? 'nan' : 'infinity';
    return { id: -1, logProb: Number.NaN, nonFinite: { index: bad.index, value } };
  }
  if (id === -1) {
    return { id, logProb: Number.NaN, nonFinite: { index: 0, value: 'all-masked' } };
  }
  const logProb = (logit - max) / (temperature === 0 ? 1 : temperature) - Math.log(z);
  return { id, logProb, nonFinite: null };
}

/**
 * Samples one token from each listed row of logits `[rows, cols]`.
 *
 * @throws PlaygroundError `kernels.*` naming the wrong shape, row or setting.
 */
export function sampleOnCpu(logits: CpuMatrix, request: SampleRequest): SampledToken[] {
  checkCpuMatrix('logits', logits);
  checkSampling(logits, request);
  const banned = new Set(request.bannedIds);
  return request.rows.map(({ row, seed, step, stream }) => {
    const start = rowStart(logits, row);
    const z = logits.data.subarray(start, start + request.vocab);
    const sample = sampleRow(z, request, banned, hashWords(seed, step, stream));
    return finishSample(sample, request.temperature);
  });
}

function sampleRow(
  logits: Float32Array,
  request: SampleRequest,
  banned: ReadonlySet<number>,
  hash: number,
): RowSample {
  const inverseTemperature = request.temperature === 0 ? 1 : 1 / request.temperature;
  let max = Number.NEGATIVE_INFINITY;
  const candidates: number[] = [];
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id];
    if (isBad(logit)) return { id: -1, logit, max, z: 0, bad: { index: id, logit } };
    if (isMasked(logit)) continue;
    if (logit > max) max = logit;
    if (!banned.has(id)) candidates.push(id);
  }
  let z = 0;
  for (const logit of logits) {
    if (!isMasked(logit)) z += Math.exp((logit - max) * inverseTemperature);
  }
  const greedy = request.temperature === 0;
  const least = greedy
    ? Number.NEGATIVE_INFINITY
    : leastKept(logits, candidates, request, inverseTemperature);
  let winner = -1;
  let best = Number.NEGATIVE_INFINITY;
  for (const id of candidates) {
    if (logits[id] < least) continue;
    const noise = greedy ? 0 : -Math.log(-Math.log(uniform01(hash32((hash ^ id) >>> 0))));
    const score = (logits[id] - max) * inverseTemperature + noise;
    if (winner === -1 || score > best) {
      winner = id;
      best = score;
    }
  }
  return { id: winner, logit: winner === -1 ? 0 : logits[winner], max, z, bad: null };
}

/** The n-th largest of at least n values; a short list is cheaper than sorting a vocabulary. */
function nthLargest(values: Float32Array, n: number): number {
  if (n > MAX_TOP_K) return values.toSorted()[values.length - n];
  return values[topIds(values, n)[n - 1]];
}

/** Smallest logit that top-k and then top-p keep. */
function leastKept(
  logits: Float32Array,
  candidates: readonly number[],
  { topK, topP }: SampleRequest,
  inverseTemperature: number,
): number {
  const filters = (topK > 0 && topK < candidates.length) || topP < 1;
  if (!filters || candidates.length === 0) return Number.NEGATIVE_INFINITY;
  let kept = Float32Array.from(candidates, (id) => logits[id]);
  if (topK > 0 && topK < kept.length) {
    const last = nthLargest(kept, topK);
    kept = kept.filter((logit) => logit >= last);
  }
  kept.sort().reverse();
  const smallest = kept[kept.length - 1];
  if (topP === 1) return smallest;
  const mass = (logit: number) => Math.exp((logit - kept[0]) * inverseTemperature);
  const wanted = topP * kept.reduce((sum, logit) => sum + mass(logit), 0);
  let reached = 0;
  for (const logit of kept) {
    reached += mass(logit);
    if (reached >= wanted) return logit;
  }
  return smallest;
}
