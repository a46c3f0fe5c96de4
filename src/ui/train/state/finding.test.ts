import { expect, it } from 'vitest';
import { shareDifferenceInterval } from '../../../method/estimates.ts';
import { findingOf } from './finding.ts';
import type { RunView } from './run.ts';

type Evaluation = RunView['evaluations'][number];

const at = (step: number, score: number | null, prior = 1, answers = 200): Evaluation => ({
  step,
  score,
  prior,
  accuracy: null,
  valid: 1,
  counts: { score: answers, prior: answers, accuracy: 0, valid: answers },
  ms: 1,
});

/** With the spaces that break a line. */
const plain = (text: string | null) => text?.replaceAll(/[\u00a0\u2000-\u200a\u202f]/g, ' ');

it('says which way a figure went, by how much, and that it is more than chance', () => {
  const evaluations = [at(0, 0.4), at(50, 0.6), at(100, 0.8)];
  expect(plain(findingOf({ state: 'done', evaluations }))).toBe(
    'Score rose from step 0 to 100 by more than chance: 40 % to 80 %, +40.0 points (95 % interval +30.8 to +48.2, 200 answers each time).',
  );
  const fell = plain(findingOf({ state: 'stopped', evaluations: [at(0, 0.8), at(10, 0.4, 0.5)] }));
  expect(fell).toContain('Score fell from step 0 to 10 by more than chance');
  expect(fell).toContain('Prior fell too: 100 % to 50 %, −50.0 points');
});

it('does not call a difference a finding that chance makes', () => {
  const found = findingOf({ state: 'done', evaluations: [at(0, 0.5), at(20, 0.55)] });
  expect(found).toContain('did not change from step 0 to 20 by more than chance');
  expect(found).toContain('95 % interval −4.8 to +14.6');
});

it('says nothing of a run that goes on, or that was measured once', () => {
  const evaluations = [at(0, 0.4), at(100, 0.8)];
  expect(findingOf({ state: 'running', evaluations })).toBeNull();
  expect(findingOf({ state: 'done', evaluations: [at(0, 0.4)] })).toBeNull();
  expect(findingOf({ state: 'done', evaluations: [] })).toBeNull();
});

it('takes the interval of a difference as Newcombe has it', () => {
  // Newcombe 1998, table II, (a): 56/70 against 48/80, method 10.
  const { low, high } = shareDifferenceInterval(
    { share: 48 / 80, trials: 80 },
    { share: 56 / 70, trials: 70 },
  );
  expect(low).toBeCloseTo(0.0524, 3);
  expect(high).toBeCloseTo(0.3339, 3);
  expect(shareDifferenceInterval({ share: 0, trials: 0 }, { share: 1, trials: 3 })).toEqual({
    low: -1,
    high: 1,
  });
});
