/** Computes in this tab what a recording holds, by the same requests that the Lab makes. */

import { unwrap } from '../../../base/outcome.ts';
import type { EngineApi, RolloutInput } from '../../../contract/engine.ts';
import type { Trace, TracePicture } from '../../../contract/trace.ts';
import { perTeacher } from '../../../method/per-teacher.ts';
import { type Picture, WORLD_EDGE } from '../../../world/render.ts';
import { renderItem } from '../../../world/seeing.ts';
import { sceneElsewhere, type WorldItem, worldItem } from '../../../world/split.ts';

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

const rgba = ({ width, height, data }: Picture) => ({ width, height, data });

type Worker = Pick<EngineApi, 'score' | 'looks'>;

let jobs = 0;

/** The trace with this tab's own figures. Throws what the engine answers. */
export async function scoredHere(api: Worker, trace: Trace): Promise<Trace> {
  const image = pictureOf(trace);
  const other = otherPictureOf(trace);
  const { question, answer } = trace.input;
  const input: RolloutInput = {
    image: image && rgba(image),
    question,
    answer,
    measure: 'exact',
  };
  const completion = {
    kind: 'ids',
    ids: trace.tokens.map(({ id }) => id),
    sampling: trace.sampling,
  } as const;
  const instead = trace.instead?.of !== 'all' || other === null ? null : { image: rgba(other) };
  const { trace: scored } = unwrap(
    await api.score({
      jobId: `chapter-${++jobs}`,
      input,
      completion,
      method: trace.method,
      ...(instead === null
        ? {}
        : {
            overrides: perTeacher(() => instead),
          }),
    }),
  );
  const made = {
    ...scored,
    picture: trace.picture,
    ...(trace.instead && { instead: trace.instead }),
  };
  if (trace.looks === undefined || other === null) return made;
  const { methods, temperature, picture, wrongAnswer } = trace.looks;
  const looks = unwrap(
    await api.looks({
      jobId: `chapter-${++jobs}`,
      input,
      completion,
      methods,
      wrongAnswers: wrongAnswer === null ? [] : [wrongAnswer],
      mismatched: rgba(other),
      temperature,
    }),
  );
  return {
    ...made,
    looks: { methods, temperature, picture, wrongAnswer: looks.wrongAnswer, tokens: looks.tokens },
  };
}
