/** Supervised fine-tuning: cross-entropy on reference texts. */

import { figuresOf } from '../../contract/figures/step-figures.ts';
import { WRONG_REFERENCE_CHART } from '../../contract/figures/wrong-reference-figures.ts';
import { recipeOf } from '../../contract/train/recipes.ts';
import { LogitOps } from '../../inference/logit-ops.ts';
import { badToken, type LossToken } from '../faults.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { MakeObjective } from './objective.ts';
import { referencesOf } from './reference-facts.ts';

export const referenceTexts: MakeObjective = ({ examples, completions }, { base, settings }) => {
  const activeTokens = completions.reduce((sum, ids) => sum + ids.length, 0);
  const losses = completions.map((ids): (number | null)[] => ids.map(() => null));
  let loss = 0;
  let entropy = 0;
  return {
    assertLearnable: () => undefined,
    async measure({ logits, from, to, kept }) {
      const start = performance.now();
      const { vocab } = logits;
      const values = await new LogitOps(base.device).readRows(logits);
      const rows = completions
        .slice(from, to)
        .flatMap((ids, i) => ids.map((id, t) => ({ row: i * kept + t, id, text: from + i, t })));
      const cotangent = new Float32Array(values.length);
      const found = crossEntropy(values, vocab, rows, cotangent);
      const tokens = () => {
        const texts = completions.map((ids, i) =>
          i >= from && i < to ? examples[i].plan(ids).texts : [],
        );
        return rows.map(({ row, text, t }, i): LossToken => {
          const place = { sequence: text, position: t, text: texts[text][t], row };
          return { kind: 'reference text', teacher: null, ...place, loss: found.losses[i] };
        });
      };
      const bad = found.losses.findIndex((own) => !Number.isFinite(own));
      if (bad >= 0) throw badToken(tokens()[bad], null);
      for (const [i, { text, t }] of rows.entries()) losses[text][t] = found.losses[i];
      // The piece's means count by its share of the batch's tokens.
      const share = rows.length / activeTokens;
      for (let i = 0; i < cotangent.length; i++) cotangent[i] *= share;
      loss += found.loss * share;
      entropy += found.entropy * share;
      const ms = { teachers: 0, divergence: performance.now() - start };
      return { cotangent, tokens, ms };
    },
    result: () => ({
      loss,
      entropy,
      activeTokens,
      divergences: losses,
      figures: recipeOf(settings.recipe).kind.charts.includes(WRONG_REFERENCE_CHART)
        ? figuresOf([WRONG_REFERENCE_CHART], { references: referencesOf(examples, settings) })
        : {},
      rollouts: [],
    }),
  };
};
