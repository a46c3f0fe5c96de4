/** The divergence in WebAssembly SIMD, four entries at a time: what measures logits that lie in memory. */

import { rowStart } from './check.ts';
import { type MeasurePair, measurePairs, type PairTask } from './cpu-pairs.ts';
import { measureInFloat64 } from './divergence-cpu.ts';
import {
  hasGradient,
  isMasked,
  lossOf,
  type PairSums,
  type PairTerms,
  reportedBeta,
  type TopLogits,
} from './divergence-rows.ts';
import program from './simd/index.ts?assembly';
import type { CpuLogits, CpuMatrix, DivergenceRequest, DivergenceRow } from './types.ts';

/**
 * As `measureOnCpu`, within 1e-5 relative or 1e-6 absolute of it, many times as fast; where the browser has
 * no WebAssembly SIMD, `measureOnCpu` itself.
 */
export function measureInMemory(
  student: CpuLogits,
  teachers: CpuLogits | readonly CpuLogits[],
  request: DivergenceRequest,
  gradient?: CpuMatrix,
): DivergenceRow[] {
  const measure = hasSimd()
    ? (task: PairTask) => simdRows().measure(task)
    : (task: PairTask) => measureInFloat64(task);
  return measurePairs(measure, student, teachers, request, gradient);
}

let supported: boolean | null = null;

/** Whether this browser runs WebAssembly SIMD. */
export function hasSimd(): boolean {
  supported ??= WebAssembly.validate(program);
  return supported;
}

let shared: SimdRows | null = null;

function simdRows(): SimdRows {
  shared ??= new SimdRows();
  return shared;
}

/** What `simd/index.ts` exports; places are bytes of its memory. */
interface Program {
  base(): number;
  widen(halves: number, floats: number, count: number): void;
  topIds(logits: number, count: number, k: number, ids: number): number;
  sums(
    ...args: [
      ...rows: Rows,
      scale: number,
      keep: boolean,
      tops: number,
      differences: number,
      out: number,
    ]
  ): number;
  normalise(scale: number, ...distributions: Distributions): void;
  terms(
    ...args: [
      ...rows: Rows,
      wantsMix: boolean,
      beta: number,
      kind: number,
      clip: number,
      out: number,
    ]
  ): void;
  entryGradient(
    ...args: [
      ...rows: Rows,
      beta: number,
      kind: number,
      clip: number,
      slopeSum: number,
      factor: number,
    ]
  ): void;
  reverseGradient(...args: [...rows: Rows, inverseTemperature: number, factor: number]): void;
  around(scale: number, ...distributions: Distributions): void;
  mixes(
    ...args: [...rows: Rows, beta: number, tops: number, differences: number, out: number]
  ): void;
  forwardGradient(...args: [...rows: Rows, factor: number, tops: number]): void;
  mixGradient(
    ...args: [
      ...rows: Rows,
      factor: number,
      beta: number,
      mean: number,
      tops: number,
      differences: number,
    ]
  ): void;
}

type Rows = [student: number, teacher: number, count: number];
type Distributions = [studentMax: number, teacherMax: number, studentZ: number, teacherZ: number];

/** `simd/entries.ts` has these; cross-entropy needs no term of it. */
const KINDS = { 'forward-kl': 0, 'reverse-kl': 1, jsd: 2, 'cross-entropy': 0 } as const;
const FORWARD_INFINITE = 1;
const REVERSE_INFINITE = 2;
const BAD = 4;

/** Numbers that a call leaves, float64. */
const OUT_LENGTH = 16;
/** Entries that share maxima, as `simd/lanes.ts` has them. */
const BLOCK = 512;
const PAGE = 65_536;

/** The program and its memory, which holds one row of each side at a time. */
class SimdRows {
  readonly #memory = new WebAssembly.Memory({ initial: 1 });
  readonly #program: Program;
  #floats = new Float32Array();
  #halves = new Uint16Array();
  #words = new Uint32Array();
  #doubles = new Float64Array();
  /** Entries of a row, up to whole vectors. */
  #count = 0;
  #out = 0;
  #ids = 0;
  #tops = 0;
  #student = 0;
  #teacher = 0;
  #differences = 0;

  constructor() {
    const module = new WebAssembly.Module(program);
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
    this.#program = exports as unknown as Program;
  }

  measure(task: PairTask): ReturnType<MeasurePair> {
    const { student, teacher, pair, request, gradient } = task;
    const { vocab, clip, topK = 10 } = request;
    this.#layOut(vocab, topK);
    this.#load(student, pair.student, vocab, this.#student);
    this.#load(teacher, pair.teacher, vocab, this.#teacher);
    const kind = lossOf(pair, request).kind;
    const beta = reportedBeta(pair, request) ?? 0;
    const wantsMix = beta > 0 && beta < 1;
    // Powers that are kept spare their second computation; the others need the logits themselves.
    const needsLogits = clip.kind === 'entry' || (gradient !== null && kind === 'reverse-kl');
    const keep = !needsLogits && (wantsMix || gradient !== null);
    const differences = keep && wantsMix ? this.#differences : 0;
    const scale = Math.fround(Math.LOG2E / request.temperature);

    const lists = this.#topLists(topK);
    const floats = this.#floats;
    const sampledStudent = floats[this.#student / 4 + pair.sampledId];
    const sampledTeacher = floats[this.#teacher / 4 + pair.sampledId];
    const rows: Rows = [this.#student, this.#teacher, this.#count];
    const flags = this.#program.sums(...rows, scale, keep, this.#tops, differences, this.#out);
    const [studentMax, teacherMax, studentZ, teacherZ, ...rest] = this.#results();
    const [forward, reverse, studentE, teacherE] = rest;
    // Rows without figures are rare: what is wrong with them is named in one place.
    if ((flags & BAD) !== 0 || isMasked(studentMax) || isMasked(teacherMax))
      return measureInFloat64(task);
    const sums: PairSums = {
      ...{ studentMax, teacherMax, studentZ, teacherZ, forward, reverse, studentE, teacherE },
      ...{ sampledStudent, sampledTeacher, badStudent: null, badTeacher: null },
      forwardInfinite: (flags & FORWARD_INFINITE) !== 0,
      reverseInfinite: (flags & REVERSE_INFINITE) !== 0,
      ...lists,
    };

    const distributions: Distributions = [studentMax, teacherMax, studentZ, teacherZ];
    const limit = clip.kind === 'entry' ? clip.value : Number.POSITIVE_INFINITY;
    let terms: PairTerms | null = null;
    if (keep) this.#program.around(scale, ...distributions);
    if (keep && wantsMix) {
      const places = [this.#tops, differences, this.#out] as const;
      this.#program.mixes(...rows, beta, ...places);
      const [mixTeacher, mixStudent] = this.#results();
      terms = { mixTeacher, mixStudent, clippedLoss: 0, clippedEntries: 0, slope: 0 };
    } else if (wantsMix || clip.kind === 'entry') {
      this.#program.normalise(scale, ...distributions);
      this.#program.terms(...rows, wantsMix, beta, KINDS[kind], limit, this.#out);
      const [mixTeacher, mixStudent, clippedLoss, clippedEntries, slope] = this.#results();
      terms = { mixTeacher, mixStudent, clippedLoss, clippedEntries, slope };
    }

    if (gradient === null) return { sums, terms };
    gradient.fill(0);
    if (!hasGradient(pair, request, sums, terms)) return { sums, terms };
    const factor = (pair.weight ?? 1) / request.temperature;
    if (needsLogits) this.#program.normalise(scale, ...distributions);
    if (clip.kind === 'entry') {
      const slope = terms?.slope ?? 0;
      this.#program.entryGradient(...rows, beta, KINDS[kind], limit, slope, factor);
    } else if (kind === 'reverse-kl') {
      this.#program.reverseGradient(...rows, 1 / request.temperature, factor);
    } else if (kind === 'forward-kl') {
      this.#program.forwardGradient(...rows, factor, this.#tops);
    } else if (kind === 'cross-entropy') {
      // The forward KL from all of the sampled token: a teacher without mass, then that token's own.
      this.#program.around(scale, studentMax, teacherMax, studentZ, Number.POSITIVE_INFINITY);
      this.#program.forwardGradient(...rows, factor, this.#tops);
      floats[this.#student / 4 + pair.sampledId] -= factor;
    } else {
      const mean = terms?.mixStudent ?? 0;
      const places = [this.#tops, differences] as const;
      this.#program.mixGradient(...rows, factor, beta, mean, ...places);
    }
    gradient.set(floats.subarray(this.#student / 4, this.#student / 4 + vocab));
    return { sums, terms };
  }

  #results(): Float64Array {
    return this.#doubles.subarray(this.#out / 8, this.#out / 8 + OUT_LENGTH);
  }

  /** Places for a row of `vocab` entries of each side; the memory grows where it must. */
  #layOut(vocab: number, topK: number): void {
    this.#count = Math.ceil(vocab / 8) * 8;
    const blocks = Math.ceil(this.#count / BLOCK);
    let end = Math.ceil(this.#program.base() / 16) * 16;
    const take = (bytes: number) => {
      const place = end;
      end += Math.ceil(bytes / 16) * 16;
      return place;
    };
    this.#out = take(8 * OUT_LENGTH);
    this.#ids = take(4 * (topK + 1));
    this.#tops = take(8 * blocks);
    this.#student = take(4 * this.#count);
    this.#teacher = take(4 * this.#count);
    this.#differences = take(4 * this.#count);
    const missing = end - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    const { buffer } = this.#memory;
    if (this.#floats.buffer === buffer) return;
    this.#floats = new Float32Array(buffer);
    this.#halves = new Uint16Array(buffer);
    this.#words = new Uint32Array(buffer);
    this.#doubles = new Float64Array(buffer);
  }

  /** A row's first `vocab` entries as float32, then −inf. */
  #load(matrix: CpuLogits, row: number, vocab: number, place: number): void {
    const start = rowStart(matrix, row);
    if (matrix.format === 'f16') {
      const upper = place + 2 * this.#count;
      this.#halves.set(matrix.data.subarray(start, start + vocab), upper / 2);
      this.#program.widen(upper, place, this.#count);
    } else this.#floats.set(matrix.data.subarray(start, start + vocab), place / 4);
    this.#floats.fill(Number.NEGATIVE_INFINITY, place / 4 + vocab, place / 4 + this.#count);
  }

  #topLists(k: number): Pick<PairSums, 'studentTop' | 'teacherTop'> {
    const list = (own: number, other: number): TopLogits => {
      const count = k === 0 ? 0 : this.#program.topIds(own, this.#count, k, this.#ids);
      const ids = Array.from(this.#words.subarray(this.#ids / 4, this.#ids / 4 + count));
      const logitsAt = (row: number) => ids.map((id) => this.#floats[row / 4 + id]);
      return { ids, own: logitsAt(own), other: logitsAt(other) };
    };
    return {
      studentTop: list(this.#student, this.#teacher),
      teacherTop: list(this.#teacher, this.#student),
    };
  }
}
