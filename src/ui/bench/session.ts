/** What the bench page knows and what a person can do there. */

import * as Comlink from 'comlink';
import { createStore } from 'zustand/vanilla';
import { PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import { OUT_OF_MEMORY } from '../../base/out-of-memory.ts';
import { unwrap } from '../../base/outcome.ts';
import type { BenchRequest } from '../../kernel-bench/contract.ts';
import type { Death } from '../engine/start-worker.ts';
import { type BenchClient, startBench } from './bench-client.ts';
import {
  afterDescription,
  afterEvent,
  afterReport,
  type BenchState,
  initialState,
  newRun,
  type Run,
} from './state.ts';

export function createBench() {
  const store = createStore<BenchState>(() => initialState);

  let client: BenchClient | null = null;

  /** Asks the machine what it is, once. */
  async function describeMachine(): Promise<void> {
    if (store.getState().machine !== null || client !== null) return;
    const worker = startBench(died);
    client = worker;
    try {
      const machine = await worker.api.describe();
      store.setState((state) => afterDescription(state, machine));
    } catch (error) {
      fail(error);
    } finally {
      end(worker);
    }
  }

  function choose(change: Partial<BenchRequest>): void {
    store.setState(({ choice }) => ({ choice: { ...choice, ...change } }));
  }

  async function start(): Promise<void> {
    const { choice, run } = store.getState();
    if (run?.phase === 'running') return;
    client?.stop();
    const worker = startBench(died);
    client = worker;
    store.setState({ run: newRun(choice), error: null });
    const isCurrent = () => client === worker;
    try {
      const listen = Comlink.proxy((event: Parameters<typeof afterEvent>[1]) => {
        if (!isCurrent()) return;
        if (event.type === 'machine') store.setState({ machine: event.machine });
        changeRun((now) => afterEvent(now, event));
      });
      const report = unwrap(await worker.api.run(choice, listen));
      if (isCurrent()) changeRun((now) => afterReport(now, report));
    } catch (error) {
      if (isCurrent()) fail(error);
    } finally {
      end(worker);
    }
  }

  /** What is finished stays; the contender under way is lost. */
  function stop(): void {
    if (client !== null) end(client);
    changeRun((run) => (run.phase === 'running' ? { ...run, phase: 'stopped', doing: null } : run));
  }

  function dismissError(): void {
    store.setState({ error: null });
  }

  function changeRun(change: (run: Run) => Run): void {
    store.setState(({ run }) => (run === null ? {} : { run: change(run) }));
  }

  function end(worker: BenchClient): void {
    worker.stop();
    if (client === worker) client = null;
  }

  function died({ reason, notLoaded }: Death): void {
    const full = OUT_OF_MEMORY.test(reason);
    fail(
      new PlaygroundError(
        notLoaded ?? {
          code: 'bench.worker-died',
          message: `The benchmark’s worker ${full ? 'ran out of memory' : 'stopped'} before it was done.`,
          fix: full
            ? 'Choose smaller shapes and start again.'
            : 'Start again; if it stops at the same contender, leave that one out.',
          where: 'worker',
          detail: { original: reason },
        },
      ),
    );
  }

  function fail(error: unknown): void {
    client = null;
    changeRun((run) => (run.phase === 'running' ? { ...run, phase: 'failed', doing: null } : run));
    store.setState({ error: toErrorRecord(error, 'bench') });
  }

  return { store, describeMachine, choose, start, stop, dismissError };
}
