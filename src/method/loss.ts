/** The batch loss: λ-weighted sum of each teacher's mean over its active tokens. */
import { PlaygroundError } from '../base/errors.ts';
import { perTeacher } from './per-teacher.ts';
import { type PerTeacher, type SupervisionPlan, TEACHER_NAMES, type TeacherName } from './types.ts';

/** One completion of the batch. */
export interface LossRow {
  readonly plan: SupervisionPlan;
  /** `[tokens]`, nats, after the clip; entries without a teacher are not read. */
  readonly losses: ArrayLike<number>;
}

/** One teacher's share. */
export interface TeacherLoss {
  /** Active tokens of the whole batch. */
  readonly tokens: number;
  /** Mean over them, nats; 0 when there are none. */
  readonly mean: number;
  /** λ · mean. */
  readonly weighted: number;
}

export interface BatchLoss {
  /** Σ λ·L over the teachers: λp·L_perception + λr·L_reasoning + λf·L_reference in ViGOS, nats. */
  readonly total: number;
  readonly teachers: PerTeacher<TeacherLoss>;
  /** Tokens with a teacher, in the whole batch. */
  readonly activeTokens: number;
  /** Active tokens whose loss is NaN, as `[row, token]`; `total` is then NaN, unless their λ is 0. */
  readonly nanTokens: readonly (readonly [row: number, token: number])[];
}

/**
 * "Mean over the active tokens of the whole batch", for each teacher on its own: L_perception is the sum
 * over all perception tokens of all rollouts, divided by their number. So a long rollout counts by its
 * tokens (it is not a mean of means), padding does not count, a clipped token does (its constant loss is
 * in the sum), a rare teacher's loss is not thinned by the others' tokens, and a teacher without tokens
 * adds 0.
 * @throws PlaygroundError `method.loss-lengths`.
 */
export function batchLoss(rows: readonly LossRow[]): BatchLoss {
  const nanTokens: [number, number][] = [];
  const scales = lossScales(rows.map(({ plan }) => plan));
  const counts = activeTokens(rows.map(({ plan }) => plan));
  const weighted = zeros();
  const sums = zeros();
  rows.forEach(({ plan, losses }, row) => {
    assertLength(plan, losses, row);
    plan.tokens.forEach(({ teacher }, token) => {
      if (teacher === null) return;
      const loss = losses[token];
      if (Number.isNaN(loss)) nanTokens.push([row, token]);
      sums[teacher] += loss;
      if (scales[row][token] > 0) weighted[teacher] += scales[row][token] * loss;
    });
  });
  const share = (name: TeacherName): TeacherLoss => ({
    tokens: counts[name],
    mean: counts[name] === 0 ? 0 : sums[name] / counts[name],
    weighted: weighted[name],
  });
  const teachers = perTeacher(share);
  return {
    total: TEACHER_NAMES.reduce((total, name) => total + teachers[name].weighted, 0),
    teachers,
    activeTokens: TEACHER_NAMES.reduce((total, name) => total + counts[name], 0),
    nanTokens,
  };
}

/**
 * ∂L/∂(token loss) for every token of a batch, `[rows][tokens]`: λ of its teacher over that teacher's
 * active tokens in the whole batch, 0 without a teacher. A batch that is computed in pieces (gradient
 * accumulation) takes its scales from all plans at once.
 */
export function lossScales(plans: readonly SupervisionPlan[]): Float64Array[] {
  const counts = activeTokens(plans);
  return plans.map(({ tokens }) =>
    Float64Array.from(tokens, ({ teacher, weight }) =>
      teacher === null ? 0 : weight / counts[teacher],
    ),
  );
}

/** Number of tokens each teacher supervises in the whole batch. */
export function activeTokens(plans: readonly SupervisionPlan[]): PerTeacher<number> {
  const counts = zeros();
  for (const { tokens } of plans) {
    for (const { teacher } of tokens) if (teacher !== null) counts[teacher]++;
  }
  return counts;
}

const zeros = (): Record<TeacherName, number> => ({ ...perTeacher(() => 0) });

function assertLength(plan: SupervisionPlan, losses: ArrayLike<number>, row: number): void {
  if (losses.length === plan.tokens.length) return;
  throw new PlaygroundError({
    code: 'method.loss-lengths',
    message: `Row ${row} has ${plan.tokens.length} planned tokens but ${losses.length} losses.`,
    fix: 'Give one loss for each completion token, without the prompt.',
    where: `row ${row}`,
    detail: { tokens: plan.tokens.length, losses: losses.length },
  });
}
