/** How many bytes a request has to move, for rates against the memory's own. */

import { entryBytes } from './check.ts';
import { lossOf, needsTerms } from './divergence-rows.ts';
import type { DivergenceRequest, GpuMatrix } from './types.ts';

/** Bytes of logits read and of gradient written. */
export interface Traffic {
  readonly read: number;
  readonly written: number;
}

/**
 * What `measureOnGpu` moves for T rows of V entries, beyond a few words a row. Each pass reads both sides
 * of every pair: the sums, 8·T·V bytes of float32 logits; as much again for each of JSD, entry clip or a
 * reverse KL's gradient (one pass), the top lists and the gradient, which writes 4·T·V. So forward
 * KL takes 8·T·V and its gradient 20·T·V, in place too: in place spares the memory, not the traffic.
 * The top lists read again the stretches that hold them: few of a long part of a row, all of a short one.
 * A `gradient` has `cols` entries a row, zeros beyond the vocabulary included.
 */
export function trafficOf(
  request: DivergenceRequest,
  student: Pick<GpuMatrix, 'format'> = {},
  teachers: readonly Pick<GpuMatrix, 'format'>[] = [{}],
  gradient?: Pick<GpuMatrix, 'cols'>,
): Traffic {
  const { rows, vocab } = request;
  const backward = gradient !== undefined;
  const terms =
    needsTerms(request) ||
    (backward && rows.some((pair) => lossOf(pair, request).kind === 'reverse-kl'));
  const passes = 1 + (terms ? 1 : 0) + ((request.topK ?? 10) > 0 ? 1 : 0) + (backward ? 1 : 0);
  const bothSides = rows.reduce((sum, { teacherIndex = 0 }) => {
    return sum + entryBytes(student) + entryBytes(teachers[teacherIndex] ?? {});
  }, 0);
  return {
    read: passes * bothSides * vocab,
    written: backward ? 4 * rows.length * gradient.cols : 0,
  };
}
