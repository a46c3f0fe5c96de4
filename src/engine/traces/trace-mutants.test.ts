/** Nothing that happens to a trace's file is taken in without a word. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  byteMutants,
  difference,
  expectNoneSilent,
  jsonMutants,
} from '../../base/fixtures/mutants.ts';
import { sealed } from '../../base/seal.ts';
import { openTrace } from './open-trace.ts';
import { parseTrace } from './trace-file.ts';

const read = (id: string) => JSON.parse(readFileSync(`public/recorded/${id}.json`, 'utf8'));
const whole = read('purple-strawberry');
const { checksum: _, ...bare } = whole;

test('of a trace with its checksum every change is told', async () => {
  const json = await sealed(bare);
  const { trace } = await openTrace(JSON.stringify(json), null);
  const tally = await expectNoneSilent(
    jsonMutants(json, 500, 1),
    (text) => openTrace(text, null),
    (opened, { what }) =>
      opened.sealed
        ? difference(opened.trace, trace)
        : what.endsWith(' at /checksum')
          ? null
          : 'its checksum is gone',
  );
  expect(tally.refused).toBeGreaterThan(450);
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  await expectNoneSilent(
    byteMutants(bytes, 160, 2),
    (mutant) => openTrace(new TextDecoder().decode(mutant), null),
    ({ trace: opened, sealed: own }) => (own ? difference(opened, trace) : 'its checksum is gone'),
  );
});

test('without one it is marked, and what is taken in goes together', async () => {
  const tally = await expectNoneSilent(
    jsonMutants(bare, 400, 3),
    (text) => openTrace(text, null),
    ({ trace, sealed: own }) => {
      if (own) return 'it is called sealed';
      return difference(parseTrace(JSON.stringify(trace)), trace);
    },
  );
  expect(tally.refused).toBeGreaterThan(250);
});
