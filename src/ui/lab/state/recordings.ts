/** Rollouts of the built-in model that open before it has loaded; `npm run record` makes their files. */

import { sameMethod } from '../../../contract/settings/nearest-method.ts';
import type { Trace } from '../../../contract/trace/trace.ts';
import { OPSD, VIGOS_PAPER } from '../../../method/named-methods.ts';
import { dataAddress } from '../../shared/own-files.ts';
import { DEFAULT_SETTINGS, type LabSettings } from './settings.ts';

/** In the middle of the reasoning: no box, so the rollout is invalid and the reference teacher takes over. */
const CUT = 26;

export interface Recording {
  /** Its file is `recorded/ID.json`. */
  id: string;
  label: string;
  place: Pick<LabSettings, 'split' | 'index' | 'seed' | 'method'> &
    Partial<Pick<LabSettings, 'maxTokens' | 'teacherImage'>>;
  /** Whether its teachers look was measured too. */
  looks?: true;
  /** It is that one with its teachers shown another picture: not offered by itself. */
  swapOf?: string;
}

export const RECORDINGS: readonly Recording[] = [
  {
    id: 'pink-sun',
    label: 'A pink sun',
    place: { split: 'prior-test', index: 10, seed: 1, method: VIGOS_PAPER },
    looks: true,
  },
  {
    id: 'pink-sun-swapped',
    label: 'The same, its teachers shown another picture',
    place: {
      split: 'prior-test',
      index: 10,
      seed: 1,
      method: VIGOS_PAPER,
      teacherImage: 'swapped',
    },
    swapOf: 'pink-sun',
  },
  {
    id: 'pink-sun-opsd',
    label: 'The same under OPSD',
    place: { split: 'prior-test', index: 10, seed: 1, method: OPSD },
  },
  {
    id: 'purple-strawberry',
    label: 'A purple strawberry, cut off',
    place: { split: 'prior-test', index: 14, seed: 1, method: VIGOS_PAPER, maxTokens: CUT },
  },
];

/** The settings that would roll a recording out, drawn as the page is drawn now. */
export function recordedSettings(
  { settings }: { settings: LabSettings },
  { place }: Recording,
): LabSettings {
  const { token, level, measure, scale, backend, shuffle, compare, view } = settings;
  const drawn = { token, level, measure, scale, backend, shuffle, compare, view };
  return { ...DEFAULT_SETTINGS, ...drawn, ...place };
}

/** What a recording has changed of how rollouts are sampled goes with it when another scene is chosen. */
export function withoutRecording(settings: LabSettings): Partial<LabSettings> {
  const recording = recordingFor(settings);
  return recording?.place.maxTokens === undefined ? {} : { maxTokens: DEFAULT_SETTINGS.maxTokens };
}

/** The recording of what these settings would roll out, if there is one. */
export function recordingFor(settings: LabSettings): Recording | null {
  const same = (recording: Recording) => {
    const { method, ...recorded } = recordedSettings({ settings }, recording);
    const asked: Record<string, unknown> = { ...settings };
    return (
      sameMethod(method, settings.method) &&
      Object.entries(recorded).every(([key, value]) => asked[key] === value)
    );
  };
  return RECORDINGS.find(same) ?? null;
}

/** Its trace, from the page's own site; null where the file is missing or unreadable. */
export async function fetchRecording(id: string): Promise<Trace | null> {
  try {
    const response = await fetch(dataAddress(`recorded/${id}.json`));
    // Written by `npm run record` and held to the schema by a test.
    return response.ok ? ((await response.json()) as Trace) : null;
  } catch {
    return null;
  }
}
