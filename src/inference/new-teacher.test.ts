/**
 * A teacher that only this file knows supervises tokens, has a loss, fields, charts and colours. What it takes is its
 * row in `method/teachers.ts`, a rule in `method/rules.ts`, and how it is asked in `inference/dialects.ts`: three files.
 */

import * as v from 'valibot';
import { expect, it, vi } from 'vitest';
import { DISTILLATION_FIGURES } from '../contract/figures/distillation-figures.ts';
import { METHOD_FIELDS } from '../contract/settings/method-fields.ts';
import { wordingSchema } from '../contract/trace/wording.ts';
import { cut, GOOD, STRICT } from '../method/fixtures/completion.ts';
import { batchLoss, lossScales } from '../method/loss.ts';
import { VIGOS_PAPER } from '../method/named-methods.ts';
import { parseRollout } from '../method/rollout.ts';
import { SIGHT } from '../method/sight.ts';
import { planSupervision } from '../method/supervision.ts';
import { type MethodConfig, TEACHER_NAMES } from '../method/types.ts';
import { validateMethod } from '../method/validate.ts';
import { DIALECTS, PROMPT_CONTEXTS, promptsOf } from './dialects.ts';

vi.mock(import('../method/teachers.ts'), async (original) => {
  const { TEACHERS } = await original();
  const closing = { ...TEACHERS.reference, letter: 'C', label: 'Closing', lambda: 3, added: true };
  return { TEACHERS: { ...TEACHERS, closing } };
});

vi.mock(import('../method/rules.ts'), async (original) => {
  const rules = await original();
  const closing = {
    // The union of names is that of the real table.
    teacher: 'closing' as 'reference',
    label: 'after the box',
    sentence: 'This token comes after the box.',
    applies: ({ valid, segments }: { valid: boolean; segments: readonly string[] }, i: number) =>
      valid && segments[i] === 'trailing',
  };
  const SUPERVISION_RULES = { closing, ...rules.SUPERVISION_RULES };
  return { ...rules, SUPERVISION_RULES, RULES: { closing, ...rules.RULES } };
});

const { ids, texts } = cut(`${GOOD}¦<|im_end|>`);
const plan = (method: MethodConfig) => planSupervision(parseRollout(ids, texts, STRICT), method);

it('supervises the tokens of its rule, with its weight and divergence, and counts in the loss', () => {
  expect([...TEACHER_NAMES].map(String)).toEqual([
    ...['perception', 'reasoning', 'reference', 'privileged', 'closing'],
  ]);
  const own = plan(VIGOS_PAPER);
  expect(own.teachersNeeded.map(String)).toEqual(['perception', 'reasoning', 'closing']);
  expect(own.tokens.at(-1)).toMatchObject({
    teacher: 'closing',
    rule: 'closing',
    weight: 3,
    divergence: { kind: 'reverse-kl' },
  });
  expect(lossScales([own])[0].at(-1)).toBe(3);
  const losses = ids.map(() => 0.5);
  const { total, teachers } = batchLoss([{ plan: own, losses }]);
  expect(teachers).toMatchObject({ closing: { tokens: 1, mean: 0.5, weighted: 1.5 } });
  expect(total).toBeCloseTo(0.5 + 0.5 + 1.5);
});

it('is switched off like any other', () => {
  const off = { ...VIGOS_PAPER, teachers: { ...VIGOS_PAPER.teachers, closing: false } };
  expect(plan(off).tokens.at(-1)).toMatchObject({
    teacher: null,
    rule: 'ablation.without-closing',
  });
});

it('is off in methods from before it was a teacher', () => {
  const without = <T>(values: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => name !== 'closing'));
  const { teachers, divergence, lambdas } = VIGOS_PAPER;
  const earlier = {
    ...VIGOS_PAPER,
    ...{ teachers: without(teachers), divergence: without(divergence) },
    lambdas: without(lambdas),
  };
  const off = { ...VIGOS_PAPER, teachers: { ...teachers, closing: false } };
  expect(validateMethod(earlier)).toEqual(off);
});

it('is in methods from outside, in forms, charts and prompts', () => {
  expect(validateMethod(JSON.parse(JSON.stringify(VIGOS_PAPER)))).toEqual(VIGOS_PAPER);
  expect(VIGOS_PAPER.lambdas).toMatchObject({ closing: 3 });
  const paths = METHOD_FIELDS.map(({ path }) => path);
  expect(paths).toContain('method.lambdas.closing');
  const lines = DISTILLATION_FIGURES.flatMap((chart) => chart.lines.map(({ id }) => id));
  expect(lines).toContain('loss.closing');
  expect(PROMPT_CONTEXTS.map(String)).toContain('closing');
  expect(SIGHT).toMatchObject({ closing: { question: true, answer: true } });
});

it('is asked in its own words, a person’s too', () => {
  for (const dialect of Object.values(DIALECTS))
    Object.assign(dialect, { closing: { prefill: '', text: '{question} {answer} Close.' } });
  expect(promptsOf('full')).toMatchObject({ closing: '{question} {answer} Close.' });
  const own = { closing: 'Close: {question}, {answer}' };
  expect(v.parse(wordingSchema, own)).toEqual(own);
  expect(v.safeParse(wordingSchema, { closing: 'Close.' }).success).toBe(false);
});
