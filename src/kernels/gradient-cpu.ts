/** CPU twin of `gradient.wgsl`: the gradient of a pair's clipped loss by the student's logits. */

import { rowStart } from './check.ts';
import {
  capOf,
  klsOf,
  lossOf,
  nonFiniteOf,
  type PairSums,
  type PairTerms,
  reportedBeta,
} from './divergence-rows.ts';
import { termAndSlope } from './entry-terms.ts';
import { eachEntry, type PairView } from './terms-cpu.ts';
import type { CpuMatrix, DivergencePair, DivergenceRequest } from './types.ts';

/**
 * Writes row `pair.student` of `gradient` `[rows, cols]`: nats per logit, times the pair's weight
 * (METHOD, gradients; divided by τ). All zero for a token that the clip made constant and for a row
 * without a finite loss.
 */
export function writeGradient(
  view: PairView,
  sums: PairSums,
  terms: PairTerms | null,
  pair: DivergencePair,
  request: DivergenceRequest,
  gradient: CpuMatrix,
): void {
  const { clip } = request;
  const start = rowStart(gradient, pair.student);
  const out = gradient.data.subarray(start, start + gradient.cols);
  // The gradient may replace the student's logits.
  const student = view.student.buffer === out.buffer ? view.student.slice() : view.student;
  out.fill(0);
  if (nonFiniteOf(sums) !== null) return;

  const beta = reportedBeta(pair, request) ?? 0;
  const divergence = lossOf(pair, request);
  const { kind } = divergence;
  const { forward, reverse } = klsOf(sums);
  const mixTeacher = terms?.mixTeacher ?? 0;
  const mixStudent = terms?.mixStudent ?? 0;
  const jsd = beta * mixTeacher + (1 - beta) * mixStudent;
  const unclipped = { 'forward-kl': forward, 'reverse-kl': reverse, jsd }[kind];
  const loss = clip.kind === 'entry' ? (terms?.clippedLoss ?? unclipped) : unclipped;
  if (loss > capOf(pair, request) || loss === Number.POSITIVE_INFINITY) return;

  const scale = (pair.weight ?? 1) * view.inverseTemperature;
  // Every loss is a sum of terms f(log p_s); ∂/∂z_v = f'_v − p_s,v Σ f'.
  const unclippedSlope = {
    'forward-kl': -1,
    'reverse-kl': 1 + reverse,
    jsd: (1 - beta) * mixStudent,
  };
  const slopeSum = clip.kind === 'entry' ? (terms?.slope ?? 0) : unclippedSlope[kind];
  eachEntry({ ...view, student }, sums, (v, ps, pt, d) => {
    const [term, slope] = termAndSlope(divergence, ps, pt, d);
    const clipped = clip.kind === 'entry' && term > clip.value;
    out[v] = scale * ((clipped ? 0 : slope) - ps * slopeSum);
  });
}
