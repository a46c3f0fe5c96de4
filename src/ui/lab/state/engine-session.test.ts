import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toErrorRecord } from '../../../base/errors.ts';
import type { EngineStatus, Outcome } from '../../../contract/engine.ts';
import { checkpointHome } from '../../../model/sources/folders.ts';
import { checkpointsOf } from './checkpoints-of.ts';
import { fakeApi, fakeLab, STATUS } from './fixtures/fake-lab.ts';
import { linkNote } from './link-words.ts';
import { readLink, settingsToQuery } from './url.ts';

const FOLDER = { kind: 'folder', name: 'mine', files: [] } as const;
const OK: Outcome<EngineStatus> = { ok: true, value: STATUS };
const CANCELLED: Outcome<EngineStatus> = {
  ok: false,
  error: { code: 'job.cancelled', message: 'm', fix: 'f' },
};
const never = () => new Promise<Outcome<EngineStatus>>(() => undefined);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A load that waits for its cancellation, as a worker that hears does. */
function hearing() {
  const api = fakeApi();
  let answer: (outcome: Outcome<EngineStatus>) => void = () => undefined;
  const wait = () => new Promise<Outcome<EngineStatus>>((resolve) => (answer = resolve));
  api.cancelLoad.mockImplementation(async () => {
    answer(CANCELLED);
    return undefined;
  });
  return { api, wait };
}

describe('a folder with several checkpoints', () => {
  it('asks which, newest first, and opens the one that is chosen', async () => {
    const files = ['checkpoint-5', 'checkpoint-100'].flatMap((name) =>
      ['config.json', 'model.safetensors'].map((file) => ({
        path: `run/${name}/${file}`,
        file: new Blob(['{}']),
      })),
    );
    const { store, session, api } = fakeLab();
    await session.load();
    api.load.mockImplementationOnce(async () => {
      try {
        checkpointHome(files);
      } catch (error) {
        return { ok: false, error: toErrorRecord(error) };
      }
      throw new Error('nobody was asked');
    });
    await session.takeModel({ kind: 'folder', name: 'run', files });
    const { engine, errors } = store.getState();
    expect(engine).toMatchObject({ phase: 'ready', ownModel: false });
    const choices = errors.engine === undefined ? [] : checkpointsOf(errors.engine);
    expect(choices).toEqual(['checkpoint-100', 'checkpoint-5']);
    await session.takeInner('checkpoint-5');
    expect(api.load.mock.lastCall).toMatchObject([
      { source: { name: 'run', inner: 'checkpoint-5' } },
    ]);
    expect(store.getState().engine.ownModel).toBe(true);
    expect(store.getState().errors).toEqual({});
  });
});

describe('a load that is cancelled', () => {
  it('leaves the model and the rollout of before, in the same worker', async () => {
    const { api, wait } = hearing();
    const { store, session, started } = fakeLab({}, api);
    await session.load();
    const { shown } = store.getState();
    api.load.mockImplementationOnce(wait);
    const taking = session.takeModel(FOLDER);
    expect(store.getState().engine).toMatchObject({ phase: 'loading', opening: 'mine' });
    await session.cancelLoad();
    await taking;
    const { engine, errors, notice, settings } = store.getState();
    expect(engine).toMatchObject({ phase: 'ready', ownModel: false, opening: null });
    expect(store.getState().shown).toBe(shown);
    expect(errors).toEqual({});
    expect(notice).toBe('Opening “mine” was cancelled.');
    expect(settings.model).toBeNull();
    expect(started).toHaveLength(1);
  });

  it('ends a worker that hears nothing for a second, and starts another with the model of before', async () => {
    const { store, session, api, started } = fakeLab();
    await session.load();
    const { shown } = store.getState();
    api.load.mockImplementationOnce(never);
    const taking = session.takeModel(FOLDER);
    const cancelling = session.cancelLoad();
    await vi.advanceTimersByTimeAsync(900);
    expect(started[0]?.stop).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(200);
    await Promise.all([cancelling, taking]);
    expect(started[0]?.stop).toHaveBeenCalledOnce();
    expect(started).toHaveLength(2);
    expect(api.load.mock.lastCall).toMatchObject([{ source: { kind: 'bundled' } }]);
    expect(store.getState().engine).toMatchObject({ phase: 'ready', ownModel: false });
    expect(store.getState().shown).toBe(shown);
  });

  it('of the first model says so, and starting again works', async () => {
    const { store, session, api, started } = fakeLab();
    api.load.mockImplementationOnce(never);
    const loading = session.load();
    const cancelling = session.cancelLoad();
    await vi.advanceTimersByTimeAsync(1100);
    await Promise.all([cancelling, loading]);
    expect(store.getState().engine.phase).toBe('failed');
    expect(store.getState().errors.engine?.code).toBe('model.load-cancelled');
    await session.load();
    expect(store.getState().engine.phase).toBe('ready');
    expect(started).toHaveLength(2);
  });
});

describe('the built-in model is always at hand', () => {
  it('while a folder hangs that follows another folder', async () => {
    const { store, session, api } = fakeLab();
    await session.load();
    await session.takeModel(FOLDER);
    expect(store.getState()).toMatchObject({
      engine: { ownModel: true },
      settings: { model: 'mine' },
    });
    api.load.mockImplementationOnce(never);
    const taking = session.takeModel({ ...FOLDER, name: 'worse' });
    const back = session.takeModel(null);
    await vi.advanceTimersByTimeAsync(1100);
    await Promise.all([taking, back]);
    expect(api.load.mock.lastCall).toMatchObject([{ source: { kind: 'bundled' } }]);
    expect(store.getState()).toMatchObject({
      engine: { phase: 'ready', ownModel: false },
      settings: { model: null },
    });
  });

  it('while a folder loads in a worker that hears', async () => {
    const { api, wait } = hearing();
    const { store, session, started } = fakeLab({}, api);
    await session.load();
    await session.takeModel(FOLDER);
    api.load.mockImplementationOnce(wait);
    const taking = session.takeModel({ ...FOLDER, name: 'worse' });
    await session.takeModel(null);
    await taking;
    expect(started).toHaveLength(1);
    expect(api.load.mock.lastCall).toMatchObject([{ source: { kind: 'bundled' } }]);
    expect(store.getState().engine).toMatchObject({ phase: 'ready', ownModel: false });
  });

  it('after the engine has stopped', async () => {
    const { store, session, started } = fakeLab();
    const starting = session.load();
    started[0]?.onDeath({ reason: 'killed', notLoaded: null });
    await starting;
    expect(store.getState().engine.phase).toBe('failed');
    await session.takeModel(null);
    expect(store.getState().engine.phase).toBe('ready');
    expect(started).toHaveLength(2);
  });
});

it('a model of one’s own is in the address by name, and a reload says that it is not there', async () => {
  const { store, session, api } = fakeLab();
  api.load.mockResolvedValue(OK);
  await session.load();
  await session.takeModel(FOLDER);
  const link = readLink(settingsToQuery(store.getState().settings));
  expect(link.settings.model).toBe('mine');
  expect(linkNote(link)?.message).toContain('the model “mine”, which was opened from a folder');
  // Going back in the history finds it loaded.
  expect(linkNote(link, null, 'mine')).toBeNull();
});
