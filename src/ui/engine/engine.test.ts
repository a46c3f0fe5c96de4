import { describe, expect, it } from 'vitest';
import type { BackendChoice } from '../../contract/backend.ts';
import type { EngineStatus, LoadRequest, Outcome } from '../../contract/engine.ts';
import { DEFAULT_MODEL } from '../../contract/models/built-in-models.ts';
import { sourceName } from '../../contract/models/model-sources.ts';
import type { SharedEvent } from './engine.ts';
import { backendOf, fakeEngine, READY, type Replies } from './fixtures/fake-engine.ts';

const there = async (): Promise<Outcome<EngineStatus>> => ({ ok: true, value: READY });
const error = { code: 'x.y', message: 'm', fix: 'f' };

describe('an engine in which ONNX Runtime did not come', () => {
  it('is ended, so that starting again has a worker that asks for it anew', async () => {
    const unreachable = { ...error, code: 'model.runtime-unreachable' };
    const { engine, workers } = fakeEngine({
      load: async () => ({ ok: false, error: unreachable }),
    });
    await engine.load();
    expect(engine.store.getState()).toMatchObject({ phase: 'failed', error: unreachable });
    await engine.load();
    expect(workers.map(({ stopped }) => stopped)).toEqual([true, true]);
  });
});

describe('built-in models', () => {
  const other = { kind: 'bundled', name: 'other', url: 'models/other/' } as const;
  const loading = (asked: string[]) => ({
    load: ({ source }: LoadRequest) => {
      asked.push(sourceName(source));
      return there();
    },
  });

  it('opens first the one that the address names, and the other by its name or by none', async () => {
    const asked: string[] = [];
    const { engine } = fakeEngine(loading(asked), 'auto', other);
    const chosen = () => engine.store.getState().ownModel;
    await engine.load();
    expect(chosen()).toBe('other');
    await engine.takeModel({ kind: 'bundled', name: 'built-in', url: '' });
    expect(chosen()).toBeNull();
    await engine.takeModel(other);
    await engine.takeModel(null);
    expect(chosen()).toBeNull();
    expect(asked).toEqual(['other', 'built-in', 'other', 'built-in']);
  });

  it('are never confused with a folder of the same name, which no address brings', async () => {
    const { engine } = fakeEngine(loading([]));
    await engine.load();
    await engine.takeModel({ kind: 'folder', name: DEFAULT_MODEL.name, files: [] });
    expect(engine.store.getState().ownModel).toBe(`${DEFAULT_MODEL.name} (a folder)`);
  });
});

describe('who has work at the engine', () => {
  function served() {
    const fake = fakeEngine({ load: there });
    const heard: string[] = [];
    fake.engine.subscribe((event: SharedEvent) => heard.push(event.type));
    fake.engine.serve({
      busy: () => true,
      leave: () => heard.push('leave'),
      lost: () => heard.push('lost'),
      stays: () => heard.push('stays'),
      told: () => undefined,
      ready: async (how) => void heard.push(how),
    });
    return { ...fake, heard };
  }

  it('hears when a worker has its model, and is asked to leave before it gets another', async () => {
    const { engine, heard } = served();
    await engine.load();
    await engine.takeModel({ kind: 'folder', name: 'mine', files: [] });
    expect(heard).toEqual(['again', 'leave', 'other-model']);
  });

  it('hears that its work is lost with the worker, which is told as in the middle of it', async () => {
    const { engine, die, heard } = served();
    await engine.load();
    heard.length = 0;
    die({ reason: 'killed', notLoaded: null });
    expect(heard).toEqual(['worker.died', 'lost']);
    expect(engine.store.getState().error?.message).toContain('in the middle of its work');
  });

  it('hears no more once it takes its listener away', async () => {
    const { engine, fire } = fakeEngine({ load: there });
    const heard: string[] = [];
    const leave = engine.subscribe(({ type }) => heard.push(type));
    await engine.load();
    fire({ type: 'device.lost', message: 'gone' });
    leave();
    fire({ type: 'device.lost', message: 'gone' });
    expect(heard).toEqual(['device.lost']);
  });
});

describe('a large model', () => {
  const file = Object.defineProperty(new Blob(), 'size', { value: 1e9 });
  const large = { kind: 'folder', name: 'large', files: [{ path: 'a', file }] } as const;

  /** The built-in model at work, and a large one on its way until the test says what becomes of it. */
  async function onItsWay() {
    const replies: Replies = { load: there };
    const fake = fakeEngine(replies);
    await fake.engine.load();
    let arrive: (outcome: Outcome<EngineStatus>) => void = () => undefined;
    const asked: string[] = [];
    replies.load = ({ source }) => {
      asked.push(sourceName(source));
      return new Promise((resolve) => (arrive = resolve));
    };
    const heard: string[] = [];
    fake.engine.subscribe(({ type }) => heard.push(type));
    const taking = fake.engine.takeModel(large);
    return { ...fake, taking, heard, asked, arrive: (o: Outcome<EngineStatus>) => arrive(o) };
  }
  const stops = (workers: readonly { readonly stopped: boolean }[]) =>
    workers.map(({ stopped }) => stopped);

  it('loads in a worker of its own, and the one before ends when it is ready', async () => {
    const { engine, workers, fire, taking, arrive, heard } = await onItsWay();
    expect(stops(workers)).toEqual([false, false]);
    fire({ type: 'model.progress', step: 'build', file: 'decoder', loaded: 1, total: 2 });
    expect(engine.store.getState()).toMatchObject({ phase: 'loading', opening: 'large' });
    expect(engine.store.getState().share).toBeGreaterThan(0);
    expect(heard).toEqual([]);
    arrive({ ok: true, value: READY });
    await taking;
    expect(stops(workers)).toEqual([true, false]);
    expect(heard).toEqual(['worker.died', 'model.ready']);
    expect(engine.store.getState()).toMatchObject({ phase: 'ready', ownModel: 'large' });
  });

  it('is cancelled at once with its worker, and the model before is not loaded again', async () => {
    const { engine, workers, taking, asked, heard } = await onItsWay();
    await engine.cancelLoad();
    await taking;
    expect(stops(workers)).toEqual([false, true]);
    expect(asked).toEqual(['large']);
    expect(heard).toEqual([]);
    expect(engine.store.getState()).toMatchObject({ phase: 'ready', ownModel: null, error: null });
  });

  it('that fails, or whose worker dies, leaves the model before at work', async () => {
    for (const how of ['fails', 'dies']) {
      const { engine, workers, taking, arrive, die } = await onItsWay();
      if (how === 'fails') arrive({ ok: false, error });
      else die({ reason: 'out of memory', notLoaded: null });
      await taking;
      expect(stops(workers)).toEqual([false, true]);
      const { phase, error: said } = engine.store.getState();
      expect(phase).toBe('ready');
      expect(said?.code).toBe(how === 'fails' ? error.code : 'engine.worker-died');
    }
  });

  it('comes too when the worker before it dies meanwhile', async () => {
    const { engine, workers, taking, arrive } = await onItsWay();
    workers[0].onDeath({ reason: 'killed', notLoaded: null });
    expect(engine.store.getState().phase).toBe('loading');
    arrive({ ok: true, value: READY });
    await taking;
    expect(engine.store.getState()).toMatchObject({ phase: 'ready', ownModel: 'large' });
  });
});

describe('a choice of backend', () => {
  it('that cannot be had goes back to the one in use, and says why', async () => {
    const { engine } = fakeEngine({
      load: there,
      setBackend: async () => ({ ok: false, error }),
    });
    await engine.load();
    await engine.setBackend('webgpu');
    expect(engine.store.getState()).toMatchObject({ choice: 'auto', error });
  });

  it('that is made while the model loads is in use once it is there', async () => {
    let arrive: (outcome: Outcome<EngineStatus>) => void = () => undefined;
    const asked: BackendChoice[] = [];
    const replies: Replies = {
      load: () => new Promise((resolve) => (arrive = resolve)),
      setBackend: async (choice) => {
        asked.push(choice);
        return { ok: true, value: backendOf(choice) };
      },
    };
    const { engine } = fakeEngine(replies);
    const loading = engine.load();
    await engine.setBackend('wasm');
    arrive({ ok: true, value: READY });
    await loading;
    expect(asked).toEqual(['wasm']);
    expect(engine.store.getState().backend?.choice).toBe('wasm');
  });
});
