/** Who answers an evaluation, as its record says it. */

import type { EvaluatedModel } from '../../contract/evaluation-records.ts';
import type { ModelAssets } from '../../model/assets.ts';
import { modelFingerprint } from '../../training/fingerprint.ts';
import type { LabStudent } from '../training/lab-student.ts';

export async function evaluatedModel(
  assets: ModelAssets,
  student: LabStudent | null,
): Promise<EvaluatedModel> {
  const { name, parameters, checkpoint } = assets;
  const status = student?.status ?? null;
  return {
    name,
    parameters,
    fingerprint: checkpoint === null ? null : await modelFingerprint(checkpoint),
    student: status && {
      label: status.label,
      fingerprint: status.fingerprint,
      runId: status.runId,
      step: status.step,
    },
  };
}

/** What tells one model from another, whoever its student is. */
export const baseOf = ({ name, fingerprint }: EvaluatedModel): string => fingerprint ?? name;
