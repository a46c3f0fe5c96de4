import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { PairsFile } from './fetched.ts';
import { PAIRS, readTurned, type Turned, turnedText, UNTURNED } from './turned.ts';

it('what was turned comes back from its address', () => {
  const turned: Turned = {
    pair: 'right',
    kind: 'jsd',
    beta: 0.3,
    temperature: 1.5,
    clip: 0.05,
    group: UNTURNED.group.map((answer, i) => ({ ...answer, format: i > 1 })),
  };
  expect(turnedText(turned)).toBe(
    'pair-right_kind-jsd_beta-0.3_temperature-1.5_clip-0.05_group-20131',
  );
  expect(readTurned(turnedText(turned))).toEqual({ turned, unknown: null });
  expect(turnedText(UNTURNED)).toBe('');
  expect(readTurned('')).toEqual({ turned: UNTURNED, unknown: null });
});

it('says what of an address means nothing, and takes the rest', () => {
  for (const wrong of ['beta-0.31', 'gamma-1', 'beta', 'group-9', 'pair-green'])
    expect(readTurned(`${wrong}_clip-none_temperature-2`)).toEqual({
      turned: { ...UNTURNED, temperature: 2 },
      unknown: wrong,
    });
});

it('has the pairs that were recorded', () => {
  const file: PairsFile = JSON.parse(readFileSync('public/recorded/pink-sun-pairs.json', 'utf8'));
  expect(file.pairs.map(({ id }) => id)).toEqual(PAIRS);
});
