/** Makes an experiment's runs, several at a time, each job with a browser of its own that makes one run after another. */
import type { Page } from 'playwright';
import { type ErrorRecord, toErrorRecord } from '../../src/base/errors.ts';
import type { Outcome } from '../../src/base/outcome.ts';
import { keyOfRun, type PlannedRun } from '../../src/contract/experiment/experiment-plan.ts';
import {
  EXPERIMENT_RUN_FORMAT,
  type ExperimentRun,
  stepColumns,
  testFound,
  validationFound,
} from '../../src/contract/experiment/experiment-records.ts';
import type { ModelIdentity } from '../../src/contract/train/train-records.ts';
import { modelAt } from '../fetched-model.ts';
import type { GivenModel } from '../given-files.ts';
import { inHeadlessPage, openPage } from '../headless/browser.ts';
import type { ServedModel } from '../headless/engine-page.ts';
import { type HeadlessServer, startServer } from '../headless/server.ts';
import { identityOf } from '../model-identity.ts';
import type { ResultsFolder } from './folder.ts';
import type { PageFound, PageRun } from './page.ts';

/** WebAssembly alone: the same figures on every machine with it, and the faster one for models of this size. */
const BACKEND = 'wasm';
/** A browser that dies may have wanted for memory; its run gets another. */
const ATTEMPTS = 2;

export interface KeyedRun extends PlannedRun {
  readonly key: string;
  readonly model: ModelIdentity;
}

export type RunnerEvent =
  | { readonly type: 'started'; readonly run: KeyedRun }
  | { readonly type: 'ended'; readonly run: KeyedRun; readonly found: ExperimentRun }
  | { readonly type: 'failed'; readonly run: KeyedRun; readonly error: ErrorRecord };

export interface RunnerOptions {
  readonly jobs: number;
  readonly folder: ResultsFolder;
  readonly tell: (event: RunnerEvent) => void;
}

/** Models by the names of the experiment, each with the hash of its weights. */
export class Models {
  readonly #given = new Map<string, { model: GivenModel; identity: ModelIdentity }>();

  /** Throws what `modelAt` throws. */
  async open(id: string, name: string): Promise<void> {
    const model = await modelAt(name, { adapter: { fix: withoutAdapters } });
    this.#given.set(id, { model, identity: { ...(await identityOf(model)), name } });
  }

  of(id: string) {
    const found = this.#given.get(id);
    if (found === undefined) throw new Error(`${id} is not open`);
    return found;
  }

  /** Runs with their keys; equal ones, such as a base under several conditions, once. */
  async keyed(runs: readonly PlannedRun[]): Promise<KeyedRun[]> {
    const keyed = new Map<string, KeyedRun>();
    for (const run of runs) {
      const { identity: model } = this.of(run.place.model);
      const key = await keyOfRun(run, model.fingerprint);
      if (!keyed.has(key)) keyed.set(key, { ...run, key, model });
    }
    return [...keyed.values()];
  }
}

const withoutAdapters = () =>
  'An experiment trains adapters of its own: give a folder that holds the model alone, or one into whose weights the adapter is merged.';

/** Makes the runs that are not there, in their order. One that fails is written down, and the rest goes on. */
export async function makeRuns(
  runs: readonly KeyedRun[],
  models: Models,
  { jobs, folder, tell }: RunnerOptions,
): Promise<void> {
  const queue = [...runs];
  const servers = new Map<string, Promise<HeadlessServer>>();
  const attempts = new Map<string, number>();
  const serverOf = (id: string) => {
    const server =
      servers.get(id) ??
      startServer({ script: 'scripts/experiment/page.ts', model: models.of(id).model.folder });
    servers.set(id, server);
    return server;
  };
  const fail = (run: KeyedRun, error: ErrorRecord) => {
    const { key, training, tests } = run;
    folder.putFailed({ key, training, tests, error });
    tell({ type: 'failed', run, error });
  };
  const job = async () => {
    while (queue.length > 0) {
      const { model: id } = queue[0].place;
      const served: ServedModel = {
        name: models.of(id).identity.name,
        url: 'model/',
        files: models.of(id).model.files,
        merges: models.of(id).model.merges,
      };
      let current: { readonly run: KeyedRun; readonly startedAt: string } | null = null;
      const next = (): PageRun | null => {
        const run = queue.at(0)?.place.model === id ? queue.shift() : undefined;
        if (run === undefined) return null;
        current = { run, startedAt: new Date().toISOString() };
        tell({ type: 'started', run });
        const { key, training, tests } = run;
        return { key, training, tests };
      };
      const ended = (key: string, outcome: Outcome<PageFound>) => {
        if (current?.run.key !== key) return;
        const { run, startedAt } = current;
        current = null;
        if (!outcome.ok) return fail(run, outcome.error);
        const found = resultOf(run, outcome.value);
        folder.put(found, { key, startedAt, ms: outcome.value.ms, jobs });
        tell({ type: 'ended', run, found });
      };
      const url = (await serverOf(id)).url;
      try {
        const outcome = await inHeadlessPage({}, (page) =>
          inPage(page, url, served, { next, ended }),
        );
        if (!outcome.ok) throw outcome.error;
      } catch (error) {
        // Set by the page meanwhile, which the compiler does not see.
        const open = current as { readonly run: KeyedRun } | null;
        const record = isRecord(error) ? error : toErrorRecord(error, 'experiment');
        if (open === null) throw error;
        const tried = (attempts.get(open.run.key) ?? 0) + 1;
        attempts.set(open.run.key, tried);
        if (tried < ATTEMPTS) queue.unshift(open.run);
        else fail(open.run, record);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(jobs, queue.length) }, job));
  } finally {
    for (const server of servers.values()) await (await server).close();
  }
}

interface PageTalk {
  readonly next: () => PageRun | null;
  readonly ended: (key: string, outcome: Outcome<PageFound>) => void;
}

async function inPage(
  page: Page,
  url: string,
  model: ServedModel,
  { next, ended }: PageTalk,
): Promise<Outcome<null>> {
  await page.exposeFunction('nextRun', next);
  await page.exposeFunction('runEnded', ended);
  await openPage(page, url, 'experiment');
  return page.evaluate(([served, backend]) => globalThis.experiment(served, backend), [
    model,
    BACKEND,
  ] as const);
}

const isRecord = (error: unknown): error is ErrorRecord =>
  typeof error === 'object' && error !== null && 'code' in error && 'fix' in error;

function resultOf(
  { key, model, training, tests }: KeyedRun,
  { backend, student, metrics, evaluations, tests: found }: PageFound,
): ExperimentRun {
  return {
    format: EXPERIMENT_RUN_FORMAT,
    key,
    model,
    backend,
    training,
    tests,
    student,
    steps: training === null ? null : stepColumns(metrics),
    validations: evaluations.map(validationFound),
    found: found.map(({ settings, lines }) => testFound(settings, lines)),
  };
}
