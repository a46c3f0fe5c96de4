/** Distillation: teachers score the student's own tokens; ViGOS with its ablations and OPSD differ in the method alone. */

import { DISTILLATION_FIGURES } from '../../contract/figures/distillation-figures.ts';
import { figuresOf } from '../../contract/figures/step-figures.ts';
import { LogitOps } from '../../inference/logit-ops.ts';
import { batchLoss, lossScales } from '../../method/loss.ts';
import type { MethodConfig, SupervisionPlan } from '../../method/types.ts';
import { assertSupervised } from '../faults.ts';
import type { MakeObjective } from './objective.ts';
import { referencesOf } from './reference-facts.ts';
import { rolloutRecords } from './rollout-records.ts';
import {
  divergenceOf,
  type Figures,
  type SupervisedRow,
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
      const loss = batchLoss(plans.map((plan, i) => ({ plan, losses: lossesOf(figures[i]) })));
      const tokens = plans.flatMap((plan, row) => supervised(plan, figures[row]));
      const entropy = tokens.reduce((sum, { figure }) => sum + figure.studentEntropy, 0);
      return {
        loss: loss.total,
        entropy: entropy / Math.max(1, tokens.length),
        activeTokens: loss.activeTokens,
        divergences: plans.map(({ tokens }, row) =>
          tokens.map(({ divergence }, token) => {
            const figure = figures[row][token];
            return divergence === null || figure === null ? null : divergenceOf(figure, divergence);
          }),
        ),
        figures: figuresOf(DISTILLATION_FIGURES, {
          rollouts: planned.map(({ parsed, plan }, i) => {
            return { parsed, plan, correct: examples[i].isCorrect(parsed) };
          }),
          tokens,
          loss,
          references: referencesOf(examples, settings, (i) => planned[i].parsed),
        }),
        rollouts: rolloutRecords(examples, planned, (row) => ({
          teachers: plans[row].tokens.map(({ teacher }) => teacher),
          losses: lossesOf(figures[row]),
          clipped: figures[row].map((figure) => figure?.clipped ?? false),
        })),
      };
    },
  };
};

const lossesOf = (row: Figures[number]) => row.map((figure) => figure?.loss ?? 0);

/** The tokens of a plan that a teacher supervises, as they were measured. */
function supervised({ tokens }: SupervisionPlan, row: Figures[number]) {
  return tokens.flatMap(({ teacher, divergence }, token) => {
    const figure = row[token];
    if (teacher === null || divergence === null || figure === null) return [];
    const { clipped } = figure;
    return [{ teacher, divergence: divergenceOf(figure, divergence), clipped, figure }];
  });
}

function needMethod(method: MethodConfig | null): MethodConfig {
  if (method === null) throw new Error('a recipe with teachers has a method');
  return method;
}
