/** What the experiment's command says while it works, and its plan. */
import { type PlannedRun, placeText } from '../../src/contract/experiment/experiment-plan.ts';
import { secondsLeft, timeText, workOf } from './estimate.ts';
import type { ResultsFolder, RunTimes } from './folder.ts';
import type { KeyedRun, RunnerEvent } from './runner.ts';

/** Validation figures that are told when a run ends. */
const TOLD = ['prior.F', 'score.F'];

const runText = ({ place, tried }: PlannedRun): string =>
  `${placeText(place)}${tried === null ? '' : `, try ${tried + 1}`}`;

/** Every run with what it is: done, failed, or how long it will take one core. */
export function planText(runs: readonly KeyedRun[], folder: ResultsFolder, jobs: number): string {
  const rest = runs.filter(({ key }) => folder.run(key) === null);
  const lines = runs.map((run) => {
    const failed = folder.failed(run.key) === null ? timeText(workOf(run)) : 'failed';
    const state = rest.includes(run) ? failed : 'done';
    return `${run.key}  ${state.padEnd(7)} ${runText(run)}\n`;
  });
  const left = timeText(secondsLeft(rest, withTimes(runs, folder), jobs));
  const done = runs.length - rest.length;
  return `${lines.join('')}${runs.length} runs, ${done} done; the rest takes about ${left} with --jobs ${jobs}\n`;
}

/** Runs that are there with the time they took. */
export function withTimes(
  runs: readonly KeyedRun[],
  folder: ResultsFolder,
): { readonly run: KeyedRun; readonly times: RunTimes }[] {
  return runs.flatMap((run) => {
    const times = folder.times(run.key);
    return times === null ? [] : [{ run, times }];
  });
}

/** A line for the person who waits, and one for a program. */
export function sayProgress(event: RunnerEvent, json: boolean): void {
  const { type, run } = event;
  const name = runText(run);
  const values =
    type === 'ended'
      ? TOLD.flatMap((id) => {
          const value = event.found.validations.at(-1)?.figures[id];
          return value === undefined ? [] : [[id, value] as const];
        })
      : [];
  if (json) {
    const more =
      type === 'failed' ? { error: event.error } : { validation: Object.fromEntries(values) };
    process.stdout.write(`${JSON.stringify({ type, run: name, key: run.key, ...more })}\n`);
  }
  const said =
    type === 'failed'
      ? `: ${event.error.code}: ${event.error.message}`
      : values.map(([id, value]) => `, validation ${id} ${(100 * value).toFixed(1)} %`).join('');
  process.stderr.write(`${type} ${name}${said}\n`);
}
