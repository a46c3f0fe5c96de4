/** What a trace says about its picture, both ways: into the file at export, back onto the page when it is opened. Pure. */

import type { Trace, TracePicture } from '../../../contract/trace/trace.ts';
import { settingsOfLeakage } from './leakage.ts';
import { looksHold } from './looks.ts';
import { withMethod } from './method.ts';
import type { Perturbation } from './perturbation.ts';
import type { LabSettings } from './settings.ts';
import type { Shown } from './state.ts';
import { askedQuestion, currentItem, drawnBy } from './subject.ts';

/** The trace as it leaves the page. A scene says its place; an own picture is in it only if `png` is. */
export function traceToSave(shown: Shown, png: TracePicture | null): Trace {
  const { trace, subject, seen } = shown;
  if (subject === null) return trace;
  const { picture: _, instead: __, looks: ___, ...rest } = trace;
  const { place } = subject;
  const picture =
    place === null
      ? png
      : ({ kind: 'scene', split: place.split, index: place.index, ...drawnBy(place) } as const);
  return {
    ...rest,
    ...(picture === null ? {} : { picture }),
    ...(shown.looks !== null && looksHold(shown) ? { looks: shown.looks } : {}),
    ...(seen.teacherImage === 'same'
      ? {}
      : { instead: { picture: seen.teacherImage, of: seen.imageOf } }),
  };
}

/** What teachers saw in the picture's place while the trace was made. */
export const seenIn = ({ instead }: Trace): Perturbation =>
  instead === undefined
    ? { teacherImage: 'same', imageOf: 'all' }
    : { teacherImage: instead.picture, imageOf: instead.of };

/** Settings under which the page is about what a trace is about, as far as there are settings for it. */
export function settingsOfTrace(trace: Trace, settings: LabSettings): Partial<LabSettings> {
  const { method, picture } = trace;
  const switches = {
    ...withMethod(settings, method),
    ...seenIn(trace),
    ...(trace.leakage === undefined ? {} : settingsOfLeakage(trace.leakage)),
  };
  const { question, answer } = trace.input;
  const sampled = samplingIn(trace);
  if (picture?.kind !== 'scene') return { ...switches, ...sampled, question, answer };
  const { split, index, usualShare = null, difficulty = 'mixed', seeing = null } = picture;
  const item = currentItem({ split, index, usualShare, difficulty, seeing });
  const fact = [settings.fact, !settings.fact].find((one) => askedQuestion(item, one) === question);
  return {
    ...switches,
    ...sampled,
    split,
    index,
    usualShare,
    difficulty,
    seeing,
    fact: fact ?? settings.fact,
    question: fact === undefined ? question : null,
    answer: answer === item.answer ? null : answer,
  };
}

/** How a trace was sampled; nothing of one that was typed. */
function samplingIn({ sampling }: Trace): Partial<LabSettings> {
  if (sampling === null) return {};
  const { temperature, topP, topK, seed, maxNewTokens: maxTokens, count } = sampling;
  return { temperature, topP, topK, seed, maxTokens, count };
}
