/** The distillation loss of a batch: teachers score the student's tokens, the kernel gives loss and gradient. */

import { LogitOps } from '../../inference/logit-ops.ts';
import { measureCompletions, type TaughtCompletion } from '../../inference/measure.ts';
import type { Reader } from '../../inference/read-rounds.ts';
import type { PlannedRollout } from '../../inference/reading.ts';
import type { DivergenceRow } from '../../kernels/types.ts';
import type { Divergence, MethodConfig, TeacherName } from '../../method/types.ts';
import type { ModelNetwork } from '../../model/runtime/network.ts';
import type { Logits } from '../../model/runtime/tensors.ts';
import type { TrainExample } from '../example.ts';
import { badToken, type LossToken } from '../faults.ts';

/** One rollout of the batch and where its student's logits lie: row `firstRow + t` predicts token t. */
export interface SupervisedRow {
  /** Its number in the whole batch. */
  readonly number: number;
  readonly example: TrainExample;
  readonly completion: PlannedRollout;
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
  const completions = rows.map((row, i): TaughtCompletion => {
    const { ids, plan } = row.completion;
    return {
      ids,
      plan,
      student: { logits: student, firstRow: row.firstRow },
      teachers: new Map(plan.teachersNeeded.map((name) => [name, teacherOf(base, row, name)])),
      weights: scales[i],
    };
  });
  const { temperature, clip } = method;
  const options = { temperature, clip, topK: 0, padId, gradient };
  const { figures, ms } = await measureCompletions(new LogitOps(base.device), completions, options);
  for (const [i, row] of figures.entries())
    for (const [token, figure] of row.entries())
      if (figure !== null && (figure.nonFinite !== null || !Number.isFinite(figure.loss)))
        throw badToken(lossToken(rows[i], token, figure.loss), figure.nonFinite);
  return { figures, ms: { teachers: ms.score, divergence: ms.divergence } };
}

/** The frozen base as a teacher of one rollout; its picture is encoded with the example's others. */
function teacherOf(
  network: ModelNetwork,
  { example, completion }: SupervisedRow,
  name: TeacherName,
): Reader {
  const { prompt, features, offset } = example.teacher(name, completion);
  return { network, prompt, offset, features: async () => features };
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

/** A row's divergence before any clip. A row without the one that the loss is made of has no figure to stand in for it. */
export function divergenceOf(figure: DivergenceRow, divergence: Divergence): number {
  switch (divergence.kind) {
    case 'forward-kl':
      return figure.forwardKl;
    case 'reverse-kl':
      return figure.reverseKl;
    case 'jsd':
      if (figure.jsd === null) throw new Error('the row was measured without its JSD');
      return figure.jsd;
  }
}
