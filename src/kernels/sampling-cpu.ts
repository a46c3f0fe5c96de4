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
  const banned = new Uint8Array(request.vocab);
  for (const id of request.bannedIds ?? []) banned[id] = 1;
  return request.rows.map(({ row, seed, step, stream }) => {
    const start = rowStart(logits, row);
    const z = logits.data.subarray(start, start + request.vocab);
    const sample = sampleRow(z, request, banned, hashWords(seed, step, stream));
    return finishSample(sample, request.temperature);
  });
}

/** Below, numbers lose digits. */
const PRECISE = 1e-300;

function sampleRow(
  logits: Float32Array,
  request: SampleRequest,
  banned: Uint8Array,
  hash: number,
): RowSample {
  let max = Number.NEGATIVE_INFINITY;
  let candidates = 0;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id];
    if (isBad(logit)) return { id: -1, logit, max, z: 0, bad: { index: id, logit } };
    if (isMasked(logit)) continue;
    if (logit > max) max = logit;
    if (banned[id] === 0) candidates++;
  }
  const greedy = request.temperature === 0;
  const inverseTemperature = greedy ? 1 : 1 / request.temperature;
  const least = greedy
    ? Number.NEGATIVE_INFINITY
    : leastKept(logits, banned, candidates, request, inverseTemperature);
  let z = 0;
  let winner = -1;
  let best = Number.NEGATIVE_INFINITY;
  // An entry of e^x can win only where 1 − u, at most −log u, is below e^x times this.
  let bar = Number.POSITIVE_INFINITY;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id];
    if (isMasked(logit)) continue;
    const x = (logit - max) * inverseTemperature;
    const e = Math.exp(x);
    z += e;
    if (logit < least || banned[id] === 1) continue;
    let score = x;
    if (!greedy) {
      const u = uniform01(hash32((hash ^ id) >>> 0));
      if (e > PRECISE && 1 - u > e * bar) continue;
      score -= Math.log(-Math.log(u));
    }
    if (winner === -1 || score > best) {
      winner = id;
      best = score;
      // Wider than rounding, so that nobody is left out who would have won.
      bar = Math.exp(-best) * (1 + 1e-9);
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
  banned: Uint8Array,
  candidates: number,
  { topK, topP }: SampleRequest,
  inverseTemperature: number,
): number {
  const filters = (topK > 0 && topK < candidates) || topP < 1;
  if (!filters || candidates === 0) return Number.NEGATIVE_INFINITY;
  let kept = new Float32Array(candidates);
  let count = 0;
  for (let id = 0; id < logits.length; id++)
    if (!isMasked(logits[id]) && banned[id] === 0) kept[count++] = logits[id];
  let least = Number.NEGATIVE_INFINITY;
  if (topK > 0 && topK < candidates) {
    least = nthLargest(kept, topK);
    kept = from(kept, least);
  }
  return topP === 1 ? least : leastOfMass(kept, topP, inverseTemperature);
}

/** The values that are at least `least`. */
function from(values: Float32Array, least: number): Float32Array<ArrayBuffer> {
  const some = new Float32Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i++) if (values[i] >= least) some[count++] = values[i];
  return some.slice(0, count);
}

/** Smallest of the most probable values that reach `share` of their mass together. */
function leastOfMass(values: Float32Array, share: number, inverseTemperature: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (values[i] > max) max = values[i];
  const mass = (logit: number) => Math.exp((logit - max) * inverseTemperature);
  // Mass by how far below the largest, in whole nats: only what lies above the last that is needed is sorted.
  const layers = new Float64Array(64);
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    const x = (max - values[i]) * inverseTemperature;
    const e = Math.exp(-x);
    total += e;
    if (x < layers.length) layers[Math.trunc(x)] += e;
  }
  const wanted = share * total;
  let depth = 0;
  // With room for rounding.
  for (let above = 0; depth < layers.length && above < wanted * (1 + 1e-9); depth++)
    above += layers[depth];
  const all = depth === layers.length;
  const sorted = from(
    values,
    all ? Number.NEGATIVE_INFINITY : max - (depth + 1) / inverseTemperature,
  );
  sorted.sort().reverse();
  let reached = 0;
  for (const logit of sorted) {
    reached += mass(logit);
    if (reached >= wanted) return logit;
  }
  return sorted[sorted.length - 1];
}
