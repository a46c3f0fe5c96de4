/** The distillation loss of a batch: teachers score the student's tokens, the kernel gives loss and gradient. */

import { type FigurePair, LogitOps } from '../../inference/logit-ops.ts';
import { type ForcedContext, forceContexts } from '../../inference/score.ts';
import type { DivergenceRow } from '../../kernels/types.ts';
import {
  type Divergence,
  type MethodConfig,
  TEACHER_NAMES,
  type TeacherName,
} from '../../method/types.ts';
import type { ModelNetwork } from '../../model/runtime/network.ts';
import type { Logits } from '../../model/runtime/tensors.ts';
import type { PlannedCompletion, TrainExample } from '../example.ts';
import { badToken, type LossToken } from '../faults.ts';

/** Most sequences that a teacher scores in one run. */
const TEACHER_ROWS = 16;

/** One rollout of the batch and where its student's logits lie: row `firstRow + t` predicts token t. */
export interface SupervisedRow {
  /** Its number in the whole batch. */
  readonly number: number;
  readonly example: TrainExample;
  readonly completion: PlannedCompletion;
  readonly firstRow: number;
}

/** [rows][tokens]; null where nobody supervises. */
export type Figures = readonly (readonly (DivergenceRow | null)[])[];

/**
 * Measures rows against their teachers, which are the frozen `base`. `scales` are ∂L/∂(token loss) by row
 * and token, from the plans of the whole batch. The gradient of the batch loss by the student's logits is
 * written into `gradient`, of the logits' shape and where they lie; rows that
 * nobody supervises are left alone. Throws `train.not-finite` naming rollout, token and teacher.
 */
export async function supervise(
  base: ModelNetwork,
  rows: readonly SupervisedRow[],
  scales: readonly ArrayLike<number>[],
  student: Logits,
  gradient: Logits,
  method: MethodConfig,
  padId: number,
): Promise<{ figures: Figures; ms: { teachers: number; divergence: number } }> {
  const figures = rows.map(({ completion }) =>
    new Array<DivergenceRow | null>(completion.ids.length).fill(null),
  );
  const ms = { teachers: 0, divergence: 0 };
  const ops = new LogitOps(base.device);
  for (const name of TEACHER_NAMES) {
    const taught = [...rows.keys()].filter((row) =>
      rows[row].completion.plan.teachersNeeded.includes(name),
    );
    for (let at = 0; at < taught.length; at += TEACHER_ROWS) {
      const group = taught.slice(at, at + TEACHER_ROWS);
      const start = performance.now();
      const { logits, places } = await scoreAs(name, base, rows, group, padId);
      const scored = performance.now();
      const listed: [row: number, token: number][] = [];
      const pairs: FigurePair[] = [];
      for (const [i, row] of group.entries()) {
        const { ids, plan } = rows[row].completion;
        for (const [token, { teacher, divergence, boundaryCap }] of plan.tokens.entries()) {
          if (teacher !== name) continue;
          listed.push([row, token]);
          pairs.push({
            student: { logits: student, row: rows[row].firstRow + token },
            teacher: { logits, row: places[i].row + token - places[i].from },
            sampledId: ids[token],
            divergence: divergence ?? { kind: 'forward-kl' },
            weight: scales[row][token],
            ...(boundaryCap === null ? {} : { cap: boundaryCap }),
          });
        }
      }
      const { temperature, clip } = method;
      const measuring = ops.measure(pairs, { temperature, clip, topK: 0 }, gradient);
      logits.release();
      for (const [i, figure] of (await measuring).entries()) {
        const [row, token] = listed[i];
        if (figure.nonFinite !== null || !Number.isFinite(figure.loss))
          throw badToken(lossToken(rows[row], token, figure.loss), figure.nonFinite);
        figures[row][token] = figure;
      }
      ms.teachers += scored - start;
      ms.divergence += performance.now() - scored;
    }
  }
  return { figures, ms };
}

/** The tokens that a teacher supervises, with their losses. */
export function supervisedTokens(rows: readonly SupervisedRow[], figures: Figures): LossToken[] {
  return rows.flatMap((row, i) =>
    figures[i].flatMap((figure, token) =>
      figure === null ? [] : [lossToken(row, token, figure.loss)],
    ),
  );
}

function lossToken(
  { number, completion, firstRow }: SupervisedRow,
  token: number,
  loss: number,
): LossToken {
  return {
    kind: 'rollout',
    sequence: number,
    position: token,
    text: completion.texts[token],
    teacher: completion.plan.tokens[token].teacher,
    row: firstRow + token,
    loss,
  };
}

/** A teacher's logits for some rows, and the row of each one's first wanted token. */
async function scoreAs(
  name: TeacherName,
  base: ModelNetwork,
  rows: readonly SupervisedRow[],
  group: readonly number[],
  padId: number,
) {
  const contexts: ForcedContext[] = [];
  const from: number[] = [];
  for (const row of group) {
    const { example, completion } = rows[row];
    const { tokens } = completion.plan;
    const first = tokens.findIndex(({ teacher }) => teacher === name);
    const end = tokens.findLastIndex(({ teacher }) => teacher === name) + 1;
    const { prompt, features, offset } = example.teacher(name, completion);
    from.push(first);
    contexts.push({
      prompt,
      features,
      ids: completion.ids.slice(offset, end),
      from: first - offset,
    });
  }
  const { logits, firstRows } = await forceContexts(base, contexts, padId);
  return { logits, places: firstRows.map((row, i) => ({ row, from: from[i] })) };
}

/** A row's divergence before any clip. */
export function divergenceOf(figure: DivergenceRow, divergence: Divergence): number {
  switch (divergence.kind) {
    case 'forward-kl':
      return figure.forwardKl;
    case 'reverse-kl':
      return figure.reverseKl;
    case 'jsd':
      return figure.jsd ?? figure.forwardKl;
  }
}
