/** Saves a trace as a file. */

import type { Trace } from '../../../engine/trace.ts';

/** Starts the download and returns the file's name. */
export function saveTrace(trace: Trace): string {
  const name = `vigos-trace-${trace.method.name}-seed-${trace.seed ?? 'typed'}.json`;
  const url = URL.createObjectURL(
    new Blob([JSON.stringify(trace, null, 1)], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
  return name;
}
