/** Distillation: teachers score the student's own tokens; ViGOS with its ablations and OPSD differ in the method alone. */

import { LogitOps } from '../../inference/logit-ops.ts';
import { lossScales } from '../../method/loss.ts';
import type { MethodConfig } from '../../method/types.ts';
import { assertSupervised } from '../faults.ts';
import type { MakeObjective } from './objective.ts';
import { rolloutRecords, segmentLengths } from './rollout-records.ts';
import {
  divergenceOf,
  type Figures,
  type SupervisedRow,
  summarise,
  supervise,
  supervisedTokens,
} from './supervise.ts';

export const distillation: MakeObjective = ({ examples, completions }, context) => {
  const { base, settings, padId } = context;
  const method = needMethod(settings.method);
  const planned = completions.map((ids, i) => examples[i].plan(ids));
  const plans = planned.map(({ plan }) => plan);
  const scales = lossScales(plans);
  const ops = new LogitOps(base.device);
  const figures: Figures[number][] = [];
  return {
    assertLearnable: () => assertSupervised(planned, scales),
    async measure({ logits, from, to, kept }) {
      const rows = planned.slice(from, to).map((completion, i): SupervisedRow => {
        const number = from + i;
        return { number, example: examples[number], completion, firstRow: i * kept };
      });
      const own = scales.slice(from, to);
      const gradient = ops.gradientOf(logits);
      try {
        const found = await supervise(base, rows, own, logits, gradient, method, padId);
        for (const [i, row] of found.figures.entries()) figures[from + i] = row;
        const cotangent = await ops.readRows(gradient);
        return { ms: found.ms, cotangent, tokens: () => supervisedTokens(rows, found.figures) };
      } finally {
        gradient.release();
      }
    },
    result() {
      const { loss, entropy, activeTokens, clippedTokens, teachers } = summarise(plans, figures);
      return {
        loss,
        entropy,
        activeTokens,
        divergences: plans.map(({ tokens }, row) =>
          tokens.map(({ divergence }, token) => {
            const figure = figures[row][token];
            return divergence === null || figure === null ? null : divergenceOf(figure, divergence);
          }),
        ),
        figures: {
          teachers,
          clippedShare: clippedTokens / Math.max(1, activeTokens),
          validRate: shareOf(planned, ({ parsed }) => parsed.valid),
          fallbackRate: shareOf(plans, (plan) => plan.teachersNeeded.includes('reference')),
          segments: segmentLengths(planned),
          reward: shareOf(planned, ({ parsed }, i) => examples[i].isCorrect(parsed)),
        },
        rollouts: rolloutRecords(examples, planned, figures),
      };
    },
  };
};

function needMethod(method: MethodConfig | null): MethodConfig {
  if (method === null) throw new Error('a recipe with teachers has a method');
  return method;
}

function shareOf<T>(items: readonly T[], holds: (item: T, index: number) => boolean): number {
  return items.filter(holds).length / items.length;
}
