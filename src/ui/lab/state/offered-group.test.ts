/** A group of a training step in the Lab: its rollouts with the log-probabilities of their sampling, under a student of its run. */

import { encode } from 'fast-png';
import { expect, it, vi } from 'vitest';
import type { TrainRollout } from '../../../contract/train/training.ts';
import { VIGOS_PAPER } from '../../../method/named-methods.ts';
import type { GroupOffer } from '../../shared/offers.ts';
import { ok } from './fixtures/fake-api.ts';
import { fakeApi, fakeLab, recorded } from './fixtures/fake-lab.ts';

const TOKENS = recorded().tokens.map(({ id }) => id);

const rollout = (reward: number): TrainRollout => ({
  item: { split: 'train', index: 7, usualShare: 0.6, fact: false },
  ...{ question: 'What color is the sun in the picture?', answer: 'pink', ids: TOKENS },
  ...{ texts: [], valid: true, reason: null, correct: reward === 1, teachers: [] },
  ...{ losses: [], clipped: [] },
  policy: {
    ...{ group: 0, reward, advantage: 0, ratios: [], kls: null },
    logProbs: TOKENS.map(() => -reward),
  },
});

const before = {
  label: 'Mine, before step 7',
  choice: { kind: 'run', runId: 'r', step: 6 },
} as const;
const after = {
  label: 'Mine, after step 7',
  choice: { kind: 'run', runId: 'r', step: 7 },
} as const;

const offer: GroupOffer = {
  rollouts: [rollout(1), rollout(0.1)],
  pick: 1,
  sampling: { temperature: 1, topP: 1, topK: 0, maxNewTokens: 96, seed: 3 },
  terms: { formatShare: 0.2, klCoefficient: 0.5, ratioClip: 0.3, averaging: 'token' },
  students: [before, after],
};

async function lab() {
  const api = fakeApi();
  const made = fakeLab({ level: 'all' }, api);
  await made.engine.load();
  await vi.waitFor(() => expect(made.store.getState().shown).not.toBeNull());
  return made;
}

const gone = {
  ok: false as const,
  error: { code: 'train.step-gone', message: 'They are no longer here.', fix: '…' },
};

it('is read with the weights that made it; those that came of it are offered beside them', async () => {
  const { session, store, api } = await lab();
  await session.openGroup(offer);
  const { settings, batch, shown, student, students } = store.getState();
  expect(api.takeStudent.mock.lastCall?.[0]).toEqual(before.choice);
  expect(student).toBe(before);
  expect(students).toEqual([before, after]);
  expect(settings).toMatchObject({
    level: 'group',
    count: 2,
    pick: 1,
    from: 'training',
    view: 'all',
  });
  expect(settings).toMatchObject({ ...offer.terms, temperature: 1, topP: 1, topK: 0, seed: 3 });
  expect(settings.method).toEqual(VIGOS_PAPER);
  expect(batch.map(({ logProbs }) => logProbs?.[0])).toEqual([-1, -0.1]);
  expect(batch.every(({ writer, elsewhere }) => writer === before && elsewhere)).toBe(true);
  expect(shown).toBe(batch[1]);
});

it('is read with the weights after the step where those before it are gone', async () => {
  const { session, store, api } = await lab();
  api.takeStudent.mockResolvedValueOnce(gone);
  await session.openGroup(offer);
  const { batch, student, students, errors } = store.getState();
  expect(student).toBe(after);
  expect(students).toEqual([after]);
  // Who wrote them stays true: ratios are against what their sampling left.
  expect(batch.map(({ writer }) => writer)).toEqual([before, before]);
  expect(errors.run).toBeUndefined();
});

it('says so where both are gone, and leaves the page as it was', async () => {
  const { session, store, api } = await lab();
  const { shown } = store.getState();
  api.takeStudent.mockResolvedValue(gone);
  await session.openGroup(offer);
  expect(store.getState().shown).toBe(shown);
  expect(store.getState().errors.run?.code).toBe('train.step-gone');
});

it('its terms are read once for each question about it', async () => {
  const { session, store, api } = await lab();
  const reading = { rollouts: [], loss: 0 };
  api.group.mockImplementation(async ({ jobId }) =>
    ok({
      jobId,
      ...reading,
      timings: { vision: 0, generate: 0, score: 0, divergence: 0, total: 0 },
    }),
  );
  await session.openGroup(offer);
  await session.readGroup();
  await session.readGroup();
  expect(api.group).toHaveBeenCalledTimes(1);
  expect(api.group.mock.lastCall?.[0]).toMatchObject({
    ...{ temperature: 1, terms: offer.terms },
    input: { answer: 'pink' },
    rollouts: [{ ids: TOKENS }, { ids: TOKENS }],
  });
  await session.change({ ratioClip: 0.1 });
  await session.readGroup();
  expect(api.group).toHaveBeenCalledTimes(2);
  expect(store.getState().group?.reading).toMatchObject(reading);
});

it('of a person’s own set is about its picture, graded as the run did', async () => {
  const { session, store, api } = await lab();
  const data = new Uint8Array(2 * 4).fill(200);
  const picture = new File([encode({ width: 2, height: 1, channels: 4, data }).slice()], 'a.png');
  await session.openGroup({ ...offer, picture });
  const { own, batch, settings } = store.getState();
  expect(own?.name).toBe('a.png');
  expect([batch.length, settings.level]).toEqual([2, 'group']);
  const { input } = api.score.mock.lastCall?.[0] ?? {};
  expect(input).toMatchObject({ answer: 'pink', measure: 'mathematical' });
  expect(input?.image).toMatchObject({ width: 2, height: 1 });
});
