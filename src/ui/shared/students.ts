/** Who can be asked beside the loaded model: steps of kept runs, adapters from files and from trainers elsewhere. Pure. */

import type { EvaluatedModel } from '../../contract/evaluation/evaluation-records.ts';
import type { RunList, StoredRun } from '../../contract/train/runs.ts';
import type { StudentOffer } from './offers.ts';

/** Who can be asked; a null choice is the loaded model itself. */
export interface Candidate {
  readonly key: string;
  readonly label: string;
  readonly choice: StudentOffer['choice'] | null;
}

export const BASE: Candidate = { key: 'base', label: 'The loaded model', choice: null };

/** Everybody who can be asked: the model, both kept steps of each run, and what came from files. */
export function candidatesOf({
  runs,
  fromFiles,
}: {
  readonly runs: readonly StoredRun[];
  readonly fromFiles: readonly Candidate[];
}): readonly Candidate[] {
  const steps = runs.flatMap(({ runId, name, step, earlier }) =>
    [step, earlier].flatMap((at): Candidate[] =>
      at === null || at === 0
        ? []
        : [
            {
              key: `${runId}:${at}`,
              label: `${name}, step ${at}`,
              choice: { kind: 'kept', runId, step: at },
            },
          ],
    ),
  );
  return [BASE, ...steps, ...fromFiles];
}

/** The adapters that came with logs of trainers elsewhere. */
export const outsideStudents = ({ outside }: Pick<RunList, 'outside'>): readonly Candidate[] =>
  outside.runs.flatMap(({ runId, name, adapter }) =>
    adapter === null
      ? []
      : [
          {
            key: `outside:${runId}`,
            label: outsideLabel(name),
            choice: { kind: 'outside', runId },
          },
        ],
  );

/** As its adapter names itself, too. */
export const outsideLabel = (name: string): string => `${name} (from outside)`;

/** How to ask the student of a result again; undefined where its file would have to be chosen once more. */
export function candidateOf(
  { model }: { readonly model: Pick<EvaluatedModel, 'student'> },
  fromFiles: readonly Candidate[],
): Candidate | undefined {
  const { student } = model;
  if (student === null) return BASE;
  const { label, runId, step } = student;
  const file = fromFiles.find((candidate) => candidate.label === label);
  if (file !== undefined || runId === null) return file;
  const choice = { kind: 'kept', runId, ...(step === null ? {} : { step }) } as const;
  return { key: `${runId}:${step}`, label, choice };
}
