import { expect, it } from 'vitest';
import type { ResponseLine } from '../../contract/evaluation/evaluation-records.ts';
import {
  leakage,
  responseLine,
  TRUE,
  taught,
} from '../../contract/evaluation/fixtures/evaluation-lines.ts';
import { wilsonInterval } from '../../method/estimates.ts';
import { heldOutFigures, wordsFigures } from './evaluate.ts';

const ONCE = { responses: 1, palr: 0, teachers: 0 };

const line = (item: number, image: ResponseLine['image'], correct: boolean, strict = true) =>
  responseLine(item, {
    id: String(item),
    fact: image === null ? 'P' : 'F',
    family: image === null && item % 2 === 0 ? 'math' : 'prior',
    image,
    correct,
    usual: image === 2 || image === 3 ? !correct : null,
    strict,
    tokens: { all: 30 + item, description: 10, reasoning: 5 },
    truth: image === 3 ? { ...TRUE, decisive: false } : TRUE,
  });

it('a run’s figures are those of the table: questions on their own, groups of three, and form of all', () => {
  const found = heldOutFigures(
    [
      line(0, null, true),
      line(1, null, false),
      line(2, null, true, false),
      line(3, 1, true),
      line(4, 2, false),
      line(5, 3, true),
    ],
    ONCE,
  );
  expect(found).toMatchObject({
    accuracy: 2 / 3,
    prior: 1,
    score: 0.5,
    valid: 5 / 6,
    counts: { accuracy: 3, prior: 1, score: 2, valid: 6 },
  });
  const { figures = {} } = found;
  expect(figures['score.F']).toEqual({ value: 0.5, ...wilsonInterval(1, 2) });
  const values = (...ids: string[]) => ids.map((id) => figures[id]?.value);
  expect(values('avg.family.math', 'avg.family.prior', 'usual.F')).toEqual([1, 0, 0.5]);
  expect(values('truth.right', 'errors.thinking', 'errors.lucky')).toEqual([2 / 3, 1 / 3, 1 / 3]);
  expect(values('valid.lenient', 'length.description')).toEqual([1, 10]);
  expect(figures['truth.counts']).toBeUndefined();
});

it('problems in words have figures of their own, so that those of pictures stay what they are', () => {
  const found = wordsFigures([
    line(0, null, true),
    line(1, null, false),
    line(2, null, true, false),
  ]);
  expect(Object.keys(found)).toEqual(['words.avg', 'words.valid']);
  expect(found['words.avg']).toEqual({ value: 2 / 3, ...wilsonInterval(2, 3) });
  expect(found['words.valid'].value).toBe(2 / 3);
});

it('several responses to a question make Pass@k beside Avg@k, and rollouts that were measured PALR', () => {
  const { figures = {}, counts } = heldOutFigures(
    [
      line(0, null, true),
      { ...line(0, null, false), response: 1 },
      line(1, null, false),
      { ...line(1, null, false), response: 1 },
      line(3, 1, true),
      line(4, 2, true),
      leakage(3, 'opsd', 1, 4),
      leakage(4, 'opsd', 3, 4),
      leakage(3, 'vigos', 0, 4),
      leakage(4, 'vigos', 0, 4),
    ],
    { responses: 2, palr: 2, teachers: 0 },
  );
  expect(figures.avg?.value).toBe(0.25);
  expect(figures.pass).toEqual({ value: 0.5, ...wilsonInterval(1, 2) });
  expect(figures['pass.family.math']?.value).toBe(1);
  expect(figures['palr.opsd.all']?.value).toBeCloseTo(0.5, 6);
  expect(figures['palr.vigos.all']?.value).toBe(0);
  expect(counts.accuracy).toBe(4);
});

it('teachers who wrote on groups of three have their figures, where the run asks for them', () => {
  const lines = [
    line(3, 1, true),
    line(4, 2, true),
    ...(['right', 'wrong'] as const).map((given) => taught(4, given, given === 'right')),
  ];
  const asked = (teachers: number) => heldOutFigures(lines, { ...ONCE, teachers }).figures ?? {};
  expect(asked(1)['teachers.reasoning.conflict.right']).toEqual({
    value: 1,
    ...wilsonInterval(1, 1),
  });
  expect(asked(1)['teachers.reasoning.conflict.wrong']?.value).toBe(0);
  expect(asked(1)['teachers.reasoning.agree.right']).toBeUndefined();
  expect(Object.keys(asked(0)).filter((id) => id.startsWith('teachers'))).toEqual([]);
});

it('without answers there is no figure, and never no number', () => {
  expect(heldOutFigures([], ONCE)).toEqual({
    accuracy: null,
    prior: null,
    score: null,
    valid: 0,
    counts: { accuracy: 0, prior: 0, score: 0, valid: 0 },
    figures: {},
  });
});
