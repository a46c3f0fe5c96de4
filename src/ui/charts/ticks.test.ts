import { expect, it } from 'vitest';
import { formatNats } from '../shared/format.ts';
import { tickTexts } from './ticks.ts';

it('marks that the format would write alike get the places that tell them apart', () => {
  expect(tickTexts([0, 0.1, 0.2], formatNats)).toEqual(['0', '0.100', '0.200']);
  expect(tickTexts([9.5e-4, 0.001, 0.00105], formatNats)).toEqual([
    '0.00095',
    '0.00100',
    '0.00105',
  ]);
  expect(tickTexts([-0.00105, -0.001], formatNats)).toEqual(['−0.00105', '−0.00100']);
});
