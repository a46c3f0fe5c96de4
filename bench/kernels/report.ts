/** What the kernel benchmark is asked for and what it reports. */

export const OPS = ['forwardKl', 'jsd', 'lossAndGradient'] as const;
export type Op = (typeof OPS)[number];

export const CONTENDERS = ['ours', 'ours-cpu', 'readback-loop'] as const;
export type Contender = (typeof CONTENDERS)[number];

export interface BenchRequest {
  readonly ops: readonly Op[];
  /** `[tokens, vocab]` of each shape. */
  readonly shapes: readonly (readonly [number, number])[];
  readonly contenders: readonly Contender[];
  /** Timed runs of each contender, after one warm-up. */
  readonly repeats: number;
}

export interface BenchResult {
  readonly op: Op;
  readonly tokens: number;
  readonly vocab: number;
  readonly contender: Contender;
  /** Median, milliseconds. */
  readonly ms: number;
  /** Largest absolute error of a row's divergence (nats) or of a gradient entry, against float64. */
  readonly maxError: number;
}

export interface BenchReport {
  readonly device: string;
  /** Bytes read plus bytes written over time, copying the largest tensor on the device. */
  readonly copyGBps: number;
  readonly results: readonly BenchResult[];
}
