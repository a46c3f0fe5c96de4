/** The page of `npm run evaluate`: runs the engine worker for one evaluation and hands over what it says. */
import * as Comlink from 'comlink';
import { PlaygroundError, toErrorRecord } from '../../src/base/errors.ts';
import { type Outcome, unwrap } from '../../src/base/outcome.ts';
import type {
  BackendChoice,
  EngineApi,
  EngineEvent,
  ModelSource,
} from '../../src/contract/engine.ts';
import type { OpenedEvaluation } from '../../src/contract/evaluation.ts';
import type { EvaluationRecord } from '../../src/contract/evaluation-records.ts';
import type { EvaluationSettings } from '../../src/contract/evaluation-settings.ts';
import type { StudentChoice } from '../../src/contract/runs.ts';
import { readCheckpoint } from '../../src/training/runs/checkpoint-file.ts';

/** Everything the page is told; files are addresses on the same server. */
export interface EvaluatePageRequest {
  readonly model: {
    readonly name: string;
    readonly url: string;
    /** Files of a folder; null for the model that comes with the site. */
    readonly files: readonly string[] | null;
  };
  readonly backend: BackendChoice;
  readonly evaluationId: string;
  readonly name: string;
  readonly settings: EvaluationSettings;
  /** A student in the model's place: a zip file that the page would take, or a checkpoint. */
  readonly student: { readonly kind: 'zip' | 'checkpoint'; readonly url: string } | null;
  /** Of a set that is a file. */
  readonly setUrl: string | null;
  readonly earlier: OpenedEvaluation | null;
}

declare global {
  /** Called by the command. */
  var evaluate: (request: EvaluatePageRequest) => Promise<Outcome<EvaluationRecord>>;
  /** Given by the command: an event of the engine. */
  var tell: (event: EngineEvent) => Promise<void>;
}

globalThis.evaluate = async (request) => {
  try {
    return { ok: true, value: await run(request) };
  } catch (error) {
    return { ok: false, error: toErrorRecord(error) };
  }
};

async function run(request: EvaluatePageRequest): Promise<EvaluationRecord> {
  const worker = new Worker(new URL('../../workers/engine.worker.ts', import.meta.url), {
    type: 'module',
  });
  const died = new Promise<never>((_, reject) => {
    worker.onerror = (event) => reject(workerDied(event.message));
  });
  const engine = Comlink.wrap<EngineApi>(worker);
  /** Lines are written in the order in which they came, and all of them before the end. */
  let told: Promise<unknown> = Promise.resolve();
  const work = async (): Promise<EvaluationRecord> => {
    await engine.listen(
      Comlink.proxy((event) => {
        if (/^(evaluation|device)\.|^model\.ready$/.test(event.type))
          told = told.then(() => globalThis.tell(event));
      }),
    );
    const source = await sourceOf(request.model);
    unwrap(await engine.load({ source, backend: request.backend }));
    const { evaluationId, name, settings, earlier } = request;
    const student = request.student === null ? null : await studentOf(request.student);
    const file = request.setUrl === null ? null : await (await fetch(request.setUrl)).blob();
    const outcome = await engine.evaluate({
      evaluationId,
      name,
      settings,
      student,
      keep: false,
      ...(file === null ? {} : { file }),
      ...(earlier === null ? {} : { earlier }),
    });
    await told;
    return unwrap(outcome);
  };
  try {
    return await Promise.race([work(), died]);
  } finally {
    worker.terminate();
  }
}

async function sourceOf({ name, url, files }: EvaluatePageRequest['model']): Promise<ModelSource> {
  if (files === null) return { kind: 'bundled', name, url: new URL(url, location.href).href };
  const read = files.map(async (path) => {
    const response = await fetch(new URL(path, new URL(url, location.href)));
    return { path, file: await response.blob() };
  });
  return { kind: 'folder', name, files: await Promise.all(read) };
}

async function studentOf({
  kind,
  url,
}: NonNullable<EvaluatePageRequest['student']>): Promise<StudentChoice> {
  const response = await fetch(url);
  if (kind === 'zip') return { kind: 'adapter', file: await response.blob() };
  const state = await readCheckpoint(new Uint8Array(await response.arrayBuffer()), url);
  const { settings, step, runId, trainable: tensors } = state;
  const label = `${settings.recipe}, step ${step}`;
  return { kind: 'tensors', label, of: { runId, step }, trainable: settings.trainable, tensors };
}

function workerDied(message: string): PlaygroundError {
  return new PlaygroundError({
    code: 'engine.worker-died',
    message: 'The engine worker ended before its work was done.',
    fix: 'Run the command again with the same --out; --backend wasm needs less memory.',
    where: 'engine',
    detail: { original: message },
  });
}
