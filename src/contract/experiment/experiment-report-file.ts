/** A report as a file holds it, read from parsed JSON that anybody may have written. */

import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import { checked } from '../settings/checked.ts';
import { validateTrainSettings } from '../train/train-validate.ts';
import { readExperiment } from './experiment.ts';
import type { ExperimentReport } from './experiment-report.ts';
import { REPORT_FORMAT } from './experiment-report.ts';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(finite, v.integer(), v.minValue(0));
const seeds = v.array(count);

const replicated = {
  value: finite,
  interval: v.nullable(v.object({ low: finite, high: finite })),
  seeds,
  values: v.array(finite),
};

const place = { model: v.string(), condition: v.string() };
const verdict = v.picklist(['seen', 'not-seen', 'reversed', 'unknown']);
const difference = v.nullable(v.object(replicated));

const report = v.object({
  format: v.literal(REPORT_FORMAT),
  experiment: v.unknown(),
  weights: v.record(v.string(), v.string()),
  figures: v.array(
    v.object({
      id: v.string(),
      label: v.string(),
      unit: v.picklist(['share', 'tokens']),
      sentence: v.string(),
    }),
  ),
  cells: v.array(
    v.object({
      ...place,
      recipe: v.string(),
      planned: seeds,
      seeds,
      failed: v.array(v.object({ seed: count, code: v.string(), message: v.string() })),
      figures: v.array(v.object({ id: v.string(), ...replicated })),
      curves: v.record(
        v.string(),
        v.pipe(
          v.array(v.object({ step: count, values: v.array(v.nullable(finite)) })),
          v.minLength(1),
        ),
      ),
      training: v.nullable(v.unknown()),
      tokens: v.optional(v.object(replicated)),
      late: v.optional(
        v.object({
          meanReward: v.optional(v.object(replicated)),
          klToBase: v.optional(v.object(replicated)),
        }),
      ),
    }),
  ),
  claims: v.array(
    v.object({
      id: v.string(),
      found: v.array(
        v.object({
          ...place,
          difference,
          verdict,
          planned: count,
          equalTokens: v.optional(
            v.object({ tokens: finite, difference: v.object(replicated), verdict }),
          ),
        }),
      ),
    }),
  ),
  map: v.array(
    v.object({
      ...place,
      pair: count,
      difference,
      gain: v.picklist(['second', 'first', 'equal', 'unknown']),
      planned: count,
    }),
  ),
  tuning: v.array(
    v.object({
      recipe: v.string(),
      chosen: v.nullable(count),
      values: v.array(v.nullable(finite)),
    }),
  ),
});

/**
 * A report from parsed JSON.
 * @throws PlaygroundError `experiment.bad-report` naming the field, and what reading an experiment and settings throws.
 */
export function readExperimentReport(json: unknown, where: string): ExperimentReport {
  const { experiment, cells, ...rest } = checked(
    report,
    json,
    (reason, field) =>
      new PlaygroundError({
        code: 'experiment.bad-report',
        message: `${where} is no report of an experiment: ${reason}.`,
        fix: 'Choose the folder that npm run experiment wrote, or report.json in it.',
        where: field === '' ? where : `${where}: ${field}`,
      }),
  );
  return {
    ...rest,
    experiment: readExperiment(experiment),
    cells: cells.map(({ training, ...cell }) => ({
      ...cell,
      training: training === null ? null : validateTrainSettings(training),
    })),
  };
}
