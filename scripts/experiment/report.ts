/** Writes what an experiment's runs add up to: report.json, report.md, and its figures as SVG. */
import type { Experiment } from '../../src/contract/experiment/experiment.ts';
import {
  type Chosen,
  keyOfRun,
  type PlannedRun,
} from '../../src/contract/experiment/experiment-plan.ts';
import {
  buildReport,
  type ExperimentReport,
} from '../../src/contract/experiment/experiment-report.ts';
import type { TryFound } from '../../src/contract/experiment/experiment-tuning.ts';
import { type DrawingColors, svgText } from '../../src/ui/charts/drawing.ts';
import { reportMarkdown, reportPictures } from '../../src/ui/experiments/markdown.ts';
import type { ResultsFolder } from './folder.ts';
import type { Models } from './runner.ts';

const WIDTH = 720;

/** The page's own colours in its light theme: a file has no theme. */
const COLORS: DrawingColors = {
  ink: '#201e1a',
  soft: '#5b574d',
  line: '#dcd8cb',
  paper: '#ffffff',
  results: ['#201e1a', '#00796b', '#8a5a00', '#3f51b5', '#ad1457', '#546e7a'],
};

export interface Reported {
  readonly experiment: Experiment;
  readonly chosen: Chosen;
  readonly tries: readonly TryFound[];
  /** Every run of the grid. */
  readonly runs: readonly PlannedRun[];
}

/** Reads the runs that are there, and writes the report of them. */
export async function writeReport(
  { experiment, chosen, tries, runs }: Reported,
  models: Models,
  folder: ResultsFolder,
): Promise<ExperimentReport> {
  const keys = new Map<string, string>();
  for (const run of runs)
    keys.set(placeOf(run), await keyOfRun(run, models.of(run.place.model).identity.fingerprint));
  const report = buildReport({
    experiment,
    chosen,
    tries,
    weights: Object.fromEntries(
      experiment.models.map(({ id }) => [id, models.of(id).identity.fingerprint]),
    ),
    stateOf: (run) => {
      const key = keys.get(placeOf(run)) ?? '';
      return { run, found: folder.run(key), failed: folder.failed(key) };
    },
  });
  folder.write('report.json', `${JSON.stringify(report)}\n`);
  folder.write('report.md', reportMarkdown(report));
  for (const { id, draw } of reportPictures(report))
    folder.write(`figures/${id}.svg`, `${svgText(draw(WIDTH, COLORS))}\n`);
  return report;
}

const placeOf = ({ place }: PlannedRun): string => JSON.stringify(place);
