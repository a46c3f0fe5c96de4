import { describe, expect, it, vi } from 'vitest';
import type { Outcome, RolloutResult } from '../../../contract/engine.ts';
import type { Trace } from '../../../contract/trace/trace.ts';
import { createEngine } from '../../engine/engine.ts';
import type { OwnPicture } from '../pictures/own-picture.ts';
import { fakeApi, fakeLab } from './fixtures/fake-lab.ts';
import { createSession } from './session.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { type Shown, UNTOUCHED, withSettings, withShown } from './state.ts';
import { createLabStore } from './store.ts';

const picture = (name: string): OwnPicture => ({
  name,
  width: 1,
  height: 1,
  data: new Uint8ClampedArray(4),
  originalWidth: 1,
  originalHeight: 1,
});

function deferred() {
  let resolve: (own: OwnPicture) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<OwnPicture>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

function lab() {
  const store = createLabStore(DEFAULT_SETTINGS);
  const engine = createEngine({
    startEngine: () => {
      throw new Error('No engine is needed to choose a picture.');
    },
    model: { kind: 'bundled', name: 'none', url: '' },
  });
  const session = createSession({ store, engine });
  return { store, session };
}

describe('a picture that takes long to read', () => {
  it('does not replace a picture chosen after it', async () => {
    const { store, session } = lab();
    const big = deferred();
    const slow = session.takePicture(() => big.promise);
    expect(store.getState().readingPicture).toBe(true);
    await session.takePicture(async () => picture('small.png'));
    big.resolve(picture('big.jpg'));
    await slow;
    expect(store.getState().own?.name).toBe('small.png');
    expect(store.getState().readingPicture).toBe(false);
  });

  it('does not replace a scene chosen after it, nor does its failure speak up', async () => {
    const { store, session } = lab();
    const big = deferred();
    const bad = deferred();
    const reads = [session.takePicture(() => big.promise), session.takePicture(() => bad.promise)];
    await session.choose({ split: 'test', index: 3 });
    big.resolve(picture('big.jpg'));
    bad.reject(new Error('unreadable'));
    await Promise.all(reads);
    expect(store.getState()).toMatchObject({ own: null, readingPicture: false, errors: {} });
    expect(store.getState().settings).toMatchObject({ split: 'test', index: 3 });
  });
});

describe('a run that comes to no figures', () => {
  const REFUSED = { code: 'score.dynamic-int8', message: 'm', fix: 'f', where: 'model' };
  /** A Lab that wrote two tokens of a run, which then waits for its answer. */
  async function writing() {
    const lab = fakeLab();
    let answer: (outcome: Outcome<RolloutResult>) => void = () => undefined;
    lab.api.rollout.mockImplementation(
      () =>
        new Promise<Outcome<RolloutResult>>((resolve) => {
          answer = resolve;
        }),
    );
    const started = lab.engine.load();
    await vi.waitFor(() => expect(lab.store.getState().work).not.toBeNull());
    const jobId = lab.store.getState().work?.jobId ?? '';
    for (const [index, text] of [' a', ' b'].entries())
      lab.fire({ type: 'job.token', jobId, rollout: 0, index, id: index, text, logProb: 0 });
    return { ...lab, started, answer };
  }

  it('keeps what was written beside the reason, until the next run', async () => {
    const { store, session, answer, started, api } = await writing();
    answer({ ok: false, error: REFUSED });
    await started;
    await vi.waitFor(() => expect(store.getState().errors.run).toEqual(REFUSED));
    expect(store.getState()).toMatchObject({ work: null, live: null, shown: null });
    expect(store.getState().unscored?.texts).toEqual([' a', ' b']);
    api.rollout.mockImplementation(fakeApi().rollout);
    await session.run();
    expect(store.getState().unscored).toBeNull();
    expect(store.getState().shown).not.toBeNull();
  });

  it('because its worker died keeps it too, and one that was cancelled does not', async () => {
    const { store, die } = await writing();
    die({ reason: 'gone', notLoaded: null });
    expect(store.getState().unscored?.texts).toEqual([' a', ' b']);
    const other = await writing();
    other.session.cancel();
    expect(other.store.getState()).toMatchObject({ live: null, unscored: null });
  });
});

describe('going back in the history', () => {
  it('restores the scene and its question, and keeps the backend', async () => {
    const { store, session } = lab();
    await session.takePicture(async () => picture('cat.png'));
    const before = { ...DEFAULT_SETTINGS, index: 14, question: 'Why?', backend: 'wasm' } as const;
    await session.restore({ settings: before, unused: [], otherScene: false });
    expect(store.getState().own).toBeNull();
    expect(store.getState().settings).toEqual({ ...before, backend: 'auto' });
  });
});

describe('a picture for an opened trace', () => {
  const seen = (width: number, height: number): Shown => {
    const trace = { prompts: { student: { image: { width, height } } } };
    return { ...UNTOUCHED, trace: trace as Trace, subject: null, timings: null };
  };
  const photo = { ...picture('photo.jpg'), originalWidth: 4032, originalHeight: 3024 };
  const whole = { ...photo, width: 4032, height: 3024 };

  it('is read up to the limit that the page states', async () => {
    const { store, session } = lab();
    const limits: number[] = [];
    const read = async (most: number) => {
      limits.push(most);
      return whole;
    };
    await session.takePicture(read);
    store.setState((s) => withSettings(s, { megapixels: 0.5 }));
    await session.takePicture(read);
    expect(limits).toEqual([16e6, 0.5e6]);
  });

  it('that the student saw scaled down names the limit under which it was', async () => {
    const { store, session } = lab();
    store.setState((s) => withShown(s, seen(1024, 768)));
    await session.attachPicture(async () => whole);
    const error = store.getState().errors.picture;
    expect(error).toMatchObject({ code: 'trace.other-picture' });
    expect(error?.fix).toContain('set “Megapixels kept” to 0.7864');
  });

  it('that it cannot have been is refused', async () => {
    const { store, session } = lab();
    store.setState((s) => withShown(s, seen(1024, 1024)));
    await session.attachPicture(async () => whole);
    expect(store.getState().errors.picture?.fix).toContain('Choose the picture');
  });
});
