/** A setting of training that only this file knows: its row in `train-rows.ts` is all that it takes. */

import { expect, it, vi } from 'vitest';
import { real } from '../settings/fields.ts';
import { row } from '../settings/setting-row.ts';
import { TRAIN_FIELDS } from './train-fields.ts';
import { trainQuery } from './train-query.ts';
import { trainSettings } from './train-settings.ts';
import { settingFromText, validateTrainSettings, withSettings } from './train-validate.ts';

const PATH = 'optimizer.pace';

vi.mock(import('./train-rows.ts'), async (original) => {
  const rows = await original();
  const field = real('optimizer.pace', 'Pace', 'steps', [0, 5], 'How far a step goes.');
  const pace = row(field, 0.5, { paper: 2, absent: 1 });
  const OPTIMIZER = { ...rows.OPTIMIZER, pace };
  return { ...rows, OPTIMIZER, TRAIN_ROWS: [...rows.TRAIN_ROWS, pace] } as typeof rows;
});

const tiny = trainSettings('vigos', 'tiny');

it('has its value in each preset, and its field in the form', () => {
  expect(tiny.optimizer).toMatchObject({ pace: 0.5 });
  expect(trainSettings('vigos', 'paper').optimizer).toMatchObject({ pace: 2 });
  expect(TRAIN_FIELDS.find(({ path }) => path === PATH)).toMatchObject({ label: 'Pace', max: 5 });
});

it('is read from a flag and stands in the address', () => {
  const settings = withSettings(tiny, { [PATH]: settingFromText(PATH, '1.5') });
  expect(settings.optimizer).toMatchObject({ pace: 1.5 });
  expect(trainQuery({ settings, preset: 'tiny' })).toBe('optimizer.pace=1.5');
});

it('is checked, and has its value in records from before it was a setting', () => {
  expect(() => withSettings(tiny, { [PATH]: 6 })).toThrow(/pace/);
  const { optimizer, ...rest } = JSON.parse(JSON.stringify(tiny));
  const { pace: _, ...earlier } = optimizer;
  expect(validateTrainSettings({ ...rest, optimizer: earlier }).optimizer).toMatchObject({
    pace: 1,
  });
});
