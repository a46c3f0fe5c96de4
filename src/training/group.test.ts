/** A group in the Lab has the terms of the training objective, read like everything else; what is no group says so. */

import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../base/errors.ts';
import type { GroupSubject } from '../contract/engine.ts';
import {
  assets,
  modelInUse,
  readAlone,
  subject,
  typedIds,
} from '../inference/fixtures/counterfactual-model.ts';
import { PrefixDecoder } from '../inference/fixtures/prefix-decoder.ts';
import type { ModelInUse } from '../inference/model-in-use.ts';
import { planRollout } from '../inference/reading.ts';
import { VIGOS_PAPER } from '../method/named-methods.ts';
import { lowVarianceKl } from '../method/rewards.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import { readGroup } from './group.ts';

const { input } = subject();
const TERMS = {
  formatShare: 0.1,
  klCoefficient: 0.04,
  ratioClip: 0.2,
  averaging: 'sequence',
} as const;
const RIGHT = ' A leaf. </description> <think> It is red. </think> \\boxed{red}';
const WRONG = ' A leaf. </description> <think> Leaves are green. </think> \\boxed{green}';
const IDS = [RIGHT, WRONG].map((text) => typedIds(text));

/** What the base gives the tokens of a rollout, read by itself. */
async function baseOf(inUse: ModelInUse, ids: readonly number[]): Promise<number[]> {
  const { parsed } = planRollout(assets, ids, VIGOS_PAPER);
  const at = await readAlone(inUse, subject(), [VIGOS_PAPER, parsed], 'student');
  return ids.map((id, t) => at(t)[id]);
}

const group = (change: Partial<GroupSubject> = {}): GroupSubject => ({
  ...{ input, temperature: 1, terms: TERMS },
  rollouts: IDS.map((ids) => ({ ids, logProbs: ids.map(() => -1) })),
  ...change,
});

const refused = (asked: GroupSubject) =>
  readGroup(modelInUse().inUse, asked).then(
    () => toErrorRecord(new Error('nothing was refused')),
    (error: unknown) => toErrorRecord(error),
  );

describe('a group', () => {
  it('that the asked weights sampled has ratio 1, no KL to themselves, and its rewards in parts', async () => {
    const { inUse, decoder } = modelInUse();
    const logProbs = await baseOf(inUse, IDS[0]);
    const rollouts = [
      { ids: IDS[0], logProbs },
      { ids: IDS[1], logProbs: IDS[1].map(() => -2) },
    ];
    const found = await readGroup(inUse, group({ rollouts }));
    expect([decoder.held, decoder.caches]).toEqual([0, 0]);
    const [right, wrong] = found.rollouts;
    expect(right).toMatchObject({ valid: true, correct: true, reward: 1, answer: 'red' });
    expect(wrong).toMatchObject({ valid: true, correct: false, reward: 0.1, answer: 'green' });
    expect(right.advantage).toBeCloseTo(-wrong.advantage, 12);
    for (const { ratio, kl, clipped } of right.tokens) {
      expect(ratio).toBeCloseTo(1, 5);
      expect(kl).toBeCloseTo(0, 8);
      expect(clipped).toBe(false);
    }
    const sum = found.rollouts.flatMap(({ share, tokens }) =>
      tokens.map(({ loss }) => share * loss),
    );
    expect(found.loss).toBeCloseTo(
      sum.reduce((all, own) => all + own, 0),
      12,
    );
  });

  it('under another student has that one’s ratios and its KL to the base', async () => {
    const { inUse } = modelInUse();
    const other = new PrefixDecoder(assets.config.text.vocabSize, { seed: 7 });
    const network = Object.assign(other, {
      encodeImages: inUse.network.encodeImages,
    }) as unknown as ModelNetwork;
    const student = { network, key: 'other', vision: false };
    const base = await baseOf(inUse, IDS[0]);
    const rollouts = [
      { ids: IDS[0], logProbs: base },
      { ids: IDS[1], logProbs: IDS[1].map(() => -2) },
    ];
    const found = await readGroup({ ...inUse, student }, group({ rollouts }));
    for (const [t, token] of found.rollouts[0].tokens.entries()) {
      expect(token.base).toBeCloseTo(base[t], 5);
      expect(token.ratio).toBeCloseTo(Math.exp(token.policy - base[t]), 5);
      expect(token.kl).toBeCloseTo(lowVarianceKl(token.policy, token.base ?? 0), 8);
    }
    expect(found.rollouts.flatMap(({ tokens }) => tokens).some(({ clipped }) => clipped)).toBe(
      true,
    );
  });

  it('without a weight of the KL leaves the base unread', async () => {
    const { inUse } = modelInUse();
    const terms = { ...TERMS, klCoefficient: 0 };
    const { rollouts } = await readGroup(inUse, group({ terms }));
    expect(rollouts[0].tokens[0]).toMatchObject({ base: null, kl: null });
  });
});

describe('what is no group says so, and what to do', () => {
  it.each([
    ['group.too-small', { rollouts: group().rollouts.slice(0, 1) }],
    ['group.greedy', { temperature: 0 }],
    ['group.not-sampled', { rollouts: group().rollouts.map(({ ids }) => ({ ids, logProbs: [] })) }],
  ])('%s', async (code, change) => {
    const found = await refused(group(change));
    expect(found.code).toBe(code);
    expect(found.fix).not.toBe('');
  });

  it('group.not-finite, with the token', async () => {
    const rollouts = IDS.map((ids) => ({ ids, logProbs: ids.map(() => Number.NaN) }));
    const found = await refused(group({ rollouts }));
    expect(found).toMatchObject({ code: 'group.not-finite', where: 'rollout 0, token 0, student' });
    expect(found.fix).toContain('roll out a new group');
  });
});
