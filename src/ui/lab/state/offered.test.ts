/** Rollouts of an evaluation in the Lab: about what they were about, graded and measured as they were. */

import { encode } from 'fast-png';
import { expect, it, vi } from 'vitest';
import type { LeakageRequest } from '../../../contract/engine.ts';
import { sameMethod } from '../../../contract/settings/nearest-method.ts';
import { bothMethods } from '../../../contract/trace/leakage.ts';
import { OPSD, VIGOS_CODE, VIGOS_PAPER } from '../../../method/named-methods.ts';
import { renderScene, WORLD_EDGE } from '../../../world/render.ts';
import { worldItem } from '../../../world/split.ts';
import type { OfferedLeakage, RolloutOffer } from '../../shared/offers.ts';
import { fakeApi, fakeLab } from './fixtures/fake-lab.ts';
import { subjectNow } from './subject.ts';

const sampling = { temperature: 1, topP: 0.9, topK: 20, maxNewTokens: 96, seed: 3 };
const base = { sampling, method: VIGOS_PAPER, student: null } as const;

/** A picture of two by one pixels, of which the first is so red. */
const png = (red: number, name = 'a.png') =>
  new File(
    [
      encode({
        width: 2,
        height: 1,
        channels: 4,
        data: Uint8Array.of(red, 0, 0, 255, 9, 9, 9, 255),
      }).slice(),
    ],
    name,
  );

async function lab() {
  const leakage = vi.fn(async (_: LeakageRequest) => ({
    ok: false as const,
    error: { code: 'job.cancelled', message: '', fix: '' },
  }));
  const api = Object.assign(fakeApi(), { leakage });
  const made = fakeLab({ level: 'all' }, api);
  await made.engine.load();
  await vi.waitFor(() => expect(made.store.getState().shown).not.toBeNull());
  return { ...made, leakage };
}

const own = (answer: string, more: Partial<RolloutOffer> = {}): RolloutOffer => ({
  ...base,
  rollout: { picture: png(200), question: 'How many?', answer, ids: [1, 2, 3] },
  evaluated: { grading: 'exact', leakage: null },
  ...more,
});

it('a file’s item is its picture, question, answer and very tokens, graded as it was', async () => {
  const { session, store, api } = await lab();
  await session.openRollout(own('5.0'));
  const { input, completion } = api.score.mock.lastCall?.[0] ?? {};
  expect(completion).toMatchObject({ kind: 'ids', ids: [1, 2, 3] });
  expect(input).toMatchObject({ question: 'How many?', answer: '5.0', measure: 'exact' });
  expect(input?.image).toMatchObject({ width: 2, height: 1 });
  expect(input?.image?.data[0]).toBe(200);
  expect(store.getState().own?.name).toBe('a.png');
  expect(store.getState().shown).toMatchObject({ trainedWith: null, elsewhere: true });
  await session.choose({ split: 'test', index: 1 });
  expect(store.getState().grading).toBeNull();
});

it('one without a reference answer waits for it, and is scored with the one that is typed', async () => {
  const { session, store, api } = await lab();
  const before = api.score.mock.calls.length;
  await session.openRollout(own(''));
  expect(store.getState().errors.answer?.code).toBe('lab.answer-empty');
  expect(api.score.mock.calls.length).toBe(before);
  await session.change({ answer: '7' });
  const { input, completion } = api.score.mock.lastCall?.[0] ?? {};
  expect(input).toMatchObject({ question: 'How many?', answer: '7' });
  expect(completion).toMatchObject({ ids: [1, 2, 3] });
  expect(store.getState().errors.answer).toBeUndefined();
});

it('one without a picture is asked without', async () => {
  const { session, store, api } = await lab();
  const rollout = { picture: null, question: 'Why?', answer: 'so', ids: [1] };
  await session.openRollout(own('', { rollout }));
  expect(api.score.mock.lastCall?.[0].input).toMatchObject({ image: null, question: 'Why?' });
  expect(subjectNow(store.getState()).absent?.none).toBe(true);
});

it.each([
  ['vigos', VIGOS_PAPER],
  ['opsd', OPSD],
] as const)(
  'behind a rate of %s the leakage is asked for as the evaluation did, whatever the page had',
  async (_, method) => {
    const { session, store, leakage } = await lab();
    await session.change({ method: VIGOS_CODE, other: { ...OPSD, temperature: 2 } });
    await session.change({ mismatched: 'blank', wrongAnswers: 'x' });
    const measured = { wrongAnswers: null, wrongCount: 2, epsilon: 1e-6, mismatched: null };
    const item = { split: 'prior-test', index: 4, usualShare: 0.6, fact: true };
    const { question, answer, fact, wrongAnswers } = worldItem('prior-test', 4);
    await session.openRollout({
      ...base,
      method,
      rollout: { item, question: `${fact} ${question}`, answer, ids: [1, 2] },
      evaluated: { grading: 'exact', leakage: measured },
    });
    await session.readLeakage();
    const [asked] = leakage.mock.lastCall ?? [];
    expect(store.getState().settings).toMatchObject({ level: 'leakage', epsilon: 1e-6 });
    expect(asked).toMatchObject({ k: 2, wrongAnswers: wrongAnswers.slice(0, 2) });
    const next = renderScene(worldItem('prior-test', 5).scene, WORLD_EDGE);
    expect(asked?.mismatched.data).toEqual(next.data);
    const both = bothMethods(VIGOS_PAPER);
    for (const name of ['vigos', 'opsd'] as const)
      expect(asked && sameMethod(asked.methods[name], both[name])).toBe(true);
  },
);

it('of a file’s item the wrong answers and the other picture are the file’s own', async () => {
  const { session, leakage } = await lab();
  const measured: OfferedLeakage = {
    wrongAnswers: ['1,000', '4'],
    wrongCount: 3,
    epsilon: 1e-8,
    mismatched: png(77),
  };
  await session.openRollout(own('5', { evaluated: { grading: 'exact', leakage: measured } }));
  await session.readLeakage();
  const [asked] = leakage.mock.lastCall ?? [];
  expect(asked).toMatchObject({ wrongAnswers: ['1,000', '4'], k: 3 });
  expect(asked?.mismatched.data[0]).toBe(77);
  expect(asked?.input.measure).toBe('exact');
});

it('a student of other weights than those that wrote it does not score it', async () => {
  const { session, store, api } = await lab();
  const status = { label: 'run', step: 5, runId: 'r', fingerprint: 'b'.repeat(64) };
  api.takeStudent.mockResolvedValue({ ok: true, value: status });
  const before = api.score.mock.calls.length;
  const choice = { kind: 'kept', runId: 'r', step: 5 } as const;
  const student = { label: 'run, step 5', choice, fingerprint: 'a'.repeat(64) };
  await session.openRollout(own('5', { student }));
  expect(store.getState().errors.run?.code).toBe('lab.other-student');
  expect(store.getState().student).toBeNull();
  expect(api.score.mock.calls.length).toBe(before);
});
