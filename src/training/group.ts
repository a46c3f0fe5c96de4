/** A group of rollouts as an update of GRPO sees it: the terms of the training objective, read without a gradient. */

import { PlaygroundError } from '../base/errors.ts';
import type { GroupSubject } from '../contract/engine.ts';
import type { GroupReading, GroupRollout } from '../contract/trace/group.ts';
import { checkRoom, checkScoring } from '../inference/checks.ts';
import type { ModelInUse } from '../inference/model-in-use.ts';
import type { ReadOptions } from '../inference/read-rounds.ts';
import { planRollout } from '../inference/reading.ts';
import { readerOf } from '../inference/rollouts.ts';
import { gradeAnswer } from '../method/grading.ts';
import { VIGOS_PAPER } from '../method/named-methods.ts';
import { GroupTerms } from './recipes/group-terms.ts';
import { type PolicyReader, readLogProbs } from './recipes/read-log-probs.ts';

/**
 * Reads every token of the group under the student in use and, where the KL has a weight, under the frozen base, and
 * makes of it what the objective of a step makes. Throws `group.*` for what is no group, `rollout.*`, `score.*` and
 * `group.not-finite`.
 */
export async function readGroup(
  inUse: ModelInUse,
  { input, rollouts, temperature, terms }: GroupSubject,
  options: Pick<ReadOptions, 'pause' | 'onRead'> = {},
): Promise<GroupReading & { readonly ms: number }> {
  const { assets, contexts, store, network } = inUse;
  checkScoring(assets);
  checkGroup(rollouts, temperature);
  // As in a run without teachers: the paper's reading says what a valid form is.
  const planned = rollouts.map(({ ids }) => planRollout(assets, ids, VIGOS_PAPER, input));
  const grading = { measure: input.measure ?? 'exact', reading: VIGOS_PAPER.reading };
  const rewarded = planned.map(({ parsed, ids }) => ({
    parsed,
    correct: gradeAnswer(parsed.answer, input.answer, grading).correct,
    length: ids.length,
  }));
  const group = new GroupTerms(rewarded, rollouts.length, terms);
  const context = contexts.student(input);
  for (const { ids } of planned) checkRoom(context, ids.length, assets);
  const { student: _, ...frozen } = inUse;
  const names: readonly PolicyReader[] = group.needsBase ? ['policy', 'base'] : ['policy'];
  const completions = planned.map(({ ids }) => ({
    ids,
    wanted: names.map((name) => ({
      ...{ name, from: 0, to: ids.length },
      reader: readerOf(name === 'policy' ? inUse : frozen, context, ids),
    })),
  }));
  const start = performance.now();
  try {
    const read = await readLogProbs(completions, names, {
      ...options,
      ...{ temperature, padId: assets.padId, device: network.device, store, keep: false },
      textOf: (i, t) => planned[i].texts[t],
    });
    const tokens = planned.map(({ ids, texts }, i) =>
      ids.map((_, t) => {
        const at = {
          policy: read.policy[i][t],
          sampling: rollouts[i].logProbs[t],
          base: group.needsBase ? read.base[i][t] : null,
        };
        const place = { sequence: i, position: t, row: t, text: texts[t] };
        const token = { kind: 'rollout', teacher: null, loss: Number.NaN, ...place } as const;
        return { ...at, ...group.term(token, at) };
      }),
    );
    return {
      rollouts: planned.map(({ parsed }, i): GroupRollout => {
        const { rewards, advantages, shares } = group;
        return {
          ...{ valid: parsed.valid, reason: parsed.reason?.message ?? null, answer: parsed.answer },
          ...{ correct: rewarded[i].correct, reward: rewards[i], advantage: advantages[i] },
          ...{ share: shares[i], tokens: tokens[i] },
        };
      }),
      loss: group.loss(tokens),
      ms: performance.now() - start,
    };
  } catch (error) {
    throw error instanceof PlaygroundError && error.record.code === 'train.not-finite'
      ? notFinite(error)
      : error;
  } finally {
    store.trim();
  }
}

/** The rollouts must be several, and each must have come with its log-probabilities. */
function checkGroup(rollouts: GroupSubject['rollouts'], temperature: number): void {
  const odd = rollouts.findIndex(({ ids, logProbs }) => ids.length !== logProbs.length);
  if (rollouts.length < 2)
    throw refusal(
      'group.too-small',
      `A group of ${rollouts.length} has nothing to compare: an advantage is a reward less the mean of its group.`,
      'Roll out two or more of one question.',
    );
  if (!(temperature > 0))
    throw refusal(
      'group.greedy',
      'These rollouts were sampled at temperature 0, which has no probabilities whose ratio could be taken.',
      'Set a temperature above 0 and roll out again.',
    );
  if (odd >= 0)
    throw refusal(
      'group.not-sampled',
      `Rollout ${odd} has ${rollouts[odd].ids.length} tokens and ${rollouts[odd].logProbs.length} log-probabilities of its sampling.`,
      'Roll the group out again.',
    );
}

const refusal = (code: string, message: string, fix: string) =>
  new PlaygroundError({ code, message, fix, where: 'group' });

const notFinite = (cause: PlaygroundError) =>
  new PlaygroundError(
    {
      ...cause.record,
      code: 'group.not-finite',
      fix: 'Nothing was changed. Choose another student, or roll out a new group; if it comes again, its weights are broken.',
    },
    { cause },
  );
