/** Saves a trace as a file. */

import type { Trace } from '../../../engine/trace.ts';
import { saveJson } from '../../shared/save-json.ts';

/** Starts the download and returns the file's name. */
export function saveTrace(trace: Trace): string {
  const name = `vigos-trace-${trace.method.name}-seed-${trace.seed ?? 'typed'}.json`;
  saveJson(name, trace);
  return name;
}
