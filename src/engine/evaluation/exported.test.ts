import { expect, test } from 'vitest';
import {
  byteMutants,
  difference,
  expectNoneSilent,
  jsonMutants,
} from '../../base/fixtures/mutants.ts';
import { refusedLater } from '../../base/fixtures/refused.ts';
import { sealed } from '../../base/seal.ts';
import { figuresOfLines } from '../../contract/evaluation/evaluation-figures.ts';
import type { EvaluationLine, ResponseLine } from '../../contract/evaluation/evaluation-records.ts';
import {
  EVALUATION_PRESETS,
  type EvaluationSettings,
} from '../../contract/evaluation/evaluation-settings.ts';
import { worldItem } from '../../world/split.ts';
import { readExported } from './exported.ts';

const settings: EvaluationSettings = {
  ...EVALUATION_PRESETS[0].settings,
  set: { name: 'prior-test', count: 2 },
  facts: ['P'],
  measures: ['vilp', 'palr'],
};

const lines: EvaluationLine[] = Array.from({ length: 6 }, (_, item): ResponseLine => {
  const { id, question, answer, prior } = worldItem('prior-test', item);
  const given = item % 2 === 0 ? answer : 'grey';
  return {
    ...{ type: 'answer', item, fact: 'P', seed: 1, response: 0, id, family: 'prior' },
    ...{ image: prior?.image ?? null, question, reference: answer, ids: [5, 6, 7] },
    ...{ text: `So. \\boxed{${given}}`, answer: given, correct: given === answer },
    ...{ usual: prior?.image === 1 ? null : false, strict: true, lenient: true, reason: null },
    ...{ tokens: { all: 3, description: 1, reasoning: 1 }, truth: null },
  };
});
const sums = { tokens: 2, answer: 0.5, image: 1.5 };
const [{ id, item, fact, seed, response }] = lines;
lines.push({
  ...{ type: 'leakage', method: 'opsd', item, fact, seed, response, id },
  ...{ description: sums, reasoningAnswer: sums, all: sums },
});

const exported = {
  format: 'vigos-evaluation/1',
  id: 'one',
  name: 'Base',
  createdAt: '2026-01-02T03:04:05.000Z',
  updatedAt: '2026-01-02T03:04:05.000Z',
  state: 'done',
  version: '1',
  model: { name: 'tiny', parameters: 10, fingerprint: 'ab', student: null },
  backend: 'wasm',
  settings,
  ms: 12.5,
  figures: figuresOfLines(settings, lines),
  lines,
};

const read = (json: unknown) => readExported(new Blob([JSON.stringify(json)]));
const refusal = (json: unknown) => refusedLater(read(json));

test('an exported result comes back as it was, and says whether its checksum is there', async () => {
  const whole = await read(await sealed(exported));
  expect(whole.lines).toEqual(lines);
  expect(whole.record).toMatchObject({ id: 'one', settings, figures: exported.figures });
  expect(whole.record.imported).toMatchObject({ verified: true, lines: true });
  expect((await read(exported)).record.imported?.verified).toBe(false);
  // What was once taken in unverified stays so, whoever writes it out.
  const { record } = await read(exported);
  const again = await read(await sealed({ ...record, lines }));
  expect(again.record.imported?.verified).toBe(false);
  const running = await read({ ...exported, state: 'running' });
  expect(running.record.state).toBe('paused');
});

test('one without answers, as the command prints it, stands under its own word', async () => {
  const { lines: _, ...bare } = exported;
  const { record, lines: none } = await read(await sealed(bare));
  expect(none).toEqual([]);
  expect(record.figures).toEqual(exported.figures);
  expect(record.imported?.lines).toBe(false);
});

test('what was changed, contradicts itself or is something else is refused by its reason', async () => {
  const whole = await sealed(exported);
  expect((await refusal({ ...whole, name: 'Better' })).code).toBe('evaluation.changed');
  const changedLine = (at: number, change: object) => ({
    ...exported,
    lines: lines.map((line, i) => (i === at ? { ...line, ...change } : line)),
  });
  const contradictions: [object, RegExp][] = [
    [changedLine(0, { correct: false }), /lines\.0\.correct/],
    [changedLine(1, { reference: 'grey', correct: true }), /lines\.1\.reference/],
    [changedLine(1, { item: 6 }), /lines\.1\.item/],
    [changedLine(1, { seed: 2 }), /lines\.1\.seed/],
    [changedLine(1, { fact: 'F' }), /lines\.1\.fact/],
    [changedLine(1, { response: 1 }), /lines\.1\.response/],
    [changedLine(1, { item: 0, id: lines[0].id }), /lines\.1/],
    [changedLine(0, { strict: false }), /lines\.6/],
    [changedLine(0, { ids: [1] }), /lines\.0\.tokens/],
    [{ ...exported, figures: [{ ...exported.figures[1], value: 0.9 }] }, /figures\.score\.P/],
    [{ ...exported, lines: 'many' }, /lines/],
  ];
  for (const [json, where] of contradictions)
    expect(await refusal(json)).toMatchObject({
      code: 'evaluation.contradiction',
      where: expect.stringMatching(where),
    });
  expect((await refusal({ ...exported, format: 'vigos-evaluation/2' })).code).toBe(
    'evaluation.version',
  );
  expect(await refusal({ format: 'vigos-trace/1' })).toMatchObject({
    code: 'evaluation.not-one',
    message: expect.stringContaining('a trace'),
    fix: expect.stringContaining('Lab'),
  });
  expect((await refusal({ ...exported, id: '../x' })).code).toBe('evaluation.invalid');
});

test('nothing that happens to its file is taken in without a word', async () => {
  const whole = await sealed(exported);
  const { record, lines: own } = await read(whole);
  const told = ({ imported: _, ...rest }: typeof record) => rest;
  const changed = (opened: Awaited<ReturnType<typeof readExported>>) =>
    opened.record.imported?.verified
      ? (difference(told(opened.record), told(record)) ?? difference(opened.lines, own))
      : null;
  await expectNoneSilent(
    jsonMutants(whole, 300, 1),
    (text) => readExported(new Blob([text])),
    changed,
  );
  const bytes = new TextEncoder().encode(JSON.stringify(whole));
  await expectNoneSilent(
    byteMutants(bytes, 100, 2),
    (mutant) => readExported(new Blob([new Uint8Array(mutant)])),
    changed,
  );
});
