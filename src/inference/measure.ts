/**
 * Completions under their teachers: reads every token's logits under the student and whoever supervises it,
 * compares them, and lets the logits go. The one way for the Lab's traces and for a training step.
 */

import type { DivergenceRequest, DivergenceRow } from '../kernels/types.ts';
import type { Reader as ReaderName } from '../method/sight.ts';
import type { SupervisionPlan, TeacherName } from '../method/types.ts';
import type { Logits } from '../model/runtime/tensors.ts';
import type { FigurePair, LogitOps, LogitsRow } from './logit-ops.ts';
import {
  type Covered,
  type Held,
  type HeldRow,
  type ReadCompletion,
  type Reader,
  type ReadOptions,
  readInRounds,
  type Wanted,
} from './read-rounds.ts';
import type { Stretch } from './rounds.ts';

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

export interface MeasureOptions
  extends Pick<DivergenceRequest, 'temperature' | 'clip' | 'topK'>,
    ReadOptions {
  /** Tokens that nobody supervises are measured against the student itself, instead of being left out. */
  readonly untaught?: boolean;
  /** Receives the gradient of all weighted losses by the student's logits, which are given; see `LogitOps.measure`. */
  readonly gradient?: Logits;
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
export async function measureCompletions(
  ops: LogitOps,
  completions: readonly TaughtCompletion[],
  options: MeasureOptions,
): Promise<Measured> {
  const figures = completions.map(({ ids }) =>
    new Array<DivergenceRow | null>(ids.length).fill(null),
  );
  let divergence = 0;
  const { reused, ms } = await readInRounds(
    completions.map(readingOf),
    options,
    async (covers, rowOf) => {
      const start = performance.now();
      await compare(ops, completions, options, figures, covers, rowOf);
      divergence += performance.now() - start;
      for (const { completion, from, to } of covers)
        await options.onHeld?.(completion, { from, to }, (reader, token) =>
          rowOf(completion, reader, token),
        );
    },
  );
  return { figures, reused, ms: { ...ms, divergence } };
}

async function compare(
  ops: LogitOps,
  completions: readonly TaughtCompletion[],
  { temperature, clip, topK, gradient, untaught }: MeasureOptions,
  figures: readonly (DivergenceRow | null)[][],
  covers: Covered,
  rowOf: HeldRow<ReaderName>,
): Promise<void> {
  const listed: [completion: number, token: number][] = [];
  const pairs: FigurePair[] = [];
  for (const { completion, from, to } of covers)
    for (let token = from; token < to; token++) {
      const { ids, plan, weights } = completions[completion];
      const { teacher, divergence, boundaryCap } = plan.tokens[token];
      if (teacher === null && untaught !== true) continue;
      listed.push([completion, token]);
      pairs.push({
        student: rowOf(completion, 'student', token),
        teacher: rowOf(completion, teacher ?? 'student', token),
        sampledId: ids[token],
        divergence: divergence ?? { kind: 'forward-kl' },
        ...(weights === undefined ? {} : { weight: weights[token] }),
        ...(boundaryCap === null ? {} : { cap: boundaryCap }),
      });
    }
  const measured = await ops.measure(pairs, { temperature, clip, topK }, gradient);
  for (const [i, [completion, token]] of listed.entries()) figures[completion][token] = measured[i];
}

/** The student's stretch first, unless its logits are there, then each teacher's. */
function readingOf({ ids, plan, student, teachers }: TaughtCompletion): ReadCompletion<ReaderName> {
  const others = [...teachers].map(([name, reader]): Wanted<ReaderName> => {
    return { name, reader, ...stretchOf(plan, name) };
  });
  if ('logits' in student) {
    const given = new Map<ReaderName, Held>([['student', { ...student, from: 0 }]]);
    return { ids, wanted: others, given };
  }
  const own = { name: 'student', reader: student, from: 0, to: ids.length } as const;
  return { ids, wanted: [own, ...others] };
}
