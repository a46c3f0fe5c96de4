/** What the kernels take and give; GPU kernels and their CPU twins share every type here. */

import type { Clip, Divergence } from '../method/types.ts';

/** Entries of 4 or of 2 bytes; half floats are read without any feature of the device. */
export type LogitFormat = 'f32' | 'f16';

/**
 * A matrix `[rows, cols]` in a buffer that may be larger than its data (ONNX Runtime's are). The buffer
 * needs `STORAGE` usage. All counts are in elements, not bytes.
 */
export interface GpuMatrix {
  readonly buffer: GPUBuffer;
  /** `f32` when absent. */
  readonly format?: LogitFormat;
  readonly rows: number;
  /** Entries of a row, that is the (padded) vocabulary size of this side. */
  readonly cols: number;
  /** Elements from one row's start to the next; `cols` when absent. */
  readonly rowStride?: number;
  /** Elements before row 0; 0 when absent. */
  readonly offset?: number;
}

/** The same for the CPU twins. */
export interface CpuMatrix {
  readonly data: Float32Array;
  readonly format?: 'f32';
  readonly rows: number;
  readonly cols: number;
  readonly rowStride?: number;
  readonly offset?: number;
}

/** Logits of half floats for the CPU twins, as their bits. */
export interface CpuHalfMatrix extends Omit<CpuMatrix, 'data' | 'format'> {
  readonly data: Uint16Array;
  readonly format: 'f16';
}

/** Logits that the CPU twins read. */
export type CpuLogits = CpuMatrix | CpuHalfMatrix;

/**
 * A row's loss: a divergence from the teacher, or the sampled token's −log p under the student, in which the teacher has
 * no part (any row serves, the student's own too). Reinforcement weighs the latter by token.
 */
export type RowLoss = Divergence | { readonly kind: 'cross-entropy' };

/** One student distribution against one teacher distribution. */
export interface DivergencePair {
  /** Row of the student's matrix that predicts this token. */
  readonly student: number;
  /** Which of the teachers' matrices; the first when absent. */
  readonly teacherIndex?: number;
  /** Row of the teacher's matrix that predicts this token. */
  readonly teacher: number;
  /** The token that was sampled, in `[0, vocab)`. */
  readonly sampledId: number;
  /** This row's loss; the request's `divergence` when absent. */
  readonly divergence?: RowLoss;
  /**
   * The most that this row's loss may be after the request's clip, nats, above 0; any more is cut to it and
   * has no gradient. No bound when absent.
   */
  readonly cap?: number;
  /** Factor of this row's gradient (λ over the number of active tokens); 1 when absent. */
  readonly weight?: number;
}

/** What to measure on every pair of rows. */
export interface DivergenceRequest {
  /** Entries compared, the common part of both vocabularies: at most the `cols` of either side, at most 262,144. */
  readonly vocab: number;
  readonly rows: readonly DivergencePair[];
  /** Distillation temperature τ in `[0.01, 100]`: log-softmax(z/τ) on both sides, no τ² factor. */
  readonly temperature: number;
  /** The loss of rows that name none; forward KL when absent. */
  readonly divergence?: RowLoss;
  readonly clip: Clip;
  /**
   * β (0, 1, or 1e-6 to 1 − 1e-6) of the JSD reported for every row (a row whose loss is a JSD reports its own β). Absent: only
   * rows whose loss is a JSD report one, which spares the second read of the logits.
   */
  readonly jsdBeta?: number;
  /** Length of both top lists, 0 to 64; 10 when absent. 0 spares their selection, most of a request's time. */
  readonly topK?: number;
  /**
   * The gradient replaces the student's logits: it is then given as the same matrix (f32), of a buffer
   * that holds no teacher.
   */
  readonly inPlace?: boolean;
  /**
   * Bytes of GPU memory that a submission may take beside the logits and the gradient (tables, sums, top
   * lists and their way back); 64,000,000 when absent. A request that needs more is cut into several
   * submissions, which use the same memory one after the other.
   */
  readonly memoryBudget?: number;
}

/** One vocabulary entry of a top list. */
export interface TopEntry {
  readonly id: number;
  /** Probability on the side whose list this is, at the request's temperature. */
  readonly p: number;
  /** Probability of the same entry on the other side. */
  readonly otherP: number;
  /** This entry's term of the row's divergence before any clip, nats; all entries' terms sum to it. */
  readonly term: number;
}

/** Why a row has no figures: the first logit that is no number to work with. */
export interface NonFiniteLogit {
  readonly side: 'student' | 'teacher';
  /** Vocabulary index of the first bad logit; 0 for `all-masked`. */
  readonly index: number;
  /** `all-masked`: every logit of the row is −inf, so there is no distribution. */
  readonly value: 'nan' | 'infinity' | 'all-masked';
}

/**
 * Figures of one pair of rows, in nats. When `nonFinite` is set every figure is NaN and the lists are
 * empty. Logits of −inf (or at most −1e30) are masked: probability 0.
 */
export interface DivergenceRow {
  /** KL(teacher ‖ student); `Infinity` when the teacher allows an entry that the student masks. */
  readonly forwardKl: number;
  /** KL(student ‖ teacher); `Infinity` when the student allows an entry that the teacher masks. */
  readonly reverseKl: number;
  /** Generalised JSD, or null when it was not asked for. */
  readonly jsd: number | null;
  /** The row's loss after the clip, before the weight. */
  readonly loss: number;
  /** The loss exceeds the token clip or the row's cap, so it is constant and has no gradient. */
  readonly clipped: boolean;
  /** Entry clip only: number of vocabulary entries cut. */
  readonly clippedEntries: number;
  /** log p of the sampled token; `-Infinity` when it is masked. */
  readonly studentLogProb: number;
  readonly teacherLogProb: number;
  readonly studentEntropy: number;
  readonly teacherEntropy: number;
  /** Largest probability first, ties by lower id; masked entries are never listed. */
  readonly studentTop: readonly TopEntry[];
  readonly teacherTop: readonly TopEntry[];
  /** Probability outside the list, in [0, 1]. */
  readonly studentTail: number;
  readonly teacherTail: number;
  readonly nonFinite: NonFiniteLogit | null;
}

/** One distribution to sample from. The same seed, step and stream give the same token on every backend. */
export interface SampleRow {
  /** Row of the logits matrix. */
  readonly row: number;
  /** Unsigned 32-bit seed. */
  readonly seed: number;
  /** Position in the completion. */
  readonly step: number;
  /** Which rollout of the batch: independent streams under one seed. */
  readonly stream: number;
}

export interface SampleRequest {
  /** Entries to sample from: `[0, vocab)`. */
  readonly vocab: number;
  readonly rows: readonly SampleRow[];
  /** 0 is greedy (lowest id among equals); else in `[0.01, 100]`. */
  readonly temperature: number;
  /** Keep the k most probable entries and all that tie with the last; 0 keeps all. */
  readonly topK: number;
  /** Then keep the smallest set of most probable entries whose mass reaches this, in (0, 1]; 1 keeps all. */
  readonly topP: number;
  /** Ids never sampled (image tokens and the like). */
  readonly bannedIds?: readonly number[];
}

export interface SampledToken {
  /** −1 when `nonFinite` is set. */
  readonly id: number;
  /** log-softmax of the whole row at the sampling temperature (at 1 when greedy), before filters and bans; nats. */
  readonly logProb: number;
  readonly nonFinite: {
    readonly index: number;
    readonly value: 'nan' | 'infinity' | 'all-masked';
  } | null;
}

/*
 * Entry points:
 *   divergence.ts      measureOnGpu(device, student: GpuMatrix, teachers: GpuMatrix | GpuMatrix[], request, gradient?: GpuMatrix): Promise<DivergenceRow[]>
 *   divergence-simd.ts measureInMemory(student: CpuLogits, teachers: CpuLogits | CpuLogits[], request, gradient?: CpuMatrix): DivergenceRow[]
 *   divergence-cpu.ts  measureOnCpu, the same in float64: what the others are held against
 *   sampling.ts        sampleOnGpu(device, logits: GpuMatrix, request): Promise<SampledToken[]>
 *   sampling-cpu.ts    sampleOnCpu(logits: CpuMatrix, request): SampledToken[]
 *   divergence.ts, sampling.ts  prepareDivergence(device), prepareSampling(device): compile ahead of the first use
 *   buffers.ts         freeKernelBuffers(device): give idle scratch memory back
 * The GPU functions submit their work before they return their promise, so a buffer that ONNX Runtime
 * owns may be disposed right after the call. A gradient matrix has the student's rows: request row r
 * writes row `rows[r].student`, the other rows are left alone.
 */
