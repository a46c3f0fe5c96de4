/** The gradient of a pair's clipped loss by the student's logits, in float64. */

import {
  hasGradient,
  klsOf,
  lossOf,
  type PairSums,
  type PairTerms,
  reportedBeta,
} from './divergence-rows.ts';
import { termAndSlope } from './entry-terms.ts';
import { eachEntry, type PairView } from './terms-cpu.ts';
import type { DivergencePair, DivergenceRequest } from './types.ts';

/**
 * Writes the gradient's row `[cols]`: nats per logit, times the pair's weight (METHOD, gradients; divided by τ).
 * All zero for a token that the clip made constant and for a row without a finite loss.
 */
export function writeGradient(
  view: PairView,
  sums: PairSums,
  terms: PairTerms | null,
  pair: DivergencePair,
  request: DivergenceRequest,
  out: Float32Array,
): void {
  const { clip } = request;
  // The gradient may replace the student's logits.
  const student = view.student.buffer === out.buffer ? view.student.slice() : view.student;
  out.fill(0);
  if (!hasGradient(pair, request, sums, terms)) return;

  const beta = reportedBeta(pair, request) ?? 0;
  const divergence = lossOf(pair, request);
  const scale = (pair.weight ?? 1) * view.inverseTemperature;
  // Every loss is a sum of terms f(log p_s); ∂/∂z_v = f'_v − p_s,v Σ f'.
  const unclippedSlope = {
    'forward-kl': -1,
    'cross-entropy': -1,
    'reverse-kl': 1 + klsOf(sums).reverse,
    jsd: (1 - beta) * (terms?.mixStudent ?? 0),
  };
  const slopeSum = clip.kind === 'entry' ? (terms?.slope ?? 0) : unclippedSlope[divergence.kind];
  eachEntry({ ...view, student }, sums, (v, ps, pt, d) => {
    const [term, slope] = termAndSlope(divergence, ps, pt, d, v === pair.sampledId);
    const clipped = clip.kind === 'entry' && term > clip.value;
    out[v] = scale * ((clipped ? 0 : slope) - ps * slopeSum);
  });
}
