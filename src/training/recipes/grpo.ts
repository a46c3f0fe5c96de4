/**
 * GRPO: several rollouts of a question against each other. A token's gradient at the logits is that of its −log p,
 * weighed by what its ratio, its rollout's advantage and the KL to the base make of it.
 */

import { GRPO_FIGURES } from '../../contract/grpo-figures.ts';
import { figuresOf } from '../../contract/step-figures.ts';
import type { GrpoSettings, TrainSettings } from '../../contract/train-settings.ts';
import { LogitOps } from '../../inference/logit-ops.ts';
import { type PolicyTerm, policyTerm, tokenShares } from '../../method/grpo.ts';
import { groupAdvantages, stagedReward } from '../../method/rewards.ts';
import { badRatio, badToken, type LossToken } from '../faults.ts';
import { readBase } from './base-log-probs.ts';
import type { BatchPiece, MakeObjective } from './objective.ts';
import { rolloutRecords } from './rollout-records.ts';

/** A token under the weights of the update. */
interface MeasuredToken extends PolicyTerm {
  readonly entropy: number;
}

export const grpo: MakeObjective = ({ examples, completions, logProbs }, context) => {
  const { base, settings, padId } = context;
  const { groupSize, formatShare, averaging, ...bounds } = needGrpo(settings);
  const sampled = needSampled(logProbs);
  const { temperature } = settings.sampling;
  const planned = completions.map((ids, i) => examples[i].plan(ids));
  const rollouts = planned.map(({ parsed }, i) => ({
    parsed,
    correct: examples[i].isCorrect(parsed),
  }));
  const rewards = rollouts.map(({ parsed, correct }) =>
    stagedReward({ correct, format: parsed.valid }, formatShare),
  );
  const groups = inGroups(rewards, groupSize);
  const advantages = groups.flatMap((group) => groupAdvantages(group));
  const shares = tokenShares(
    completions.map(({ length }) => length),
    averaging,
  );
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
        const term = policyTerm(at, advantages[i], bounds);
        if (!Number.isFinite(term.loss) || !Number.isFinite(term.slope)) throw badRatio(token, at);
        return { ...term, entropy };
      });
    }
  }

  return {
    assertLearnable: () => undefined,
    async measure(piece) {
      const { logits, from, to, kept } = piece;
      const start = performance.now();
      if (bounds.klCoefficient > 0)
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
      const total = measured.map((terms) => terms.reduce((sum, { loss }) => sum + loss, 0));
      return {
        loss: total.reduce((sum, own, i) => sum + own * shares[i], 0),
        entropy: tokens.reduce((sum, { entropy }) => sum + entropy, 0) / tokens.length,
        activeTokens: tokens.length,
        divergences: measured.map((terms) => terms.map(({ kl }) => kl)),
        figures: figuresOf(GRPO_FIGURES, { rollouts, rewards: groups, tokens }),
        rollouts: rolloutRecords(examples, planned, (i) => ({
          teachers: completions[i].map(() => null),
          losses: measured[i].map(({ loss }) => loss),
          clipped: measured[i].map(({ clipped }) => clipped),
          policy: {
            group: Math.floor(i / groupSize),
            reward: rewards[i],
            advantage: advantages[i],
            ratios: measured[i].map(({ ratio }) => ratio),
            kls: bounds.klCoefficient > 0 ? measured[i].map(({ kl }) => kl ?? 0) : null,
          },
        })),
      };
    },
  };
};

function inGroups(rewards: readonly number[], size: number): number[][] {
  if (rewards.length % size !== 0) throw new Error('a batch consists of whole groups');
  return Array.from({ length: rewards.length / size }, (_, group) =>
    rewards.slice(group * size, (group + 1) * size),
  );
}

function needGrpo({ grpo: values }: TrainSettings): GrpoSettings {
  if (values === undefined) throw new Error('a recipe with rewards has settings of its groups');
  return values;
}

function needSampled<T>(logProbs: T | undefined): T {
  if (logProbs === undefined)
    throw new Error('rollouts come with the log-probabilities of their sampling');
  return logProbs;
}
