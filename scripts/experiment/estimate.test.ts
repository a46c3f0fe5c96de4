import { expect, it } from 'vitest';
import { trainSettings } from '../../src/contract/train/train-settings.ts';
import { secondsLeft, timeText, workOf } from './estimate.ts';

const run = { training: trainSettings('vigos', 'tiny'), tests: [] };
const took = (share: number, jobs = 1) => ({
  run,
  times: {
    key: '',
    startedAt: '',
    ms: { training: 1000 * share * workOf(run), tests: [] },
    jobs,
  },
});

it('what is left takes as long as most runs took, whatever happened to one of them', () => {
  const open = secondsLeft([run], [took(0)], 1);
  const left = secondsLeft([run, run], [took(0.5), took(0.5), took(9), took(3, 2)], 1);
  expect(left - open).toBeCloseTo(workOf(run), 6);
  expect(secondsLeft([], [took(1)], 1)).toBe(0);
  // Two at a time, and none of it known: by the measured rates.
  expect(secondsLeft([run, run], [took(0.5)], 2) - open).toBeCloseTo(workOf(run), 6);
});

it('is said in the unit that it needs', () => {
  expect([20.2, 600, 9000].map(timeText)).toEqual(['21 s', '10 min', '2.5 h']);
});
