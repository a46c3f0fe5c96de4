/** Fetches what chapters speak of from the page's own site. */

import { PlaygroundError } from '../../../base/errors.ts';
import { readExperimentReport } from '../../../contract/experiment/experiment-report-file.ts';
import type { Trace, TraceLeakage } from '../../../contract/trace/trace.ts';
import type { TeacherName } from '../../../method/types.ts';
import { dataAddress } from '../../shared/own-files.ts';
import type { AllFacts, FactName } from './facts.ts';
import type { Pair } from './pairs.ts';

/** As `npm run record` writes them: rows of float32 as Base64. */
export interface PairsFile {
  readonly pairs: readonly {
    readonly id: string;
    readonly label: string;
    readonly token: number;
    readonly teacher: TeacherName;
    readonly shown: Pair['shown'];
    readonly student: string;
    readonly teacherLogits: string;
    readonly texts: Readonly<Record<number, string>>;
  }[];
}

/** Files of our own, which tests hold to what they are taken for. */
const trace = (id: string) => async () => (await json(`recorded/${id}.json`)) as Trace;

const FETCHED: { readonly [N in FactName]: () => Promise<AllFacts[N]> } = {
  sun: trace('pink-sun'),
  sunOpsd: trace('pink-sun-opsd'),
  sunSwapped: trace('pink-sun-swapped'),
  cut: trace('purple-strawberry'),
  leak: async () =>
    (await json('recorded/leaky-leakage.json')) as Trace & { leakage: TraceLeakage },
  pairs: async () => pairsIn((await json('recorded/pink-sun-pairs.json')) as PairsFile),
  report: async () => {
    const where = 'experiments/does-seeing-first-help/report.json';
    return readExperimentReport(await json(where), where);
  },
};

/** Throws `chapters.not-fetched`. */
export const fetchFact = <N extends FactName>(name: N): Promise<AllFacts[N]> => FETCHED[name]();

/** Base64 of little-endian float32, as every browser's memory has it. */
export const pairsIn = ({ pairs }: PairsFile): Pair[] =>
  pairs.map((pair) => ({
    ...pair,
    student: floats(pair.student),
    teacherLogits: floats(pair.teacherLogits),
  }));

const floats = (text: string): Float32Array =>
  new Float32Array(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)).buffer);

async function json(path: string): Promise<unknown> {
  const response = await fetch(dataAddress(path)).catch(() => null);
  if (response?.ok === true) return response.json();
  throw new PlaygroundError({
    code: 'chapters.not-fetched',
    message: 'What this chapter shows could not be fetched.',
    fix: 'Check the connection and try again.',
    where: path,
  });
}
