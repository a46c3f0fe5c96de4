/** What a run found, in one sentence: how its first held-out figures compare with its last, and whether that is more than chance. */

import { type MeasuredShare, shareDifferenceInterval } from '../../../method/estimates.ts';
import { formatPercent } from '../../shared/format.ts';
import type { RunView } from './run.ts';

type Measure = 'score' | 'prior' | 'accuracy';

const NAMES: Readonly<Record<Measure, string>> = {
  score: 'Score',
  prior: 'Prior',
  accuracy: 'Accuracy',
};

interface AtStep extends MeasuredShare {
  readonly step: number;
}

/**
 * The sentence for a run that is over. Null while it trains, and where it was measured once at most. A figure is said to have moved where
 * the 95 % interval of the difference leaves out 0.
 */
export function findingOf({
  state,
  evaluations,
}: Pick<RunView, 'state' | 'evaluations'>): string | null {
  if (state !== 'done' && state !== 'stopped' && state !== 'kept') return null;
  const ends = (name: Measure): readonly [AtStep, AtStep] | null => {
    const measured = evaluations.flatMap(({ step, counts, [name]: share }) =>
      share === null ? [] : [{ step, share, trials: counts[name] }],
    );
    const [first] = measured;
    const last = measured.at(-1);
    return last === undefined || last === first ? null : [first, last];
  };
  const main = (['score', 'accuracy', 'prior'] as const).find((name) => ends(name) !== null);
  if (main === undefined) return null;
  const [first, last] = ends(main) ?? [];
  if (first === undefined || last === undefined) return null;
  const besides = (['prior', 'accuracy'] as const).flatMap((name) => {
    const both = name === main ? null : ends(name);
    return both !== null && !heldUp(both) ? [`${NAMES[name]} fell too: ${moved(both)}`] : [];
  });
  return [`${NAMES[main]} ${verdict([first, last])}`, ...besides].join('. ').concat('.');
}

function verdict(both: readonly [AtStep, AtStep]): string {
  const [first, last] = both;
  const { low, high } = shareDifferenceInterval(first, last);
  const steps = `from step ${first.step} to ${last.step}`;
  if (low > 0 || high < 0)
    return `${low > 0 ? 'rose' : 'fell'} ${steps} by more than chance: ${moved(both)}`;
  return `did not change ${steps} by more than chance: ${moved(both)}. More steps or more held-out pictures would tell`;
}

/** Whether a figure did not fall by more than chance. */
const heldUp = ([first, last]: readonly [AtStep, AtStep]): boolean =>
  shareDifferenceInterval(first, last).high >= 0;

function moved([first, last]: readonly [AtStep, AtStep]): string {
  const { low, high } = shareDifferenceInterval(first, last);
  return `${formatPercent(first.share)} to ${formatPercent(last.share)}, ${points(last.share - first.share)} points (95 % interval ${points(low)} to ${points(high)}, ${last.trials} answers each time)`;
}

const points = (share: number): string =>
  `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`;
