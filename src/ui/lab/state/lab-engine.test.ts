import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toErrorRecord } from '../../../base/errors.ts';
import type { EngineStatus, Outcome } from '../../../contract/engine.ts';
import { modelHome } from '../../../model/sources/folders.ts';
import { folderChoices } from '../../engine/folder-choices.ts';
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

describe('a folder with several models', () => {
  it('asks which, newest first, and opens the one that is chosen', async () => {
    const files = ['checkpoint-5', 'checkpoint-100'].flatMap((name) =>
      ['config.json', 'model.safetensors'].map((file) => ({
        path: `run/${name}/${file}`,
        file: new Blob(['{}']),
      })),
    );
    const { api, engine } = fakeLab();
    await engine.load();
    api.load.mockImplementationOnce(async () => {
      try {
        modelHome(files);
      } catch (error) {
        return { ok: false, error: toErrorRecord(error) };
      }
      throw new Error('nobody was asked');
    });
    await engine.takeModel({ kind: 'folder', name: 'run', files });
    const { error, ...state } = engine.store.getState();
    expect(state).toMatchObject({ phase: 'ready', ownModel: null });
    const choices = error === null ? [] : folderChoices(error);
    expect(choices).toEqual([{ inner: 'checkpoint-100' }, { inner: 'checkpoint-5' }]);
    await engine.choose({ inner: 'checkpoint-5' });
    expect(api.load.mock.lastCall).toMatchObject([
      { source: { name: 'run', inner: 'checkpoint-5' } },
    ]);
    expect(engine.store.getState()).toMatchObject({ ownModel: 'run', error: null });
  });
});

describe('a load that is cancelled', () => {
  it('leaves the model and the rollout of before, in the same worker', async () => {
    const { api, wait } = hearing();
    const { store, workers, engine } = fakeLab({}, api);
    await engine.load();
    const { shown } = store.getState();
    api.load.mockImplementationOnce(wait);
    const taking = engine.takeModel(FOLDER);
    expect(engine.store.getState()).toMatchObject({ phase: 'loading', opening: 'mine' });
    await engine.cancelLoad();
    await taking;
    const { notice, settings } = store.getState();
    expect(engine.store.getState()).toMatchObject({
      phase: 'ready',
      ownModel: null,
      opening: null,
      error: null,
    });
    expect(store.getState().shown).toBe(shown);
    expect(notice).toBe('Opening “mine” was cancelled.');
    expect(settings.model).toBeNull();
    expect(workers).toHaveLength(1);
  });

  it('ends a worker that hears nothing for a second, and starts another with the model of before', async () => {
    const { store, api, workers, engine } = fakeLab();
    await engine.load();
    const { shown } = store.getState();
    api.load.mockImplementationOnce(never);
    const taking = engine.takeModel(FOLDER);
    const cancelling = engine.cancelLoad();
    await vi.advanceTimersByTimeAsync(900);
    expect(workers[0]?.stopped).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    await Promise.all([cancelling, taking]);
    expect(workers[0]?.stopped).toBe(true);
    expect(workers).toHaveLength(2);
    expect(api.load.mock.lastCall).toMatchObject([{ source: { kind: 'bundled' } }]);
    expect(engine.store.getState()).toMatchObject({ phase: 'ready', ownModel: null });
    expect(store.getState().shown).toBe(shown);
  });

  it('of the first model says so, and starting again works', async () => {
    const { api, workers, engine } = fakeLab();
    api.load.mockImplementationOnce(never);
    const loading = engine.load();
    const cancelling = engine.cancelLoad();
    await vi.advanceTimersByTimeAsync(1100);
    await Promise.all([cancelling, loading]);
    expect(engine.store.getState().phase).toBe('failed');
    expect(engine.store.getState().error?.code).toBe('model.load-cancelled');
    await engine.load();
    expect(engine.store.getState().phase).toBe('ready');
    expect(workers).toHaveLength(2);
  });
});

describe('the built-in model is always at hand', () => {
  it('while a folder hangs that follows another folder', async () => {
    const { store, api, engine } = fakeLab();
    await engine.load();
    await engine.takeModel(FOLDER);
    expect(engine.store.getState().ownModel).toBe('mine');
    expect(store.getState().settings.model).toBe('mine');
    api.load.mockImplementationOnce(never);
    const taking = engine.takeModel({ ...FOLDER, name: 'worse' });
    const back = engine.takeModel(null);
    await vi.advanceTimersByTimeAsync(1100);
    await Promise.all([taking, back]);
    expect(api.load.mock.lastCall).toMatchObject([{ source: { kind: 'bundled' } }]);
    expect(engine.store.getState()).toMatchObject({ phase: 'ready', ownModel: null });
    expect(store.getState().settings.model).toBeNull();
  });

  it('while a folder loads in a worker that hears', async () => {
    const { api, wait } = hearing();
    const { workers, engine } = fakeLab({}, api);
    await engine.load();
    await engine.takeModel(FOLDER);
    api.load.mockImplementationOnce(wait);
    const taking = engine.takeModel({ ...FOLDER, name: 'worse' });
    await engine.takeModel(null);
    await taking;
    expect(workers).toHaveLength(1);
    expect(api.load.mock.lastCall).toMatchObject([{ source: { kind: 'bundled' } }]);
    expect(engine.store.getState()).toMatchObject({ phase: 'ready', ownModel: null });
  });

  it('after the engine has stopped', async () => {
    const { workers, die, engine } = fakeLab();
    const starting = engine.load();
    die({ reason: 'killed', notLoaded: null });
    await starting;
    expect(engine.store.getState().phase).toBe('failed');
    await engine.takeModel(null);
    expect(engine.store.getState().phase).toBe('ready');
    expect(workers).toHaveLength(2);
  });
});

it('a model of one’s own is in the address by name, and a reload says that it is not there', async () => {
  const { store, api, engine } = fakeLab();
  api.load.mockResolvedValue(OK);
  await engine.load();
  await engine.takeModel(FOLDER);
  const link = readLink(settingsToQuery(store.getState().settings));
  expect(link.settings.model).toBe('mine');
  expect(linkNote(link)?.message).toContain('the model “mine”, which was opened from a folder');
  // Going back in the history finds it loaded.
  expect(linkNote(link, null, 'mine')).toBeNull();
});
