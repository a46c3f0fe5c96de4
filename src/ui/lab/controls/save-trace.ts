/** Saves the rollout on the page as a trace, with an own picture in it where that is wanted. */

import { sealed } from '../../../base/seal.ts';
import { saveJson } from '../../shared/save-json.ts';
import { pngOf } from '../pictures/png.ts';
import type { Shown } from '../state/state.ts';
import { traceToSave } from '../state/trace-subject.ts';

/** Starts the download and says what was saved. */
export async function saveTrace(shown: Shown, withPicture: boolean): Promise<string> {
  const own = shown.subject?.own ?? null;
  const png = own === null || !withPicture ? null : await pngOf(own);
  const trace = traceToSave(shown, png);
  const name = `vigos-trace-${trace.method.name}-seed-${trace.seed ?? 'typed'}.json`;
  // What came without a checksum was not written by this page, and gets none from it.
  const { claim } = shown;
  const data = claim === null || claim.sealed ? await sealed(trace) : trace;
  const bytes = saveJson(name, data);
  const left =
    own === null || png !== null ? '' : `, without your picture${TOO_LARGE[`${withPicture}`]}`;
  return `Saved as ${name}, ${(bytes / 1e6).toFixed(1)} MB${left}.`;
}

const TOO_LARGE = { true: ', which is too large for it', false: '' } as const;
