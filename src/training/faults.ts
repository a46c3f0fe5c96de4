/** What stops a run or a step, in words; the run stands at its last good state. */

import { PlaygroundError } from '../base/errors.ts';
import type { OptimizerState, TensorMap } from '../contract/train/train-records.ts';
import type { PlannedRollout } from '../inference/reading.ts';
import type { SamplingHooks } from '../inference/sample.ts';
import type { NonFiniteLogit } from '../kernels/types.ts';
import type { TokenLogProbs } from '../method/grpo.ts';
import type { TeacherName } from '../method/types.ts';
import { globalNorm } from './optimizer.ts';

/** One token that the loss counts, and where its gradient lies. */
export interface LossToken {
  /** A rollout of the batch, or a reference text of supervised fine-tuning. */
  readonly kind: 'rollout' | 'reference text';
  /** Number in the batch, from 0. */
  readonly sequence: number;
  /** Position in the completion, from 0. */
  readonly position: number;
  readonly text: string;
  /** Null in supervised fine-tuning and in GRPO. */
  readonly teacher: TeacherName | null;
  /** Row of the gradient at the logits. */
  readonly row: number;
  /** Nats, before its weight. */
  readonly loss: number;
}

/** Throws `train.all-invalid` or `train.nothing-supervised` where no token of the batch has a weight. */
export function assertSupervised(
  planned: readonly PlannedRollout[],
  scales: readonly Float64Array[],
): void {
  if (scales.some((row) => row.some((scale) => scale > 0))) return;
  const invalid = planned.filter(({ parsed }) => !parsed.valid);
  if (invalid.length === planned.length)
    throw new PlaygroundError({
      code: 'train.all-invalid',
      message: `All ${planned.length} rollouts of this step are invalid, and no teacher supervises invalid ones.`,
      fix: 'Switch the reference teacher on, allow longer rollouts or lower the sampling temperature, and go on.',
      where: invalid[0]?.parsed.reason?.code ?? 'rollouts',
      detail: { reasons: invalid.map(({ parsed }) => parsed.reason?.message ?? '') },
    });
  throw new PlaygroundError({
    code: 'train.nothing-supervised',
    message:
      'No token of this step has a teacher with a weight above 0, so there is nothing to learn from.',
    fix: 'Switch a teacher on or give one a weight above 0, and go on.',
    where: 'teachers',
  });
}

/** `train.not-finite` for a row that nothing could be sampled from; `what` its sequences are. */
export function undrawn(what: string): SamplingHooks['undrawn'] {
  return ({ stream, step }, nonFinite) =>
    notFinite(
      `The student's logits for token ${step} of ${what} ${stream} are no numbers, so nothing can be sampled.`,
      `${what} ${stream}, token ${step}, student`,
      { sequence: stream, token: step, side: 'student', nonFinite },
    );
}

const BAD_LOGITS: Readonly<Record<NonFiniteLogit['value'], string>> = {
  nan: 'not a number',
  infinity: 'infinite',
  'all-masked': 'minus infinity everywhere',
};

/** `train.not-finite` for a token: whose logits are bad, or that its loss is. */
export function badToken(token: LossToken, nonFinite: NonFiniteLogit | null): PlaygroundError {
  const { teacher, loss } = token;
  const under = teacher === null ? '' : ` under the ${teacher} teacher`;
  const detail = { ...placeOf(token), loss, nonFinite, side: nonFinite?.side ?? 'loss' };
  const other = teacher === null ? 'frozen base' : `${teacher} teacher`;
  if (nonFinite?.side === 'teacher')
    return notFinite(
      `${nameOf(token)}: the ${other}'s logits are ${BAD_LOGITS[nonFinite.value]}.`,
      whereOf(token, other),
      detail,
      FROZEN,
    );
  const found =
    nonFinite === null
      ? `the loss${under} is ${loss}`
      : `the student's logits, compared${under}, are ${BAD_LOGITS[nonFinite.value]}`;
  return notFinite(`${nameOf(token)}: ${found}.`, whereOf(token, 'student'), detail);
}

/** `train.not-finite` for a token whose log-probabilities leave GRPO without a number. */
export function badRatio(token: LossToken, at: TokenLogProbs): PlaygroundError {
  const { policy, sampling, base } = at;
  const ratio = Math.exp(policy - sampling);
  const said = Number.isFinite(ratio)
    ? `its KL to the base is no number: log p is ${policy} under the student and ${base} under the base`
    : `the ratio of its probability to that when it was sampled is ${ratio}: log p is ${policy} now and was ${sampling}`;
  return notFinite(`${nameOf(token)}: ${said}.`, whereOf(token, 'student'), {
    ...placeOf(token),
    ...at,
    ratio,
  });
}

/** What a backward pass began with. */
export interface BackwardStart {
  /** ∂L/∂logits, [rows, vocab]. */
  readonly cotangent: Float32Array;
  readonly vocab: number;
  readonly tokens: () => readonly LossToken[];
}

/**
 * Throws `train.not-finite` naming the first tensor whose gradient is no number, and what is to blame:
 * the token whose gradient at the logits was none already, or else the backward pass itself.
 */
export function assertFinite(
  gradients: ReadonlyMap<string, Float32Array>,
  { cotangent, vocab, tokens }: BackwardStart,
): void {
  if (Number.isFinite(globalNorm(gradients))) return;
  const tensor =
    [...gradients].find(([, values]) => !values.every(Number.isFinite))?.[0] ?? 'all tensors';
  const said = `The gradient of ${tensor} is no number`;
  const listed = tokens();
  const bad = listed.find(
    ({ row }) => !cotangent.subarray(row * vocab, (row + 1) * vocab).every(Number.isFinite),
  );
  if (bad !== undefined) {
    const teacher = bad.teacher === null ? '' : `, under the ${bad.teacher} teacher,`;
    throw notFinite(
      `${said}: at the logits, that of ${inSentence(bad)}${teacher} was none already.`,
      whereOf(bad, 'gradient'),
      { tensor, ...placeOf(bad), loss: bad.loss },
    );
  }
  const [worst] = listed.toSorted((a, b) => b.loss - a.loss);
  const most =
    worst === undefined
      ? ''
      : ` The largest loss, ${worst.loss.toPrecision(3)} nats, is that of ${inSentence(worst)}${worst.teacher === null ? '' : ` under the ${worst.teacher} teacher`}.`;
  throw notFinite(
    `${said}, though every gradient at the logits was finite: the backward pass itself overflowed.${most}`,
    `${tensor}, backward pass`,
    { tensor, ...(worst === undefined ? {} : { ...placeOf(worst), loss: worst.loss }) },
  );
}

/** Throws `train.not-finite` naming the first tensor that an update would leave without a number. */
export function assertUpdated(tensors: TensorMap, { first, second }: OptimizerState): void {
  const parts: [string, TensorMap][] = [
    ['', tensors],
    [' (first moment)', first],
    [' (second moment)', second],
  ];
  for (const [part, values] of parts)
    for (const [name, { data }] of values)
      if (!data.every(Number.isFinite))
        throw notFinite(
          `The update would leave ${name}${part} without a number: its gradient is too long for 32 bits.`,
          `${name}${part}`,
          { tensor: name },
          `${STANDS} Start a new run that shortens the gradient to a largest norm, or with a lower learning rate.`,
        );
}

const GRADIENT_GPU_LOST = 'train.gradient-gpu-lost';

export function gradientGpuLost(original: string): PlaygroundError {
  return new PlaygroundError({
    code: GRADIENT_GPU_LOST,
    message: 'The GPU device that computes gradients went away.',
    fix: 'Go on: gradients are then computed with WebAssembly. Reload the page to have them on the GPU again.',
    where: 'WebGPU',
    detail: { original },
  });
}

/** Whether a step can be made again as it was, without the GPU. */
export function isGradientGpuLost(error: unknown): boolean {
  return error instanceof PlaygroundError && error.record.code === GRADIENT_GPU_LOST;
}

const STANDS = 'No weight moved: the run stands at its last good state.';
const CALMER = `${STANDS} Going on repeats this step, so go back to an earlier checkpoint with a lower learning rate, or start a new run with one.`;
const FROZEN = `${STANDS} The teachers are the frozen base, so the model or the backend is at fault: switch the backend or load the model again, then go on.`;

function notFinite(
  message: string,
  where: string,
  detail: Readonly<Record<string, unknown>>,
  fix = CALMER,
): PlaygroundError {
  return new PlaygroundError({ code: 'train.not-finite', message, fix, where, detail });
}

function nameOf(token: LossToken): string {
  const said = inSentence(token);
  return said.charAt(0).toUpperCase() + said.slice(1);
}

const inSentence = ({ kind, sequence, position, text }: LossToken) =>
  `token ${position} (${JSON.stringify(text)}) of ${kind} ${sequence}`;

const whereOf = ({ kind, sequence, position }: LossToken, side: string) =>
  `${kind} ${sequence}, token ${position}, ${side}`;

const placeOf = ({ sequence, position, text, teacher }: LossToken) => ({
  sequence,
  token: position,
  text,
  teacher,
});
