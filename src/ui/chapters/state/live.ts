/** Computes in this tab what a recording holds, by the same requests that the Lab makes. */

import { type ErrorRecord, PlaygroundError } from '../../../base/errors.ts';
import { unwrap } from '../../../base/outcome.ts';
import type { EngineApi, LooksRequest } from '../../../contract/engine.ts';
import type {
  Trace,
  TraceLeakage,
  TraceLooks,
  TracePicture,
} from '../../../contract/trace/trace.ts';
import { perTeacher } from '../../../method/per-teacher.ts';
import type { Reader } from '../../../method/sight.ts';
import { type Picture, WORLD_EDGE } from '../../../world/render.ts';
import { renderItem } from '../../../world/seeing.ts';
import { sceneElsewhere, type WorldItem, worldItem } from '../../../world/split.ts';
import type { Pair } from './pairs.ts';

type Scene = Extract<TracePicture, { kind: 'scene' }>;

/** The scene of a recording; recordings are of scenes alone. */
export function sceneOf({ picture }: Pick<Trace, 'picture'>): Scene | null {
  return picture?.kind === 'scene' ? picture : null;
}

export const itemOf = ({ split, index }: Scene): WorldItem => worldItem(split, index);

/** What the student saw. */
export function pictureOf(trace: Pick<Trace, 'picture'>, edge = WORLD_EDGE): Picture | null {
  const scene = sceneOf(trace);
  return scene === null ? null : renderItem(itemOf(scene), edge);
}

/** What is shown in its place. */
export function otherPictureOf(trace: Pick<Trace, 'picture'>, edge = WORLD_EDGE): Picture | null {
  const scene = sceneOf(trace);
  return scene === null ? null : renderItem(sceneElsewhere(scene.split, scene.index), edge);
}

/** What leakage was recorded with in its place. */
function nextPictureOf(trace: Pick<Trace, 'picture'>): Picture | null {
  const scene = sceneOf(trace);
  return scene === null ? null : renderItem(worldItem(scene.split, scene.index + 1), WORLD_EDGE);
}

const rgba = ({ width, height, data }: Picture) => ({ width, height, data });

type Worker = Pick<EngineApi, 'score' | 'looks' | 'leakage'>;

let jobs = 0;
const nextJob = () => `chapter-${++jobs}`;

/** The trace with this tab's own figures, looks and leakage where it has them. Throws what the engine answers. */
export async function scoredHere(api: Worker, trace: Trace): Promise<Trace> {
  const other = otherPictureOf(trace);
  const asked = askedOf(trace);
  const instead = trace.instead?.of !== 'all' || other === null ? null : { image: rgba(other) };
  const { trace: scored } = unwrap(
    await api.score({
      jobId: nextJob(),
      ...asked,
      method: trace.method,
      ...(instead === null ? {} : { overrides: perTeacher(() => instead) }),
    }),
  );
  return {
    ...scored,
    picture: trace.picture,
    ...(trace.instead && { instead: trace.instead }),
    ...(trace.looks && other && { looks: await looksHere(api, trace.looks, other, asked) }),
    ...(trace.leakage && { leakage: await leakageHere(api, trace, trace.leakage, asked) }),
  };
}

type Asked = Pick<LooksRequest, 'input' | 'completion'>;

/** The same tokens of the same scene. */
function askedOf(trace: Trace): Asked {
  const image = pictureOf(trace);
  const { question, answer } = trace.input;
  return {
    input: { image: image && rgba(image), question, answer, measure: 'exact' },
    completion: {
      kind: 'ids',
      ids: trace.tokens.map(({ id }) => id),
      sampling: trace.sampling,
    },
  };
}

async function looksHere(
  api: Worker,
  { methods, temperature, picture, wrongAnswer }: TraceLooks,
  other: Picture,
  asked: Asked,
): Promise<TraceLooks> {
  const { wrongAnswer: shown, tokens } = unwrap(
    await api.looks({
      jobId: nextJob(),
      ...asked,
      methods,
      wrongAnswers: wrongAnswer === null ? [] : [wrongAnswer],
      mismatched: rgba(other),
      temperature,
    }),
  );
  return { methods, temperature, picture, wrongAnswer: shown, tokens };
}

/** Throws `chapters.other-picture` where it was not recorded with the next scene's picture. */
async function leakageHere(
  api: Worker,
  trace: Pick<Trace, 'picture'>,
  { methods, wrongAnswers, picture, epsilon }: TraceLeakage,
  asked: Asked,
): Promise<TraceLeakage> {
  const next = nextPictureOf(trace);
  if (next === null || picture !== 'next') throw new PlaygroundError(OTHER_PICTURE);
  const { tokens } = unwrap(
    await api.leakage({
      jobId: nextJob(),
      ...asked,
      methods,
      wrongAnswers,
      k: wrongAnswers.length,
      mismatched: rgba(next),
    }),
  );
  return { methods, wrongAnswers, picture, epsilon, tokens };
}

const OTHER_PICTURE: ErrorRecord = {
  code: 'chapters.other-picture',
  message: 'This recording was made with a picture that is not here.',
  fix: 'Its recorded figures stay as they are.',
  where: 'leakage',
};

/**
 * Whole distributions of single tokens as this tab's model has them, from the logits that a measurement of leakage
 * reads. Throws what the engine answers, and `chapters.other-picture`.
 */
export async function pairsHere(
  api: Worker,
  trace: Trace,
  pairs: readonly Pair[],
): Promise<readonly Pair[]> {
  const { looks } = trace;
  const next = nextPictureOf(trace);
  if (looks?.wrongAnswer == null || next === null) throw new PlaygroundError(OTHER_PICTURE);
  const { logits = [] } = unwrap(
    await api.leakage({
      jobId: nextJob(),
      ...askedOf(trace),
      methods: looks.methods,
      wrongAnswers: [looks.wrongAnswer],
      k: 1,
      mismatched: rgba(next),
      logits: true,
    }),
  );
  const rowOf = (reader: Reader, shown: Pair['shown'], token: number): Float32Array => {
    const found = logits.find((one) => one.reader === reader && one.shown === shown);
    const row = found?.tokens.indexOf(token) ?? -1;
    if (found === undefined || row < 0) throw new PlaygroundError(NOT_READ);
    return found.data.slice(row * found.vocab, (row + 1) * found.vocab);
  };
  return pairs.map((pair) => ({
    ...pair,
    student: rowOf('student', 'as it is', pair.token),
    teacherLogits: rowOf(pair.teacher, pair.shown, pair.token),
  }));
}

const NOT_READ: ErrorRecord = {
  code: 'chapters.not-read',
  message: 'The engine did not give a distribution that this chapter shows.',
  fix: 'Its recorded figures stay as they are.',
  where: 'pairs',
};
