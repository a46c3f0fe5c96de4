/** The run that comes with the page is what the page itself would make, and shown only where nothing of a person's own is. */

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DEFAULT_MODEL } from '../../../contract/models/built-in-models.ts';
import { readLogLine } from '../../../contract/train/run-log.ts';
import { trainSettings } from '../../../contract/train/train-settings.ts';
import { findingOf } from './finding.ts';
import { type RecordedRun, recordedShown } from './recorded-run.ts';
import { initialState, lastStepOf, withNewRun } from './state.ts';

const recorded: RecordedRun = JSON.parse(readFileSync('public/recorded/train-run.json', 'utf8'));

it('has the settings that the page starts with, and whole curves', () => {
  expect(recorded.settings).toEqual(trainSettings('vigos', 'tiny'));
  expect(recorded.model).toBe(DEFAULT_MODEL.name);
  const { metrics, evaluations } = recorded.curves;
  expect(metrics.map(({ step }) => step)).toEqual(
    Array.from({ length: recorded.settings.steps }, (_, i) => i + 1),
  );
  expect(recorded.step).toBe(recorded.settings.steps);
  const lines = [
    ...metrics.map((line) => ({ type: 'step', ...line })),
    ...evaluations.map((line) => ({ type: 'evaluation', ...line })),
  ];
  for (const line of lines) expect(() => readLogLine(line, 'train-run.json')).not.toThrow();
  expect(evaluations.length).toBeGreaterThan(1);
  expect(findingOf({ state: 'done', evaluations })).not.toBeNull();
});

it('gives way to a run on the page and to runs that the browser keeps', () => {
  const state = { ...initialState(), recorded, stored: [] };
  expect(recordedShown(state)).toBe(recorded);
  expect(lastStepOf(state)).toBe(recorded.step);
  expect(recordedShown({ ...state, stored: null })).toBeNull();
  expect(recordedShown(withNewRun(state, 'a', 'ViGOS 1'))).toBeNull();
  expect(lastStepOf(withNewRun(state, 'a', 'ViGOS 1'))).toBe(0);
});
