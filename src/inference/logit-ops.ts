/** The kernels on logits wherever they lie: memory or GPU is told apart here and nowhere else. */

import { PlaygroundError } from '../base/errors.ts';
import { measureOnGpu, prepareDivergence } from '../kernels/divergence.ts';
import { measureInMemory } from '../kernels/divergence-simd.ts';
import { prepareSampling, sampleOnGpu } from '../kernels/sampling.ts';
import { sampleOnCpu } from '../kernels/sampling-cpu.ts';
import type {
  CpuMatrix,
  DivergencePair,
  DivergenceRequest,
  DivergenceRow,
  GpuMatrix,
  SampledToken,
  SampleRequest,
} from '../kernels/types.ts';
import { type Logits, readBuffer } from '../model/runtime/tensors.ts';

/** One row of some logits. */
export interface LogitsRow {
  readonly logits: Logits;
  readonly row: number;
}

/** A student's distribution against a teacher's; the rows may lie in different logits. */
export interface FigurePair extends Omit<DivergencePair, 'student' | 'teacher' | 'teacherIndex'> {
  readonly student: LogitsRow;
  readonly teacher: LogitsRow;
}

/** log p of one id of a row, nats, and the row's entropy; NaN with `nonFinite`, −Infinity where the id is masked. */
export interface SampledLogProb {
  readonly logProb: number;
  readonly entropy: number;
  readonly nonFinite: DivergenceRow['nonFinite'];
}

/** What to do with matrices in memory, and with the same on a GPU. */
interface Sides<T> {
  memory(matrices: readonly CpuMatrix[]): T;
  gpu(device: GPUDevice, matrices: readonly GpuMatrix[]): T;
}

export class LogitOps {
  readonly #device: GPUDevice | null;

  /** `device`: where the networks compute whose logits will come; null for memory. */
  constructor(device: GPUDevice | null) {
    this.#device = device;
  }

  /** Compiles the kernels ahead of their first use; nothing to do without a GPU. */
  async prepare(): Promise<void> {
    const device = this.#device;
    if (device !== null) await Promise.all([prepareSampling(device), prepareDivergence(device)]);
  }

  /** Draws one token for each row of the request. Throws what the kernels throw. */
  async draw(logits: Logits, request: Omit<SampleRequest, 'vocab'>): Promise<SampledToken[]> {
    const whole = { ...request, vocab: logits.vocab };
    return this.#on([logits], {
      memory: async ([matrix]) => sampleOnCpu(matrix, whole),
      gpu: (device, [matrix]) =>
        matrix.format === 'f16'
          ? this.#drawWidened(logits, whole)
          : sampleOnGpu(device, matrix, whole),
    });
  }

  /** The kernel that samples reads float32 alone: the few rows of half floats come back and are drawn from here. */
  async #drawWidened(logits: Logits, request: SampleRequest): Promise<SampledToken[]> {
    const { vocab: cols } = logits;
    const drawn = request.rows.map(async (row) => {
      const data = await this.readRows(logits, row.row, 1);
      return sampleOnCpu({ data, rows: 1, cols }, { ...request, rows: [{ ...row, row: 0 }] });
    });
    return (await Promise.all(drawn)).flat();
  }

  /**
   * Figures of every pair, in order; all pairs of one student's logits are measured in one go, whatever
   * their teachers. Work is submitted before the promise is returned, so the logits may be released then.
   * With `gradient`, made by {@link gradientOf} for the one student's logits that all pairs are of, the
   * gradient of every pair's weighted loss replaces its row there.
   * Throws what the kernels throw, and `engine.mixed-backends`.
   */
  async measure(
    pairs: readonly FigurePair[],
    request: Omit<DivergenceRequest, 'rows' | 'vocab'>,
    gradient?: Logits,
  ): Promise<DivergenceRow[]> {
    const byStudent = new Map<Logits, number[]>();
    for (const [i, { student }] of pairs.entries()) {
      const members = byStudent.get(student.logits);
      if (members === undefined) byStudent.set(student.logits, [i]);
      else members.push(i);
    }
    if (gradient !== undefined && byStudent.size > 1)
      throw new Error('one gradient is of one matrix of logits');
    const results: DivergenceRow[] = new Array(pairs.length);
    const work = [...byStudent].map(async ([student, members]) => {
      const teachers = [...new Set(members.map((i) => pairs[i].teacher.logits))];
      const rows = members.map((i): DivergencePair => {
        const { student, teacher, ...rest } = pairs[i];
        const at = { student: student.row, teacher: teacher.row };
        return { ...rest, ...at, teacherIndex: teachers.indexOf(teacher.logits) };
      });
      const vocab = Math.min(student.vocab, ...teachers.map((teacher) => teacher.vocab));
      const measured = await this.#measure(
        student,
        teachers,
        { ...request, vocab, rows },
        gradient,
      );
      for (const [j, i] of members.entries()) results[i] = measured[j];
    });
    await Promise.all(work);
    return results;
  }

  /**
   * Log-probability of one id of each row, in order: the row against itself, without top lists.
   * Submits and throws as {@link measure} does.
   */
  async logProbs(
    rows: readonly (LogitsRow & { readonly id: number })[],
    temperature = 1,
  ): Promise<SampledLogProb[]> {
    const figures = await this.measure(
      rows.map(({ logits, row, id }) => {
        const own = { logits, row };
        return { student: own, teacher: own, sampledId: id };
      }),
      { temperature, clip: { kind: 'none' }, topK: 0 },
    );
    return figures.map(({ studentLogProb, studentEntropy, nonFinite }) => {
      return { logProb: studentLogProb, entropy: studentEntropy, nonFinite };
    });
  }

  /** Zeros, float32, in the shape of some logits and where they lie; to be released like them, what was read stays. */
  gradientOf({ batch, rows, vocab, kind }: Logits): Logits {
    const shape = { batch, rows, vocab };
    const size = batch * rows * vocab;
    if (kind === 'memory')
      return { ...shape, kind, data: new Float32Array(size), release: () => undefined };
    const buffer = need(this.#device).createBuffer({
      label: 'gradient at the logits',
      size: size * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC,
    });
    return { ...shape, kind, buffer, format: 'f32', release: () => buffer.destroy() };
  }

  /**
   * Rows `[first, first + count)` as float32 values, [count, vocab]; all of them unless told. In memory they
   * are the logits' own values, good until these are released, and not to be written to.
   */
  async readRows(
    logits: Logits,
    first = 0,
    count = logits.batch * logits.rows - first,
  ): Promise<Float32Array> {
    const { vocab } = logits;
    return this.#on([logits], {
      memory: async ([{ data }]) => data.subarray(first * vocab, (first + count) * vocab),
      gpu: (device, [{ buffer, format }]) =>
        readBuffer(device, buffer, count * vocab, first * vocab, format),
    });
  }

  #measure(
    student: Logits,
    teachers: readonly Logits[],
    request: DivergenceRequest,
    gradient: Logits | undefined,
  ): Promise<DivergenceRow[]> {
    const all = [...(gradient === undefined ? [] : [gradient]), student, ...teachers];
    const split = <M>(matrices: readonly M[]) =>
      gradient === undefined
        ? ([matrices[0], matrices.slice(1), undefined] as const)
        : ([matrices[1], matrices.slice(2), matrices[0]] as const);
    return this.#on(all, {
      memory: async (matrices) => {
        const [own, others, into] = split(matrices);
        return measureInMemory(own, others, request, into);
      },
      gpu: (device, matrices) => {
        const [own, others, into] = split(matrices);
        return measureOnGpu(device, own, others, request, into);
      },
    });
  }

  #on<T>(all: readonly Logits[], sides: Sides<T>): T {
    const inMemory = all.flatMap((logits): CpuMatrix[] =>
      logits.kind === 'memory' ? [{ data: logits.data, ...extentOf(logits) }] : [],
    );
    if (inMemory.length === all.length) return sides.memory(inMemory);
    const onGpu = all.flatMap((logits): GpuMatrix[] =>
      logits.kind === 'gpu'
        ? [{ buffer: logits.buffer, format: logits.format, ...extentOf(logits) }]
        : [],
    );
    if (onGpu.length === all.length) return sides.gpu(need(this.#device), onGpu);
    throw mixed('The logits of student and teacher lie on different backends.');
  }
}

const extentOf = ({ batch, rows, vocab }: Logits) => ({ rows: batch * rows, cols: vocab });

function need(device: GPUDevice | null): GPUDevice {
  if (device !== null) return device;
  throw mixed('These logits lie on a GPU that is no longer there.');
}

function mixed(message: string): PlaygroundError {
  return new PlaygroundError({
    code: 'engine.mixed-backends',
    message,
    fix: 'Do it again; both sides are then computed on the same backend.',
    where: 'logits',
  });
}
