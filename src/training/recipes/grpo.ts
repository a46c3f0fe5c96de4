/**
 * GRPO: several rollouts of a question against each other. A token's gradient at the logits is that of its −log p,
 * weighed by what its ratio, its rollout's advantage and the KL to the base make of it.
 */

import { GRPO_FIGURES } from '../../contract/figures/grpo-figures.ts';
import { figuresOf } from '../../contract/figures/step-figures.ts';
import type { GrpoSettings, TrainSettings } from '../../contract/train/train-settings.ts';
import { LogitOps } from '../../inference/logit-ops.ts';
import type { PolicyTerm } from '../../method/grpo.ts';
import { badToken, type LossToken } from '../faults.ts';
import { GroupTerms } from './group-terms.ts';
import type { BatchPiece, MakeObjective } from './objective.ts';
import { readBase } from './read-log-probs.ts';
import { rolloutRecords } from './rollout-records.ts';

/** A token under the weights of the update. */
interface MeasuredToken extends PolicyTerm {
  readonly entropy: number;
}

export const grpo: MakeObjective = ({ examples, completions, logProbs }, context) => {
  const { base, settings, padId } = context;
  const { groupSize, updates: _, ...terms } = needGrpo(settings);
  const sampled = needSampled(logProbs);
  const { temperature } = settings.sampling;
  const planned = completions.map((ids, i) => examples[i].plan(ids));
  const rollouts = planned.map(({ parsed }, i) => ({
    parsed,
    correct: examples[i].isCorrect(parsed),
    length: completions[i].length,
  }));
  const group = new GroupTerms(rollouts, groupSize, terms);
  const { rewards, advantages, shares } = group;
  const ops = new LogitOps(base.device);
  const measured: (readonly MeasuredToken[])[] = [];
  // The base never moves: it is read once for all updates of the batch.
  let ofBase: readonly (readonly number[])[] | null = null;

  const tokenOf = (sequence: number, position: number, row: number): LossToken => ({
    kind: 'rollout',
    ...{ sequence, position, row },
    text: planned[sequence].texts[position],
    teacher: null,
    loss: measured[sequence]?.[position]?.loss ?? Number.NaN,
  });

  async function measureTerms({ logits, from, to, kept }: BatchPiece): Promise<void> {
    for (let i = from; i < to; i++) {
      const rows = completions[i].map((id, t) => ({ logits, row: (i - from) * kept + t, id }));
      const own = await ops.logProbs(rows, temperature);
      measured[i] = own.map(({ logProb, entropy, nonFinite }, t) => {
        const token = tokenOf(i, t, rows[t].row);
        if (nonFinite !== null) throw badToken(token, nonFinite);
        const at = { policy: logProb, sampling: sampled[i][t], base: ofBase?.[i][t] ?? null };
        return { ...group.term(token, at), entropy };
      });
    }
  }

  return {
    assertLearnable: () => undefined,
    async measure(piece) {
      const { logits, from, to, kept } = piece;
      const start = performance.now();
      if (group.needsBase)
        ofBase ??= await readBase(base, { examples, completions, groupSize }, temperature, padId);
      const teachers = performance.now() - start;
      await measureTerms(piece);
      const pairs = measured.slice(from, to).flatMap((terms, i) =>
        terms.flatMap(({ slope }, t) => {
          if (slope === 0) return [];
          const own = { logits, row: i * kept + t };
          const sampledId = completions[from + i][t];
          // The gradient of −log p, so that a slope by log p has the other sign.
          const weight = -slope * shares[from + i];
          return { student: own, teacher: own, sampledId, weight };
        }),
      );
      const gradient = ops.gradientOf(logits);
      try {
        const request = {
          temperature,
          divergence: { kind: 'cross-entropy' },
          clip: { kind: 'none' },
          topK: 0,
        } as const;
        await ops.measure(pairs, request, gradient);
        const cotangent = await ops.readRows(gradient);
        const tokens = () =>
          completions
            .slice(from, to)
            .flatMap((ids, i) => ids.map((_, t) => tokenOf(from + i, t, i * kept + t)));
        const divergence = performance.now() - start - teachers;
        return { cotangent, tokens, ms: { teachers, divergence } };
      } finally {
        gradient.release();
      }
    },
    result() {
      const tokens = measured.flat();
      return {
        loss: group.loss(measured),
        entropy: tokens.reduce((sum, { entropy }) => sum + entropy, 0) / tokens.length,
        activeTokens: tokens.length,
        divergences: measured.map((terms) => terms.map(({ kl }) => kl)),
        figures: figuresOf(GRPO_FIGURES, { rollouts, rewards: group.groups, tokens }),
        rollouts: rolloutRecords(examples, planned, (i) => ({
          teachers: completions[i].map(() => null),
          losses: measured[i].map(({ loss }) => loss),
          clipped: measured[i].map(({ clipped }) => clipped),
          policy: {
            group: Math.floor(i / groupSize),
            reward: rewards[i],
            advantage: advantages[i],
            logProbs: sampled[i],
            ratios: measured[i].map(({ ratio }) => ratio),
            kls: group.needsBase ? measured[i].map(({ kl }) => kl ?? 0) : null,
          },
        })),
      };
    },
  };
};

function needGrpo({ grpo: values }: TrainSettings): GrpoSettings {
  if (values === undefined) throw new Error('a recipe with rewards has settings of its groups');
  return values;
}

function needSampled<T>(logProbs: T | undefined): T {
  if (logProbs === undefined)
    throw new Error('rollouts come with the log-probabilities of their sampling');
  return logProbs;
}
