/** What the page wants to know of a rollout's leakage, and whether the trace on the page says it. Pure. */

import type { ErrorRecord } from '../../../base/errors.ts';
import { sameMethod } from '../../../contract/settings/nearest-method.ts';
import { type BothMethods, bothMethods } from '../../../contract/trace/leakage.ts';
import type { Trace, TraceLeakage } from '../../../contract/trace/trace.ts';
import { type WrongAnswers, wrongAnswersOf } from '../../../method/wrong-answers.ts';
import { blankPicture, type Picture, WORLD_EDGE } from '../../../world/render.ts';
import { renderItem } from '../../../world/seeing.ts';
import { worldItem } from '../../../world/split.ts';
import type { EngineState } from '../../engine/state.ts';
import type { OwnPicture } from '../pictures/own-picture.ts';
import { answersAsText, answersIn } from './answer-list.ts';
import { otherMethodOf } from './method.ts';
import { whyNotScored, withoutConsequence } from './scoring-gate.ts';
import type { LabSettings } from './settings.ts';
import type { LabState, Shown } from './state.ts';
import { drawnBy, measureOf, pictureOf, type Subject } from './subject.ts';

export type LeakageSettings = Pick<
  LabSettings,
  'wrongAnswers' | 'wrongCount' | 'mismatched' | 'method' | 'other'
>;

/** Proposed in this order: a person's own, or the question's others. */
export const proposedAnswers = (
  { wrongAnswers }: Pick<LabSettings, 'wrongAnswers'>,
  { suggestions }: Pick<Subject, 'suggestions'>,
): readonly string[] => (wrongAnswers === null ? suggestions : answersIn(wrongAnswers));

/** Which of them teachers are shown. */
export const wrongAnswersNow = (
  settings: Pick<LabSettings, 'wrongAnswers' | 'wrongCount'>,
  subject: Subject,
  { reading }: Trace['method'],
): WrongAnswers =>
  wrongAnswersOf(proposedAnswers(settings, subject), subject.answer, settings.wrongCount, {
    measure: measureOf(subject),
    reading,
  });

/** The picture in the picture's place; null where there is none yet. */
export function mismatchedPicture(
  subject: Subject,
  { mismatched }: Pick<LabSettings, 'mismatched'>,
  own: OwnPicture | null,
): Picture | null {
  if (mismatched === 'own') return own;
  if (mismatched === 'blank') {
    const picture = pictureOf(subject, WORLD_EDGE);
    return picture === null ? null : blankPicture(picture);
  }
  const { place } = subject;
  const other =
    place === null ? worldItem('test', 0) : worldItem(place.split, place.index + 1, drawnBy(place));
  return renderItem(other, WORLD_EDGE);
}

export const methodsNow = (
  { trace }: Pick<Shown, 'trace'>,
  settings: LeakageSettings,
): BothMethods => bothMethods(trace.method, otherMethodOf({ ...settings, method: trace.method }));

/** Whether what the trace says is what the page asks: ε alone changes no measurement. */
export function isAnswered(
  state: Pick<LabState, 'settings' | 'mismatched'>,
  shown: Shown,
): boolean {
  const { leakage } = shown.trace;
  const { subject } = shown;
  if (leakage === undefined || subject === null) return leakage !== undefined;
  const { settings } = state;
  const methods = methodsNow(shown, settings);
  const { used } = wrongAnswersNow(settings, subject, methods.vigos);
  return (
    leakage.picture === settings.mismatched &&
    (leakage.picture !== 'own' || shown.mismatched === state.mismatched) &&
    leakage.wrongAnswers.length === used.length &&
    used.every((answer, i) => answer === leakage.wrongAnswers[i]) &&
    sameMethod(leakage.methods.vigos, methods.vigos) &&
    sameMethod(leakage.methods.opsd, methods.opsd)
  );
}

/** Why there is no PALR of the rollout on the page; null where there can be. */
export function whyNoLeakage(
  state: Pick<LabState, 'shown' | 'settings' | 'mismatched'>,
  engine: Pick<EngineState, 'phase' | 'model'>,
): ErrorRecord | null {
  const { shown, settings } = state;
  if (shown === null) return null;
  const { trace, subject } = shown;
  if (!trace.valid)
    return {
      code: 'leakage.invalid-rollout',
      message:
        `PALR is measured on valid rollouts, and this one is not. ${trace.reason?.message ?? ''}`.trim(),
      fix: 'Run again with another seed, or mend its form: level All has “Edit this rollout”.',
      where: 'rollout',
    };
  if (subject?.absent?.none)
    return {
      code: 'leakage.no-picture',
      message: 'The student was asked without a picture, so nothing can be said of what one adds.',
      fix: 'Choose a scene and run a rollout.',
      where: 'picture',
    };
  const gate = withoutConsequence(whyNotScored(state, engine));
  if (gate !== null) return gate;
  if (subject === null) return null;
  if (settings.mismatched === 'own' && state.mismatched === null)
    return {
      code: 'leakage.mismatched-absent',
      message: 'The other picture is to be one of your own, and none is here.',
      fix: 'Choose its file, or take the next scene’s.',
      where: 'other picture',
    };
  if (wrongAnswersNow(settings, subject, trace.method).used.length > 0) return null;
  return {
    code: 'leakage.no-wrong-answer',
    message:
      subject.suggestions.length === 0 && settings.wrongAnswers === null
        ? 'No wrong answers are known to a question of your own.'
        : 'None of the proposed answers is a wrong one: each is empty or equals the reference answer after normalisation.',
    fix: 'Type answers of the same kind that are wrong, separated by commas.',
    where: 'wrong answers',
  };
}

/** Settings under which a trace's own leakage is the page's. */
export function settingsOfLeakage({
  wrongAnswers,
  picture,
  epsilon,
}: TraceLeakage): Partial<LabSettings> {
  return {
    wrongAnswers: answersAsText(wrongAnswers),
    wrongCount: wrongAnswers.length,
    mismatched: picture,
    epsilon,
  };
}
