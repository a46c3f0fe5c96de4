/** How the time of our forward KL grows with the number of rows and with the vocabulary. */

import { PlaygroundError } from '../base/errors.ts';
import { measureOnGpu } from '../kernels/divergence.ts';
import type { GpuLogits } from './contestant.ts';
import { requestFor } from './contestants/ours.ts';
import type { LineFit, ScalePoint, ScaleReport, Shape } from './contract.ts';
import { uploadPair } from './device-rates.ts';
import { makeLogitPair } from './logits.ts';
import { describeMachine, type FoundGpu, findGpu } from './machine.ts';
import { fitLine, median } from './statistics.ts';

const BY_TOKENS: readonly Shape[] = [64, 128, 256, 512, 1024, 2048, 4096].map((t) => [t, 32000]);
const BY_VOCAB: readonly Shape[] = [8192, 16384, 32768, 65536, 131072, 196608, 262144].map((v) => [
  64,
  v,
]);
/** More rows are measured again by their index: 262 MB for both sides, far more than any cache holds. */
const MOST_STORED_ROWS = 1024;
const SEED = 1;

/** @throws PlaygroundError `gpu.*` or `bench.*` where the device cannot hold the logits. */
export async function runScale(
  repeats: number,
  onStep: (shape: Shape, share: number) => void,
): Promise<ScaleReport> {
  const found = await findGpu();
  const total = BY_TOKENS.length + BY_VOCAB.length;
  let done = 0;
  const pointsOf = async (shapes: readonly Shape[]) => {
    const points: ScalePoint[] = [];
    for (const shape of shapes) {
      onStep(shape, done++ / total);
      points.push(await measurePoint(found, shape, repeats));
    }
    return points;
  };
  try {
    const byTokens = await pointsOf(BY_TOKENS);
    const byVocab = await pointsOf(BY_VOCAB);
    return {
      ...describeMachine(found),
      byTokens: { points: byTokens, fit: fitOf(byTokens, 'tokens') },
      byVocab: { points: byVocab, fit: fitOf(byVocab, 'vocab') },
    };
  } finally {
    found.context?.device.destroy();
  }
}

const fitOf = (points: readonly ScalePoint[], x: 'tokens' | 'vocab'): LineFit =>
  fitLine(
    points.map((point) => point[x]),
    points.map(({ ms }) => ms),
  );

async function measurePoint(
  found: FoundGpu,
  [tokens, vocab]: Shape,
  repeats: number,
): Promise<ScalePoint> {
  const storedRows = Math.min(tokens, MOST_STORED_ROWS);
  const { logits, error } = await uploadPair(found, makeLogitPair(storedRows, vocab, SEED));
  if (logits === null) throw new PlaygroundError(error);
  try {
    const ms = await medianMs(logits, tokens, repeats);
    return { tokens, vocab, storedRows, ms, msPerRow: ms / tokens };
  } finally {
    logits.student.buffer.destroy();
    logits.teacher.buffer.destroy();
  }
}

async function medianMs(logits: GpuLogits, tokens: number, repeats: number): Promise<number> {
  const { context, student, teacher } = logits;
  const request = requestFor('forwardKl', tokens, student.cols, student.rows);
  const run = () => measureOnGpu(context.device, student, teacher, request);
  await run();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return median(times);
}
