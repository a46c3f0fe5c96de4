/** A rollout's teachers as they are and as they would be: under wrong answers, with another picture. PALR and looks read these. */

import { PlaygroundError } from '../base/errors.ts';
import type { RgbaImage } from '../base/rgba-image.ts';
import type { Counterfactual, LeakageSubject } from '../contract/engine.ts';
import { type Reader, SIGHT } from '../method/sight.ts';
import {
  type MethodName,
  type ParsedRollout,
  type SupervisionPlan,
  TEACHER_NAMES,
} from '../method/types.ts';
import { checkRoom } from './checks.ts';
import type { Context } from './contexts.ts';
import { stretchOf } from './measure.ts';
import type { ModelInUse } from './model-in-use.ts';
import type { Wanted } from './read-rounds.ts';
import { readerOf } from './rollouts.ts';
import type { Stretch } from './rounds.ts';

/** One reading of a completion: who, shown what, which tokens. */
export interface Asked extends Stretch {
  readonly name: Reader;
  readonly shown: Counterfactual;
  readonly context: Context;
}

/** Every context that has to be read, and of which tokens: the student's first, then each teacher's. */
export function askedOf(
  { contexts, assets }: ModelInUse,
  { input, methods, mismatched }: Pick<LeakageSubject, 'input' | 'methods' | 'mismatched'>,
  parsed: ParsedRollout,
  plans: Readonly<Record<MethodName, SupervisionPlan>>,
  wrongAnswers: readonly string[],
): Asked[] {
  const student = contexts.student(input);
  checkRoom(student, parsed.segments.length, assets);
  const asked: Asked[] = [
    { name: 'student', shown: 'as it is', context: student, from: 0, to: parsed.segments.length },
  ];
  for (const name of TEACHER_NAMES) {
    const needing = Object.values(plans).filter((plan) => plan.teachersNeeded.includes(name));
    if (needing.length === 0) continue;
    const stretches = needing.map((plan) => stretchOf(plan, name));
    const from = Math.min(...stretches.map((stretch) => stretch.from));
    const to = Math.max(...stretches.map((stretch) => stretch.to));
    const shownTo = (shown: Counterfactual, instead: { image?: RgbaImage; answer?: string }) => {
      const context = contexts.teacher(name, input, { [name]: instead }, methods.vigos, parsed);
      if (shown === 'another picture') needOther(student, context);
      checkRoom(context, to - context.offset, assets);
      asked.push({ name, shown, context, from, to });
    };
    shownTo('as it is', {});
    if (SIGHT[name].answer)
      for (const [n, answer] of wrongAnswers.entries()) shownTo(n, { answer });
    shownTo('another picture', { image: mismatched });
  }
  return asked;
}

/** Counterfactual logits are read once and let go; those of the rollout itself may be there from its trace. */
export function wantedOf(
  inUse: ModelInUse,
  { name, shown, context, from, to }: Asked,
  ids: readonly number[],
): Wanted<Asked['name']> {
  const { key, ...reader } = readerOf(inUse, context, ids);
  return { name, from, to, reader: shown === 'as it is' ? { ...reader, key } : reader };
}

export function tokensWithin(asked: Stretch, from: number, to: number): number[] {
  const first = Math.max(from, asked.from);
  return Array.from({ length: Math.max(0, Math.min(to, asked.to) - first) }, (_, i) => first + i);
}

function needOther(student: Context, { name, picture }: Context): void {
  if (picture === null || picture.key !== student.picture?.key) return;
  throw new PlaygroundError({
    code: 'leakage.same-picture',
    message: 'The mismatched picture is the picture itself, so it would seem to add nothing.',
    fix: 'Take the next scene’s, a blank one, or another of your own.',
    where: `mismatched picture, ${name}`,
  });
}

/** What a picture adds can be said only where there is one. Throws `leakage.no-picture`. */
export function needPicture({ image }: LeakageSubject['input']): void {
  if (image === null)
    throw new PlaygroundError({
      code: 'leakage.no-picture',
      message: 'This rollout has no picture, so nothing can be said of what the picture adds.',
      fix: 'Ask about a picture.',
      where: 'picture',
    });
}
