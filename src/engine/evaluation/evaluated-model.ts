/** Who answers an evaluation, as its record says it. */

import type { EvaluatedModel } from '../../contract/evaluation/evaluation-records.ts';
import type { RoundedPrecision } from '../../contract/models/model.ts';
import type { ModelAssets } from '../../model/assets.ts';
import type { ModelGraphs } from '../../model/runtime/model-graphs.ts';
import { modelFingerprint } from '../../training/fingerprint.ts';
import type { LabStudent } from '../training/lab-student.ts';

export async function evaluatedModel(
  assets: ModelAssets,
  student: LabStudent | null,
): Promise<EvaluatedModel> {
  const { name, parameters, stateDict, graphs } = assets;
  const precision = roundedTo(graphs);
  const status = student?.status ?? null;
  return {
    name,
    parameters,
    fingerprint: stateDict === null ? null : await modelFingerprint(stateDict),
    ...(precision === undefined ? {} : { precision }),
    student: status && {
      label: status.label,
      fingerprint: status.fingerprint,
      runId: status.runId,
      step: status.step,
    },
  };
}

function roundedTo({ keeping, foreign }: ModelGraphs): RoundedPrecision | undefined {
  const precision = foreign?.precision ?? keeping?.precision ?? 'fp32';
  return precision === 'fp32' ? undefined : precision;
}

/** What tells one model from another, whoever its student is. */
export const baseOf = ({ name, fingerprint, precision }: EvaluatedModel): string =>
  [fingerprint ?? name, ...(precision === undefined ? [] : [precision])].join(' in ');
