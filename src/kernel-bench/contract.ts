/** What the kernel benchmark is asked for and what it reports; plain data, so that it crosses a worker. */

import type { ErrorRecord } from '../base/errors.ts';
import type { Outcome } from '../base/outcome.ts';

/**
 * `forwardKl`: KL(teacher ‖ student) of every row; `jsd`: at β = 0.5; `lossAndGradient`: forward KL of
 * every row and the gradient of their sum by the student's logits.
 */
export type Op = 'forwardKl' | 'jsd' | 'lossAndGradient';

export type Contender =
  | 'ours'
  | 'ours-cpu'
  | 'ours-float64'
  | 'jax-webgpu'
  | 'jax-wasm'
  | 'ort-webgpu'
  | 'ort-wasm'
  | 'tfjs-webgpu'
  | 'readback-loop';

/** `[tokens, vocab]` */
export type Shape = readonly [tokens: number, vocab: number];

export interface BenchRequest {
  readonly ops: readonly Op[];
  readonly shapes: readonly Shape[];
  readonly contenders: readonly Contender[];
  /** Timed runs of each contender, after one warm-up. */
  readonly repeats: number;
}

export interface BenchMachine {
  /** Vendor, architecture and name of the GPU adapter, or why there is none. */
  readonly device: string;
  /** The adapter computes on the CPU; null without an adapter. */
  readonly software: boolean | null;
  /** Largest buffer that the device allows, bytes; null without a device. */
  readonly maxBufferBytes: number | null;
  /** Logical processors, as the browser reports them. */
  readonly cores: number;
  /** Without isolation WebAssembly runs on one thread. */
  readonly isolated: boolean;
  readonly userAgent: string;
}

interface Entry {
  readonly op: Op;
  readonly tokens: number;
  readonly vocab: number;
  readonly contender: Contender;
}

export interface BenchResult extends Entry {
  /** Median from the call until every row's value is in the page and the gradient is written, milliseconds. */
  readonly ms: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly runs: number;
  /** Largest absolute error of a row's divergence (nats) or of a gradient entry, against float64. */
  readonly maxError: number;
  /** The largest error of a gradient entry alone; null where there is no gradient. */
  readonly maxGradientError: number | null;
  /** The worst error in units of the tolerance, 1e-5 relative or 1e-6 absolute, whichever is larger. */
  readonly tolerances: number;
  /** `tolerances` is at most 1. */
  readonly correct: boolean;
  /** Bytes that no way of computing this can spare: each logit read once, each gradient entry written once. */
  readonly floorBytes: number;
  /** `floorBytes` over `ms`, GB/s. */
  readonly floorGBps: number;
  /** `ms` over that of `ours`, or else of `ours-cpu`, in the same rounds; null where neither ran. */
  readonly timesOurs: number | null;
}

/** A contender that could not run, and why. */
export interface BenchFailure extends Entry {
  readonly error: ErrorRecord;
}

/** What one call of ours costs in a queue of many, which hides the way to the device and back. */
export interface QueuedRate {
  readonly tokens: number;
  readonly vocab: number;
  readonly ms: number;
  readonly floorGBps: number;
}

export interface BenchReport extends BenchMachine {
  /** Bytes read plus bytes written over time, copying the largest tensor on the device; null without one. */
  readonly copyGBps: number | null;
  readonly request: BenchRequest;
  readonly results: readonly BenchResult[];
  readonly failures: readonly BenchFailure[];
  /** Forward KL of ours, calls queued back to back. */
  readonly queued: readonly QueuedRate[];
}

/** A least-squares line `ms = intercept + slope · x`. */
export interface LineFit {
  readonly slope: number;
  readonly intercept: number;
  /** Coefficient of determination, at most 1. */
  readonly r2: number;
}

export interface ScalePoint {
  readonly tokens: number;
  readonly vocab: number;
  /** Rows of logits in memory; where fewer than `tokens`, rows are measured again by their index. */
  readonly storedRows: number;
  readonly ms: number;
  readonly msPerRow: number;
}

export interface ScaleReport extends BenchMachine {
  /** Forward KL of ours at a fixed vocabulary; the fit's x is `tokens`. */
  readonly byTokens: { readonly points: readonly ScalePoint[]; readonly fit: LineFit };
  /** Forward KL of ours at fixed tokens; the fit's x is `vocab`. */
  readonly byVocab: { readonly points: readonly ScalePoint[]; readonly fit: LineFit };
}

export type BenchEvent =
  | { readonly type: 'machine'; readonly machine: BenchMachine }
  /** Work under way, after `done` of `total` equal steps. */
  | { readonly type: 'step'; readonly done: number; readonly total: number; readonly doing: Doing }
  | {
      /** What the device did by itself at a shape. */
      readonly type: 'device';
      readonly copyGBps: number | null;
      readonly queued: readonly QueuedRate[];
    }
  | { readonly type: 'results'; readonly results: readonly BenchResult[] }
  | { readonly type: 'failure'; readonly failure: BenchFailure };

export interface Doing {
  readonly what: 'logits' | 'prepare' | 'measure';
  readonly op: Op | null;
  readonly tokens: number;
  readonly vocab: number;
  readonly contender: Contender | null;
  /** The timed run under way, from 1; 0 before the first. */
  readonly run: number;
}

/** The benchmark's worker; end the worker to stop it. */
export interface KernelBenchApi {
  /** Never fails: without a GPU the machine says so. */
  describe(): Promise<BenchMachine>;
  run(request: BenchRequest, onEvent: (event: BenchEvent) => void): Promise<Outcome<BenchReport>>;
}
