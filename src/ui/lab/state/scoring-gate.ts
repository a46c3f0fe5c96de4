/** Which settings score the rollout on the page again, and why they cannot where they cannot. Pure. */

import type { ErrorRecord } from '../../../base/errors.ts';
import { sameMethod } from '../../../contract/settings/nearest-method.ts';
import type { MethodConfig } from '../../../method/types.ts';
import type { EngineState } from '../../engine/state.ts';
import { recordingFor } from './recordings.ts';
import { otherModel } from './requests.ts';
import type { LabSettings } from './settings.ts';
import type { LabState } from './state.ts';

/** Settings that change who supervises a rollout, but not the rollout. */
export const SCORE_KEYS = [
  'method',
  'other',
  'teacherImage',
  'imageOf',
  'compare',
  'answer',
] as const satisfies (keyof LabSettings)[];

/** Of a change, what would score the rollout again. */
export const scoringPart = (
  settings: LabSettings,
  patch: Partial<LabSettings>,
): Partial<LabSettings> =>
  Object.fromEntries(
    SCORE_KEYS.filter((key) => key in patch && !same(key, patch, settings)).map((key) => [
      key,
      patch[key],
    ]),
  );

function same(key: (typeof SCORE_KEYS)[number], a: Partial<LabSettings>, b: LabSettings): boolean {
  if (key !== 'method' && key !== 'other') return a[key] === b[key];
  const [own, other]: (MethodConfig | null | undefined)[] = [a[key], b[key]];
  return own && other ? sameMethod(own, other) : own === other;
}

const STAYS = 'so what it is scored by stays as it is';

/** Why the rollout on the page cannot be scored again; null where it can, or where there is none. */
export function whyNotScored(
  { shown }: Pick<LabState, 'shown'>,
  engine: Pick<EngineState, 'phase' | 'model'>,
): ErrorRecord | null {
  if (shown === null) return null;
  if (shown.subject === null)
    return {
      code: 'lab.trace-without-picture',
      message: `The picture of “${shown.file}” is not here, ${STAYS}.`,
      fix: 'Attach its picture, or choose a scene and run a rollout.',
      where: shown.file ?? 'trace',
    };
  if (engine.phase !== 'ready')
    return {
      code: 'lab.no-model',
      message: `No model is loaded that could score this rollout again, ${STAYS}.`,
      fix:
        engine.phase === 'loading'
          ? 'Wait until the model is ready, then change it.'
          : 'Start the engine again, then change it.',
      where: 'engine',
    };
  const foreign = otherModel(shown, engine.model);
  return foreign === null
    ? null
    : { ...foreign, message: `${foreign.message.replace(/\.$/, '')}, ${STAYS}.` };
}

/** The same where nothing was to be changed. */
export const withoutConsequence = (why: ErrorRecord | null): ErrorRecord | null =>
  why === null ? null : { ...why, message: why.message.replace(`, ${STAYS}`, '') };

/** Why a change of these settings is not made; null where it may be. */
export function whyNotChanged(
  state: LabState,
  engine: Pick<EngineState, 'phase' | 'model'>,
  patch: Partial<LabSettings>,
): ErrorRecord | null {
  const asked = scoringPart(state.settings, patch);
  const keys = Object.keys(asked);
  // What was shown beside it can always be put away.
  if (keys.length === 0 || (keys.length === 1 && patch.compare === false)) return null;
  const { shown } = state;
  const next = { ...state.settings, ...asked };
  if (shown?.recorded && engine.phase !== 'ready' && recordingFor(next) !== null) return null;
  if (shown?.subject?.absent?.none && ('teacherImage' in asked || 'imageOf' in asked))
    return {
      code: 'lab.no-picture-to-change',
      message: 'The student was asked without a picture, so no teacher can be shown another one.',
      fix: 'Choose a scene and run a rollout.',
      where: 'picture',
    };
  return whyNotScored(state, engine);
}

/** The others of a change. */
export function withoutKeys<T extends object>(from: T, keys: Partial<T>): Partial<T> {
  return Object.fromEntries(Object.entries(from).filter(([key]) => !(key in keys))) as Partial<T>;
}
