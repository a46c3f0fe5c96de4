/** From what was measured to the figures that are printed. */

import type { StepMetrics } from '../../src/contract/train/training.ts';
import type { QwenVLConfig } from '../../src/model/families/qwen-vl/config.ts';

/** Bytes, as means over the middle and the last third of the steps; null where the browser has no such memory. */
interface Growth {
  readonly middle: number | null;
  readonly last: number | null;
}

/** Bytes of all JavaScript heaps after so many steps. */
export interface HeapSample {
  readonly step: number;
  readonly bytes: number;
}

/** A run on the Train page. */
export interface PageRun {
  /** When frames were drawn, in ms. */
  readonly times: readonly number[];
  /** How long the page's own tasks of more than 50 ms took, and 0. */
  readonly tasksMs: readonly number[];
}

export interface Frames {
  readonly perSecond: number;
  /** Frames in the second that had fewest. */
  readonly fewestPerSecond: number;
  readonly longestGapMs: number;
  /** Longest task of the page itself: what lies between two frames beyond it is the machine's being busy. */
  readonly longestTaskMs: number;
}

/** Sizes of a batch in the backward pass. */
export interface Batch {
  readonly batch: number;
  readonly tokens: number;
  readonly kept: number;
}

/**
 * Floating-point operations of one backward pass of adapters, which runs the graph forward first: 2 a weight and
 * token forward, 2 back to the input, 2 more where the weight itself is trained; attention alike. What no
 * gradient depends on is not counted: logits forward, the way back below the first layer, and in the last layer
 * all but keys and values of the tokens without logits. `trained` holds the shapes of the adapters by name.
 */
export function backwardFlops(
  { text }: QwenVLConfig,
  trained: ReadonlyMap<string, readonly number[]>,
  { batch, tokens, kept }: Batch,
): number {
  const { hiddenSize, headDim, heads, kvHeads, intermediateSize, layers, vocabSize } = text;
  const query = hiddenSize * headDim * heads;
  const keyAndValue = 2 * hiddenSize * headDim * kvHeads;
  const rest = query + 3 * hiddenSize * intermediateSize;
  const scores = 2 * tokens * heads * headDim;
  let sum = kept * 2 * hiddenSize * vocabSize;
  for (let layer = 0; layer < layers; layer++) {
    const asking = layer === layers - 1 ? kept : tokens;
    const passes = layer === 0 ? 2 : 4;
    sum += tokens * passes * keyAndValue + asking * (passes * query + 4 * rest + 6 * scores);
  }
  const last = `.layers.${layers - 1}.`;
  for (const [name, [rows, columns]] of trained) {
    const asks = name.includes(last) && !/\.[kv]_proj\./.test(name);
    sum += (asks ? kept : tokens) * 6 * rows * columns;
  }
  return batch * sum;
}

export const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Medians of the parts of a step in ms. */
export function partsOf(steps: readonly StepMetrics[]) {
  const part = (read: (step: StepMetrics) => number) => round(median(steps.map(read)));
  return {
    stepMs: part(({ ms }) => ms.total),
    parts: {
      rollout: part(({ ms }) => ms.rollout),
      teachers: part(({ ms }) => ms.teachers),
      forward: part(({ ms }) => ms.forward),
      divergence: part(({ ms }) => ms.divergence),
      backward: part(({ ms }) => ms.backward),
      optimizer: part(({ ms }) => ms.optimizer),
    },
  };
}

/** Memory of each kind over the steps. */
export function memoryOf(metrics: readonly StepMetrics[], heap: readonly HeapSample[]) {
  const steps = metrics.length;
  const of = (kind: 'wasm' | 'device') =>
    growthOf(
      metrics.flatMap(({ step, memory }) => {
        const bytes = memory[kind];
        return bytes === null ? [] : [{ step, bytes }];
      }),
      steps,
    );
  return { jsHeap: growthOf(heap, steps), wasm: of('wasm'), device: of('device') };
}

/** Means of what was measured after a third of the steps up to two thirds, and after that. */
export function growthOf(samples: readonly HeapSample[], steps: number): Growth {
  const mean = (from: number, to: number) => {
    const inside = samples.filter(({ step }) => 3 * step > from * steps && 3 * step <= to * steps);
    if (inside.length === 0) return null;
    return Math.round(inside.reduce((sum, { bytes }) => sum + bytes, 0) / inside.length);
  };
  return { middle: mean(1, 2), last: mean(2, 3) };
}

/** Frame rates from the times of frames in ms, the first and last of which bound what is measured. */
export function framesOf({ times, tasksMs }: PageRun): Frames {
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  const span = (times.at(-1) ?? 0) - times[0];
  const seconds = Array<number>(Math.floor(span / 1000)).fill(0);
  for (const time of times) {
    const second = Math.floor((time - times[0]) / 1000);
    if (second < seconds.length) seconds[second]++;
  }
  return {
    perSecond: round((1000 * gaps.length) / span),
    fewestPerSecond: Math.min(...seconds),
    longestGapMs: round(Math.max(...gaps)),
    longestTaskMs: round(Math.max(...tasksMs)),
  };
}

export function round(value: number): number {
  return Number(value.toFixed(1));
}
