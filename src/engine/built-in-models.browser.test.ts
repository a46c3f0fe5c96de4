/** The built-in models held to their cards' measures on a small seeded sample: a model under another's name is caught. */

import { expect, it } from 'vitest';
import { unwrap } from '../base/outcome.ts';
import type { EvaluationFigure } from '../contract/evaluation/evaluation-records.ts';
import {
  EVALUATION_PRESETS,
  type EvaluationSettings,
} from '../contract/evaluation/evaluation-settings.ts';
import { BUILT_IN_MODELS } from '../contract/models/built-in-models.ts';
import { startEngine } from './fixtures/session.ts';

type CardMeasures = Readonly<Record<string, { readonly percent: number }>>;

/** As `tools/pretrain/evaluate.py` measures: without the fact sentence, from the whole distribution. 45 completions. */
const SETTINGS: EvaluationSettings = {
  ...EVALUATION_PRESETS[0].settings,
  set: { name: 'prior-test', count: 4 },
  measures: ['vilp', 'teachers'],
  facts: ['P'],
  sampling: { temperature: 1, topP: 1, topK: 0, maxNewTokens: 96 },
  teachers: { groups: 1 },
};

/** Figures of an evaluation and the measures of a card behind them, by the form; those of a group are taken together. */
const GROUPS: Readonly<Record<string, readonly (readonly [figure: string, measure: string])[]>> = {
  Prior: [['prior.P', 'priorP']],
  Score: [['score.P', 'scoreP']],
  'teachers given the right answer': [
    ['teachers.privileged.conflict.right', 'privilegedConflictRight'],
    ['teachers.reference.conflict.right', 'referenceConflictRight'],
    ['teachers.reasoning.conflict.right', 'reasoningConflictRight'],
  ],
  'teachers given a wrong answer': [
    ['teachers.privileged.conflict.wrong', 'privilegedConflictWrong'],
    ['teachers.reference.conflict.wrong', 'referenceConflictWrong'],
    ['teachers.reasoning.conflict.wrong', 'reasoningConflictWrong'],
  ],
};

/** 99 % of samples of this size lie so near to the share. */
const reach = (share: number, n: number) => 2.6 * Math.sqrt((share * (1 - share)) / n) + 0.5 / n;

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The groups of figures that no sample of a model with this card would have. */
function offCard(figures: readonly EvaluationFigure[], card: CardMeasures): string[] {
  return Object.entries(GROUPS).flatMap(([name, rows]) => {
    const own = rows.map(([id]) => figures.find((figure) => figure.id === id));
    const found = mean(own.map((figure) => figure?.value ?? Number.NaN));
    const responses = own.reduce((sum, figure) => sum + (figure?.responses ?? 0), 0);
    const share = mean(rows.map(([, measure]) => card[measure].percent / 100));
    return Math.abs(found - share) <= reach(share, responses)
      ? []
      : [`${name}: ${found} of ${responses}, on the card ${share}`];
  });
}

const cards = await Promise.all(
  BUILT_IN_MODELS.map(async ({ name }): Promise<CardMeasures> => {
    const response = await fetch(`/models/${name}/measures.json`);
    return response.json();
  }),
);
/** Whether teachers of these cards are so unlike that a small sample tells them apart. */
const areUnlike = (a: CardMeasures, b: CardMeasures) =>
  Math.abs(a.privilegedConflictWrong.percent - b.privilegedConflictWrong.percent) > 50;

it.each(BUILT_IN_MODELS.map(({ name }, i) => [name, i] as const))(
  '%s measures what its card says, and not what that of an unlike model says',
  async (name, i) => {
    const url = new URL(`/models/${name}/`, location.href).href;
    const { engine } = await startEngine('wasm', { kind: 'bundled', name, url });
    try {
      const request = { evaluationId: name, name, settings: SETTINGS, student: null, keep: false };
      const { figures } = unwrap(await engine.evaluate(request));
      expect(offCard(figures, cards[i])).toEqual([]);
      const others = cards.filter((card) => areUnlike(card, cards[i]));
      expect(others).not.toEqual([]);
      for (const card of others) expect(offCard(figures, card)).not.toEqual([]);
    } finally {
      await engine.dispose();
    }
  },
  600_000,
);
