/** How long runs take: as earlier ones of the folder took, else as was measured on two cores, a browser on each. */
import { picturesOf } from '../../src/contract/evaluation/evaluation-settings.ts';
import type { RunSettings } from '../../src/contract/experiment/experiment-plan.ts';
import { recipeOf } from '../../src/contract/train/recipes.ts';
import type { RunTimes } from './folder.ts';

/** Seconds of one core at its work, of the built-in models. */
const MEASURED = { open: 6, rollout: 0.14, reference: 0.07, answer: 0.07, leakage: 0.3 } as const;

/** Units of work, in seconds by the measured rates. */
export function workOf({ training, tests }: RunSettings): number {
  let seconds = 0;
  if (training !== null) {
    const { steps, evaluation, schedule } = training;
    for (const stage of schedule?.stages ?? [training]) {
      const { texts } = recipeOf(stage.recipe).kind;
      const each = texts !== 'sampled' ? MEASURED.reference : MEASURED.rollout;
      seconds += stage.steps * stage.rolloutsPerStep * (stage.grpo?.groupSize ?? 1) * each;
    }
    const times = evaluation.every === 0 ? 0 : 1 + Math.ceil(steps / evaluation.every);
    seconds += times * 4 * evaluation.items * MEASURED.answer;
  }
  for (const { set, facts, responses, measures, leakage } of tests) {
    seconds += picturesOf(set) * facts.length * responses * MEASURED.answer;
    if (measures.includes('palr')) seconds += leakage.rollouts * MEASURED.leakage;
  }
  return seconds;
}

/** Seconds that the rest takes, `jobs` at a time. */
export function secondsLeft(
  rest: readonly RunSettings[],
  done: readonly { readonly run: RunSettings; readonly times: RunTimes | null }[],
  jobs: number,
): number {
  const paces = done.flatMap(({ run, times }) => {
    // Of another number of jobs at a time, a run's time says nothing of the one to come.
    if (times === null || times.jobs !== jobs) return [];
    const took = times.ms.training + times.ms.tests.reduce((sum, ms) => sum + ms, 0);
    return [took / 1000 / workOf(run)];
  });
  // One that the machine had no time for is not the rule.
  const pace = paces.sort((a, b) => a - b)[Math.floor(paces.length / 2)] ?? 1;
  const seconds = rest.reduce((sum, run) => sum + workOf(run), 0) * pace;
  return rest.length === 0 ? 0 : MEASURED.open + seconds / Math.min(jobs, rest.length);
}

export function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
