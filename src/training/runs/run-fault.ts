/** Whether record, log and checkpoint of a run that comes from a file are of one run. Pure. */

import type { RunLog, RunRecord } from '../../contract/train/run-log.ts';
import type { Checkpoint } from '../../contract/train/train-records.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import type { RunContent } from './run-store.ts';

/** In words what does not go together; null for a run of one piece. */
export function runFault({ record, log, checkpoint }: RunContent): string | null {
  const { steps } = record.settings;
  if (record.step > steps) return `it is at step ${record.step} of ${steps}`;
  return logFault(log, steps) ?? (checkpoint === null ? null : stateFault(checkpoint, record, log));
}

function logFault({ metrics, evaluations, followed }: RunLog, steps: number): string | null {
  const late = [...metrics, ...evaluations, ...(followed?.steps ?? [])].find(
    ({ step }) => step > steps,
  );
  if (late !== undefined) return `its log has figures of step ${late.step} of ${steps}`;
  if (followed === null) return null;
  const { ids, texts, teachers } = followed.rollout;
  const same = [texts, teachers, ...followed.steps.map(({ divergence }) => divergence)];
  return same.every(({ length }) => length === ids.length)
    ? null
    : 'its followed rollout has not one figure for each token';
}

function stateFault(state: Checkpoint, record: RunRecord, log: RunLog): string | null {
  const { runId, model, step, settings } = state;
  if (runId !== record.id) return 'its checkpoint belongs to another run';
  if (model.fingerprint !== record.model.fingerprint || model.name !== record.model.name)
    return 'its checkpoint belongs to another model than its record';
  if (step > record.step)
    return `its checkpoint is of step ${step}, after its last, ${record.step}`;
  if (asTrained(settings) !== asTrained(record.settings))
    return 'its checkpoint was trained with other settings';
  const before = new Map(state.metrics.map((metrics) => [metrics.step, JSON.stringify(metrics)]));
  const other = log.metrics.find((metrics) => {
    const known = before.get(metrics.step);
    return known !== undefined && known !== JSON.stringify(metrics);
  });
  return other === undefined
    ? null
    : `its log and its checkpoint have other figures for step ${other.step}`;
}

/** A run may go on with another learning rate than its last checkpoint was made with. */
const asTrained = ({ optimizer, ...rest }: TrainSettings): string =>
  JSON.stringify({ ...rest, optimizer: { ...optimizer, learningRate: null } });
