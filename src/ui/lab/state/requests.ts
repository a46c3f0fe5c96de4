/** What the session asks of the engine, and the errors it finds before it asks or when nobody answers. */

import { type ErrorRecord, PlaygroundError } from '../../../base/errors.ts';
import type { ModelStatus, RolloutInput, SamplingConfig } from '../../../contract/engine.ts';
import type { Trace } from '../../../contract/trace/trace.ts';
import { WORLD_EDGE } from '../../../world/render.ts';
import type { LabSettings } from './settings.ts';
import type { ErrorPlace, Shown } from './state.ts';
import { type AbsentPicture, measureOf, pictureOf, type Subject } from './subject.ts';

export const missing = (what: 'question' | 'answer'): ErrorRecord =>
  what === 'question'
    ? {
        code: 'lab.question-empty',
        message: 'There is no question.',
        fix: 'Type a question about the picture, then run again.',
        where: 'question',
      }
    : {
        code: 'lab.answer-empty',
        message: 'There is no reference answer, and three of the teachers need one.',
        fix: 'Type the right answer, or a wrong one to see who follows it.',
        where: 'reference answer',
      };

/** The first thing that a subject lacks before a model can be asked about it, and where that is said; null for none. */
export function lackOf({
  absent,
  ...about
}: Subject): { place: ErrorPlace; error: ErrorRecord } | null {
  if (absent !== null && !absent.none) return { place: 'picture', error: pictureAbsent(absent) };
  const place = (['question', 'answer'] as const).find((what) => about[what].trim() === '');
  return place === undefined ? null : { place, error: missing(place) };
}

/** The page is about a picture that it does not have. */
const pictureAbsent = ({ file }: AbsentPicture): ErrorRecord => ({
  code: 'lab.picture-absent',
  message:
    file === null
      ? 'This address is of a picture of somebody’s own, which no address holds.'
      : `The picture of “${file}” is not in the file.`,
  fix: 'Attach the picture, or choose a scene.',
  where: 'picture',
});

export function samplingOf(settings: LabSettings): SamplingConfig {
  const { temperature, topP, topK, seed, maxTokens, count } = settings;
  return { temperature, topP, topK, seed, maxNewTokens: maxTokens, count };
}

export function inputOf(subject: Subject): RolloutInput {
  const { question, answer, wording } = subject;
  const measure = measureOf(subject);
  const image = pictureOf(subject, WORLD_EDGE);
  const asked = { question, answer, measure, wording };
  if (image === null) return { image, ...asked };
  const { width, height, data } = image;
  return { image: { width, height, data }, ...asked };
}

/** There is no worker to ask, since the last one did not start. */
export const NO_ENGINE: ErrorRecord = {
  code: 'engine.stopped',
  message: 'The engine, which reads traces too, is stopped.',
  fix: 'Start it again, then open the file once more.',
  where: 'engine worker',
};

/** Ids mean nothing to another model than theirs; null where an opened trace is of the loaded one. */
export function otherModel(
  { file, claim, trace }: Shown,
  loaded: ModelStatus | null,
): ErrorRecord | null {
  if (file === null || loaded === null) return null;
  const { parameters, vocabSize } = trace.model;
  const sizes = parameters === loaded.parameters && vocabSize === loaded.vocabSize;
  return sizes && claim?.tokensKnown !== false ? null : foreignTokens(file, trace, loaded.name);
}

/** The same once its ids were scored here: the model's texts of them tell, if nothing else did. */
export function otherTokens({ file, trace }: Shown, scored: Trace): ErrorRecord | null {
  const same = scored.tokens.every(({ text }, i) => text === trace.tokens[i]?.text);
  return file === null || same ? null : foreignTokens(file, trace, scored.model.name);
}

function foreignTokens(file: string, { model }: Trace, loaded: string): ErrorRecord {
  const { name, parameters, vocabSize } = model;
  return new PlaygroundError({
    code: 'lab.other-model',
    message: `This trace is of ${name}, and the model here is ${loaded}: it cannot score the other’s tokens.`,
    fix: `Open the folder of ${name} (behind the backend’s name, top right), or run a rollout of this model.`,
    where: file,
    detail: { trace: { name, parameters, vocabSize } },
  }).record;
}

/** Another student is asked for while the engine starts. */
export function notReady(): ErrorRecord {
  return {
    code: 'lab.engine-starting',
    message: 'The engine is not ready, so the student stays who it was.',
    fix: 'Wait until it has started, then open the student again.',
    where: 'engine',
  };
}
