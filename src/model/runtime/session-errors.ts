/** Why a session could not be made: the runtime's own words, read for a person. */

import { OUT_OF_MEMORY } from '../../base/out-of-memory.ts';

interface Cause {
  /** What the runtime says. */
  readonly words: RegExp;
  /** A sentence that follows the error's. */
  readonly message: (found: RegExpExecArray) => string;
  readonly fix: string;
}

const CAUSES: readonly Cause[] = [
  {
    // What is left of an allocation that failed unseen, and of memory that something else wrote into: it does not say which.
    words: /memory access out of bounds/i,
    message: () => 'The runtime’s memory is full or damaged.',
    fix: 'Reload the page and open it again; where it ends so again, take a smaller model, or files of a smaller precision such as q4.',
  },
  {
    words: OUT_OF_MEMORY,
    message: () => 'Its weights do not fit into the memory that a tab has (4 GB in WebAssembly).',
    fix: 'Take a smaller model, or files of a smaller precision such as q4.',
  },
  {
    words: /Could not find an implementation for ([\w.]+)/,
    message: ([, operator]) => `The runtime has no "${operator}" for this backend.`,
    fix: 'Switch the backend, or take the files of another precision.',
  },
  {
    words: /([\w.:]+)(?:\(-?\d+\))? is not a registered function\/op|No Op registered for ([\w.]+)/,
    message: ([, first, second]) => `The runtime does not know the operator "${first ?? second}".`,
    fix: 'Take an export made of standard and com.microsoft operators.',
  },
  {
    words: /external data|External data|Failed to load external/,
    message: () => 'The files of its weights do not belong to the graph.',
    fix: 'Take the graph and its .onnx_data files together, unchanged, from one download.',
  },
];

/** The cause that the runtime's words name; null where they name none that is known. */
export function causeOf(
  original: string,
): { readonly message: string; readonly fix: string } | null {
  for (const { words, message, fix } of CAUSES) {
    const found = words.exec(original);
    if (found !== null) return { message: message(found), fix };
  }
  return null;
}
