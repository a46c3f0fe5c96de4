/** The engine behind its worker: what crosses, what survives, and what happens when it is killed. */

import * as Comlink from 'comlink';
import { expect, it } from 'vitest';
import { unwrap } from '../src/base/outcome.ts';
import type { EngineApi, EngineEvent } from '../src/contract/engine.ts';
import { BUNDLED, SAMPLING, TYPED, worldInput } from '../src/engine/fixtures/session.ts';
import { VIGOS_PAPER } from '../src/method/named-methods.ts';

function startWorker(name: string) {
  const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), {
    type: 'module',
    name,
  });
  return { worker, engine: Comlink.wrap<EngineApi>(worker) };
}

it('a rollout outlives the worker that made it', async () => {
  const first = startWorker('first');
  const events: EngineEvent[] = [];
  await first.engine.listen(Comlink.proxy((event) => void events.push(event)));
  unwrap(await first.engine.load({ source: BUNDLED, backend: 'wasm' }));
  const input = worldInput();
  const request = { input, sampling: SAMPLING, method: VIGOS_PAPER };
  const { completions, rollouts } = unwrap(
    await first.engine.rollout({ ...request, jobId: 'a', score: true }),
  );
  expect(events.some(({ type }) => type === 'model.progress')).toBe(true);

  const freed = navigator.locks.request('first', () => 'freed');
  first.worker.terminate();
  expect(await freed).toBe('freed');

  const second = startWorker('second');
  unwrap(await second.engine.load({ source: BUNDLED, backend: 'wasm' }));
  const completion = { kind: 'ids', ids: completions[0], sampling: SAMPLING } as const;
  const { trace } = unwrap(
    await second.engine.score({ jobId: 'b', input, completion, method: VIGOS_PAPER }),
  );
  expect(trace).toEqual(rollouts[0].trace);
  second.worker.terminate();
});

it('errors cross as data: code, message and what to do', async () => {
  const { worker, engine } = startWorker('errors');
  const nothingLoaded = await engine.score({
    jobId: 'a',
    input: worldInput(),
    completion: { kind: 'text', text: TYPED },
    method: VIGOS_PAPER,
  });
  expect(nothingLoaded).toMatchObject({ ok: false, error: { code: 'model.not-loaded' } });
  expect(() => unwrap(nothingLoaded)).toThrow('No model is loaded. Load a model first.');
  const url = new URL('/models/nowhere/', location.href).href;
  const nowhere = { kind: 'bundled', name: 'nowhere', url } as const;
  expect(await engine.load({ source: nowhere, backend: 'wasm' })).toMatchObject({
    ok: false,
    error: { code: 'model.file-missing' },
  });
  expect(await engine.importTrace('{}')).toMatchObject({
    ok: false,
    error: { code: 'trace.not-a-trace' },
  });
  worker.terminate();
});
