import { describe, expect, it, vi } from 'vitest';
import type { LeakageRequest, LeakageResult, Outcome } from '../../../contract/engine.ts';
import { worldItem } from '../../../world/split.ts';
import { fakeApi, fakeLab, recorded, STATUS, traceFile } from './fixtures/fake-lab.ts';
import { whyNoLeakage } from './leakage.ts';
import { readLink, settingsToQuery } from './url.ts';

const engine = { phase: 'ready', model: STATUS.model } as const;

/** Every token of OPSD with the same figures. */
const answered = ({ jobId, wrongAnswers, completion }: LeakageRequest): Outcome<LeakageResult> => {
  const count = completion.kind === 'ids' ? completion.ids.length : 0;
  const token = { segment: 'reasoning', teacher: 'privileged', student: -2, matched: -1 } as const;
  const opsd = Array.from({ length: count }, (_, i) => ({
    ...token,
    token: i,
    wrongAnswers: wrongAnswers.map(() => -1.5),
    wrongImage: -3,
  }));
  const timings = { vision: 0, generate: 0, score: 0, divergence: 0, total: 0 };
  const value = { jobId, wrongAnswers, unused: [], tokens: { opsd, vigos: [] }, timings };
  return { ok: true, value };
};

async function leakyLab(settings = {}) {
  const leakage = vi.fn(async (request: LeakageRequest) => answered(request));
  const api = Object.assign(fakeApi(), { leakage });
  const lab = fakeLab({ level: 'leakage', ...settings }, api);
  await lab.engine.load();
  await vi.waitFor(() => expect(lab.store.getState().work).toBeNull());
  await vi.waitFor(() => expect(lab.store.getState().shown).not.toBeNull());
  return { ...lab, leakage };
}

describe('the leakage of the rollout on the page', () => {
  it('is asked for once, with the world’s wrong answers and the next scene’s picture', async () => {
    const { session, store, leakage } = await leakyLab();
    await session.readLeakage();
    await session.readLeakage();
    expect(leakage).toHaveBeenCalledTimes(1);
    const { split, index } = store.getState().settings;
    const { wrongAnswers, k, mismatched, methods } = leakage.mock.calls[0][0];
    expect(wrongAnswers).toEqual(worldItem(split, index).wrongAnswers.slice(0, 3));
    expect(k).toBe(3);
    expect(mismatched.width).toBe(112);
    expect([methods.vigos.name, methods.opsd.name]).toEqual(['vigos', 'opsd']);
    expect(store.getState().shown?.trace.leakage).toMatchObject({ picture: 'next', epsilon: 1e-8 });
  });

  it('is measured anew for other answers and another picture, and ε alone measures nothing', async () => {
    const { session, store, leakage } = await leakyLab();
    await session.readLeakage();
    await session.change({ epsilon: 0.5 });
    await session.readLeakage();
    expect(leakage).toHaveBeenCalledTimes(1);
    expect(store.getState().shown?.trace.leakage?.epsilon).toBe(0.5);
    await session.change({ wrongAnswers: 'grey, Pink., grey', mismatched: 'blank' });
    await session.readLeakage();
    expect(leakage).toHaveBeenCalledTimes(2);
    expect(leakage.mock.calls[1][0].wrongAnswers).toEqual(['grey']);
    expect(store.getState().shown?.trace.leakage?.picture).toBe('blank');
  });

  it('is not asked for at another level', async () => {
    const { session, leakage } = await leakyLab({ level: 'all' });
    await session.readLeakage();
    expect(leakage).not.toHaveBeenCalled();
  });

  it('says why there is none', async () => {
    const { store, session } = await leakyLab();
    const why = () => whyNoLeakage(store.getState(), engine)?.code;
    expect(why()).toBeUndefined();
    await session.change({ wrongAnswers: 'pink, PINK.' });
    expect(why()).toBe('leakage.no-wrong-answer');
    await session.change({ wrongAnswers: null, mismatched: 'own' });
    expect(why()).toBe('leakage.mismatched-absent');
    const { shown } = store.getState();
    if (shown === null) throw new Error('nothing is shown');
    const trace = { ...shown.trace, valid: false };
    store.setState({ shown: { ...shown, trace } });
    expect(why()).toBe('leakage.invalid-rollout');
  });

  it('goes out with the trace, and an opened one needs no second measurement', async () => {
    const { session, store, leakage } = await leakyLab({ wrongAnswers: 'grey' });
    await session.readLeakage();
    const shown = store.getState().shown;
    const other = await leakyLab({ level: 'leakage' });
    await other.session.openTrace(traceFile({ ...recorded(), leakage: shown?.trace.leakage }));
    await other.session.readLeakage();
    expect(other.leakage).not.toHaveBeenCalled();
    expect(other.store.getState().settings).toMatchObject({ wrongAnswers: 'grey', wrongCount: 1 });
    expect(leakage).toHaveBeenCalledTimes(1);
  });

  it('stands in the address with what it was measured by', async () => {
    const { store, session } = await leakyLab();
    await session.change({
      wrongCount: 2,
      epsilon: 1e-6,
      mismatched: 'blank',
      wrongAnswers: 'a, b',
    });
    const query = settingsToQuery(store.getState().settings);
    expect(readLink(query).settings).toEqual(store.getState().settings);
    expect(query).toContain('level=leakage');
  });
});
