/** A run that comes with the page, for whoever has none yet: what a run looks like, before the model is there. */

import type { RunCurves } from '../../../contract/train/runs.ts';
import type { TrainSettings } from '../../../contract/train/train-settings.ts';
import { dataAddress } from '../../shared/own-files.ts';

export interface RecordedRun {
  readonly name: string;
  readonly model: string;
  /** Steps done. */
  readonly step: number;
  /** What a person types to have it again. */
  readonly command: string;
  readonly settings: TrainSettings;
  readonly curves: RunCurves;
}

/** From the page's own site, as `npm run record` writes it and a test holds it to the contract; null where it does not come. */
export async function fetchRecordedRun(): Promise<RecordedRun | null> {
  try {
    const response = await fetch(dataAddress('recorded/train-run.json'));
    return response.ok ? ((await response.json()) as RecordedRun) : null;
  } catch {
    return null;
  }
}

/** The recorded run where it is shown: nothing of a person's own is there, and what is kept is known. */
export const recordedShown = ({
  run,
  stored,
  recorded,
}: {
  readonly run: object | null;
  readonly stored: readonly object[] | null;
  readonly recorded: RecordedRun | null;
}): RecordedRun | null => (run === null && stored?.length === 0 ? recorded : null);
