/**
 * Completions under their teachers: reads every token's logits under the student and whoever supervises it,
 * compares them, and lets the logits go. The one way for the Lab's traces and for a training step.
 */

import type { DivergenceRequest, DivergenceRow } from '../kernels/types.ts';
import type { Reader as ReaderName } from '../method/sight.ts';
import type { SupervisionPlan, TeacherName } from '../method/types.ts';
import type { EncodedPrompt } from '../model/processor/processor.ts';
import type { ImageFeatures } from '../model/runtime/decode-step.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import type { Logits } from '../model/runtime/tensors.ts';
import { type ForcedContext, ForcedPieces, forceContexts } from './force.ts';
import type { FigurePair, LogitOps, LogitsRow } from './logit-ops.ts';
import { rowsWithin } from './logits-budget.ts';
import type { KeptStretch, LogitsStore } from './logits-store.ts';
import { type Part, planRounds, type Round, type Stretch } from './rounds.ts';

/** The student or a teacher: a network and what it sees. */
export interface Reader {
  readonly network: Pick<ModelNetwork, 'decode' | 'config' | 'device'>;
  readonly prompt: EncodedPrompt;
  /** Visual tokens as this reader sees them. */
  features(): Promise<ImageFeatures | null>;
  /** Completion tokens before this one are not shown to it. */
  readonly offset: number;
  /** What the store knows its logits by; without one they are not kept. */
  readonly key?: string;
}

/** A completion with its plan, and everyone who reads it. */
export interface TaughtCompletion {
  readonly ids: readonly number[];
  readonly plan: SupervisionPlan;
  /** Who reads as the student, or its logits where they are there already: row `firstRow + t` predicts token t. */
  readonly student: Reader | { readonly logits: Logits; readonly firstRow: number };
  /** Everyone whom the plan needs. */
  readonly teachers: ReadonlyMap<TeacherName, Reader>;
  /** ∂L/∂(token loss) by token; 1 when absent. */
  readonly weights?: ArrayLike<number>;
}

/** Where the student, or a teacher, predicts a token; only for tokens of the round. */
export type RowOf = (reader: ReaderName, token: number) => LogitsRow;

export interface MeasureOptions extends Pick<DivergenceRequest, 'temperature' | 'clip' | 'topK'> {
  readonly padId: number;
  /** Tokens that nobody supervises are measured against the student itself, instead of being left out. */
  readonly untaught?: boolean;
  /** Receives the gradient of all weighted losses by the student's logits, which are given; see `LogitOps.measure`. */
  readonly gradient?: Logits;
  /** Most bytes of logits that are held at a time, beside given and stored ones; see {@link rowsWithin}. */
  readonly logitsBytes?: number;
  /** Logits of earlier calls; takes over those of this call that are read whole. */
  readonly store?: LogitsStore;
  /** Called before each run; throws to stop. */
  readonly pause?: () => Promise<void>;
  /** Stretches read so far, of all. */
  readonly onRead?: (done: number, total: number) => void;
  /** Tokens `[from, to)` of a completion while their logits are held. */
  readonly onHeld?: (completion: number, held: Stretch, rowOf: RowOf) => Promise<void>;
}

export interface Measured {
  /** [completions][tokens]; null where nobody supervises and `untaught` is off. */
  readonly figures: readonly (readonly (DivergenceRow | null)[])[];
  readonly reused: readonly ReaderName[];
  readonly ms: { readonly vision: number; readonly score: number; readonly divergence: number };
}

/** The tokens that a teacher supervises lie in this stretch, which is what it has to read. */
export function stretchOf({ tokens }: SupervisionPlan, name: TeacherName): Stretch {
  const taught = (token: { readonly teacher: TeacherName | null }) => token.teacher === name;
  return { from: tokens.findIndex(taught), to: tokens.findLastIndex(taught) + 1 };
}

/**
 * Figures of every supervised token. Throws what the networks, the kernels and the hooks throw; no logits are
 * then held but those in the store.
 */
export function measureCompletions(
  ops: LogitOps,
  completions: readonly TaughtCompletion[],
  options: MeasureOptions,
): Promise<Measured> {
  return new Measuring(ops, completions, options).run();
}

/** A stretch that has to be read, and by whom. */
interface Wanted extends Stretch {
  readonly completion: number;
  readonly name: ReaderName;
  readonly reader: Reader;
}

/** Logits of tokens from `from` on, the first in `firstRow`. */
interface Held {
  readonly logits: Logits;
  readonly firstRow: number;
  readonly from: number;
}

class Measuring {
  readonly #ops: LogitOps;
  readonly #completions: readonly TaughtCompletion[];
  readonly #options: MeasureOptions;
  /** By completion: what is held in this round, or was there before it. */
  readonly #held: Map<ReaderName, Held>[];
  readonly #pieces = new Map<Wanted, ForcedPieces>();
  readonly #ms = { vision: 0, score: 0, divergence: 0 };
  #toRelease: Logits[] = [];
  #done = 0;

  constructor(ops: LogitOps, completions: readonly TaughtCompletion[], options: MeasureOptions) {
    this.#ops = ops;
    this.#completions = completions;
    this.#options = options;
    this.#held = completions.map(({ student }) => {
      const given: [ReaderName, Held][] =
        'logits' in student ? [['student', { ...student, from: 0 }]] : [];
      return new Map(given);
    });
  }

  async run(): Promise<Measured> {
    const wanted = this.#completions.map(wantedOf);
    const missing = wanted.map((list) => list.filter((want) => !this.#find(want)));
    const total = wanted.flat().length;
    const reused = wanted.flat().filter((want) => !missing[want.completion].includes(want));
    this.#done = reused.length;
    this.#options.onRead?.(this.#done, total);
    const figures = this.#completions.map(({ ids }) =>
      new Array<DivergenceRow | null>(ids.length).fill(null),
    );
    try {
      for (const round of this.#rounds(missing)) {
        for (const run of round.runs) {
          await this.#options.pause?.();
          if (round.whole) await this.#readWhole(run.map(({ of }) => of));
          else await this.#readPiece(run[0]);
          this.#options.onRead?.(this.#done, total);
        }
        await this.#options.pause?.();
        await this.#measure(round, figures);
        this.#release();
      }
    } finally {
      this.#release();
      for (const pieces of this.#pieces.values()) pieces.release();
    }
    return { figures, reused: reused.map(({ name }) => name), ms: this.#ms };
  }

  #find({ completion, name, reader, from, to }: Wanted): boolean {
    if (reader.key === undefined) return false;
    const found = this.#options.store?.find(reader.key, from, to);
    if (found !== undefined) this.#held[completion].set(name, found);
    return found !== undefined;
  }

  /** Runs hold one network's readers; of several completions one teacher's, which are of about one length. */
  #rounds(missing: readonly Wanted[][]): Round<Wanted>[] {
    const networks = [...new Set(missing.flat().map(({ reader }) => reader.network))];
    const most = Math.min(
      ...networks.map((network) => rowsWithin(network, this.#options.logitsBytes)),
    );
    const several = missing.length > 1;
    const completions = missing.map((stretches, i) => {
      return { length: this.#completions[i].ids.length, stretches };
    });
    return planRounds(
      completions,
      most,
      ({ name, reader }) => `${networks.indexOf(reader.network)} ${several ? name : ''}`,
    );
  }

  async #readWhole(run: readonly Wanted[]): Promise<void> {
    const contexts: ForcedContext[] = [];
    for (const { completion, reader, from, to } of run) {
      const { prompt, offset } = reader;
      const features = await this.#timed('vision', () => reader.features());
      const ids = this.#completions[completion].ids.slice(offset, to);
      contexts.push({ prompt, features, ids, from: from - offset });
    }
    const { padId, store } = this.#options;
    const { network } = run[0].reader;
    const { logits, firstRows } = await this.#timed('score', () =>
      forceContexts(network, contexts, padId),
    );
    const kept = new Map<string, KeptStretch>();
    for (const [i, { completion, name, reader, from, to }] of run.entries()) {
      const held = { logits, firstRow: firstRows[i], from, to };
      this.#held[completion].set(name, held);
      if (reader.key !== undefined) kept.set(reader.key, held);
    }
    if (store !== undefined && kept.size > 0) store.add(logits, kept);
    else this.#toRelease.push(logits);
    this.#done += run.length;
  }

  async #readPiece({ of, from, to }: Part<Wanted>): Promise<void> {
    const { completion, name, reader } = of;
    const { prompt, offset, network } = reader;
    let pieces = this.#pieces.get(of);
    const features =
      pieces === undefined ? await this.#timed('vision', () => reader.features()) : null;
    if (pieces === undefined) {
      const ids = this.#completions[completion].ids.slice(offset, of.to);
      pieces = new ForcedPieces(network, prompt, ids);
      this.#pieces.set(of, pieces);
    }
    const piece = { from: from - offset, to: to - offset };
    const found = await this.#timed('score', () => pieces.next(piece, features));
    this.#held[completion].set(name, { ...found, from });
    this.#toRelease.push(found.logits);
    if (to === of.to) this.#done++;
  }

  async #measure(
    { covers }: Round<Wanted>,
    figures: readonly (DivergenceRow | null)[][],
  ): Promise<void> {
    const { temperature, clip, topK, gradient, onHeld } = this.#options;
    const listed: [completion: number, token: number][] = [];
    const pairs: FigurePair[] = [];
    for (const { completion, from, to } of covers)
      for (let token = from; token < to; token++) {
        const pair = this.#pairAt(completion, token);
        if (pair === null) continue;
        listed.push([completion, token]);
        pairs.push(pair);
      }
    const measured = await this.#timed('divergence', () =>
      this.#ops.measure(pairs, { temperature, clip, topK }, gradient),
    );
    for (const [i, [completion, token]] of listed.entries())
      figures[completion][token] = measured[i];
    for (const { completion, from, to } of covers)
      await onHeld?.(completion, { from, to }, (reader, token) =>
        this.#rowOf(completion, reader, token),
      );
  }

  #pairAt(completion: number, token: number): FigurePair | null {
    const { ids, plan, weights } = this.#completions[completion];
    const { teacher, divergence, boundaryCap } = plan.tokens[token];
    if (teacher === null && this.#options.untaught !== true) return null;
    return {
      student: this.#rowOf(completion, 'student', token),
      teacher: this.#rowOf(completion, teacher ?? 'student', token),
      sampledId: ids[token],
      divergence: divergence ?? { kind: 'forward-kl' },
      ...(weights === undefined ? {} : { weight: weights[token] }),
      ...(boundaryCap === null ? {} : { cap: boundaryCap }),
    };
  }

  #rowOf(completion: number, name: ReaderName, token: number): LogitsRow {
    const held = this.#held[completion].get(name);
    if (held === undefined) throw new Error(`the logits of ${name} were planned but not read`);
    return { logits: held.logits, row: held.firstRow + token - held.from };
  }

  #release(): void {
    for (const logits of this.#toRelease) logits.release();
    this.#toRelease = [];
  }

  async #timed<T>(step: keyof Measured['ms'], work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.#ms[step] += performance.now() - start;
    }
  }
}

/** The student's stretch first, unless its logits are there, then each teacher's. */
function wantedOf(
  { ids, plan, student, teachers }: TaughtCompletion,
  completion: number,
): Wanted[] {
  const own: Wanted[] =
    'logits' in student
      ? []
      : [{ completion, name: 'student', reader: student, from: 0, to: ids.length }];
  const others = [...teachers].map(([name, reader]): Wanted => {
    return { completion, name, reader, ...stretchOf(plan, name) };
  });
  return [...own, ...others];
}
