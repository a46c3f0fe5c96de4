/** Runs an experiment that a file describes, unattended, and reports what it found; `npm run -s experiment -- --help`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PlaygroundError } from '../src/base/errors.ts';
import { type Experiment, readExperiment } from '../src/contract/experiment/experiment.ts';
import {
  placeText,
  plannedRuns,
  plannedTries,
  tunedLike,
} from '../src/contract/experiment/experiment-plan.ts';
import { chosenOf, type TryFound } from '../src/contract/experiment/experiment-tuning.ts';
import { stateSentence } from '../src/contract/experiment/experiment-words.ts';
import {
  type ExperimentOptions,
  FLAGS,
  isAsked,
  readArguments,
  USAGE,
} from './experiment/arguments.ts';
import { secondsLeft, timeText } from './experiment/estimate.ts';
import { ResultsFolder } from './experiment/folder.ts';
import { planText, sayProgress, withTimes } from './experiment/progress.ts';
import { writeReport } from './experiment/report.ts';
import { type KeyedRun, Models, makeRuns } from './experiment/runner.ts';

/** Whether every run came to its end. */
async function experiment(options: ExperimentOptions): Promise<boolean> {
  const { only, jobs, json } = options;
  const grid = readGrid(options.grid);
  const folder = new ResultsFolder(options.out);
  // Whatever is wrong with any run of the file is said before the first one is made.
  const places = plannedRuns(grid, {}).filter(({ place }) => isAsked(only, placeText(place)));
  if (places.length === 0) throw nothingAsked(only);
  const models = new Models();
  for (const { id, model } of grid.models) await models.open(id, model);
  const tuned = new Set(places.map(({ place }) => tunedBy(grid, place.recipe)));
  const tries = await models.keyed(
    plannedTries(grid).filter(({ place }) => tuned.has(place.recipe)),
  );
  /** The runs with the values that are chosen by now. */
  const planned = () => {
    const chosen = chosenOf(grid, triesFound(tries, folder));
    const runs = plannedRuns(grid, chosen);
    return models.keyed(runs.filter(({ place }) => isAsked(only, placeText(place))));
  };
  if (options.list) {
    process.stdout.write(planText([...tries, ...(await planned())], folder, jobs));
    return true;
  }
  folder.write('experiment.json', `${JSON.stringify(grid, null, 2)}\n`);
  let failed = 0;
  const make = async (runs: readonly KeyedRun[], others: readonly KeyedRun[]) => {
    const isDue = ({ key }: KeyedRun) => folder.run(key) === null;
    const due = runs.filter(isDue);
    await makeRuns(due, models, {
      jobs,
      folder,
      tell(event) {
        sayProgress(event, json);
        if (event.type === 'failed') failed++;
        if (event.type !== 'ended' && event.type !== 'failed') return;
        const rest = [...due, ...others].filter(isDue);
        const left = secondsLeft(rest, withTimes([...runs, ...others], folder), jobs);
        process.stderr.write(`${rest.length} left, about ${timeText(left)}\n`);
      },
    });
  };
  if (!options.report) {
    await make(tries, await planned());
    await make(await planned(), []);
  }
  // Of everything that is there, asked for now or not.
  const found = triesFound(await models.keyed(plannedTries(grid)), folder);
  const chosen = chosenOf(grid, found);
  const runs = plannedRuns(grid, chosen);
  const report = await writeReport(
    { experiment: grid, chosen, tries: found, runs },
    models,
    folder,
  );
  process.stderr.write(`${stateSentence(report)} ${path.join(options.out, 'report.md')}\n`);
  return failed === 0;
}

function tunedBy(grid: Experiment, recipe: string): string | null {
  const found = grid.recipes.find(({ id }) => id === recipe);
  return found === undefined ? null : tunedLike(grid, found);
}

/** Tries that have ended, in one way or the other. */
function triesFound(tries: readonly KeyedRun[], folder: ResultsFolder): TryFound[] {
  return tries.flatMap(({ key, place: { recipe }, tried }) => {
    const validations = folder.run(key)?.validations ?? null;
    const isThere = validations !== null || folder.failed(key) !== null;
    return isThere && tried !== null ? [{ recipe, tried, validations }] : [];
  });
}

function nothingAsked(only: readonly string[]): PlaygroundError {
  return new PlaygroundError({
    code: 'experiment.bad-argument',
    message: `No run of the file is ${only.join(' or ')}.`,
    fix: 'Give ids that stand in its cells; --list prints them.',
    where: '--only',
  });
}

function readGrid(file: string): Experiment {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new PlaygroundError({
      code: 'experiment.bad-argument',
      message: `${file} cannot be read.`,
      fix: 'Give the path of an experiment file, such as experiments/does-seeing-first-help.json.',
      where: 'GRID.json',
    });
  }
  try {
    return readExperiment(JSON.parse(text));
  } catch (error) {
    if (error instanceof PlaygroundError) throw error;
    throw new PlaygroundError({
      code: 'experiment.bad-argument',
      message: `${file} is no JSON: ${error instanceof Error ? error.message : String(error)}.`,
      fix: 'Correct the file and start again.',
      where: 'GRID.json',
    });
  }
}

try {
  const options = readArguments(process.argv.slice(2));
  if (options === 'help') process.stdout.write(USAGE);
  else if (!(await experiment(options))) process.exitCode = 1;
} catch (error) {
  FLAGS.end(error, USAGE, /argument|invalid|unreadable/);
}
