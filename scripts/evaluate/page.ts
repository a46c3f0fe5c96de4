/** The page of `npm run evaluate`: runs the engine worker for one evaluation and hands over what it says. */
import * as Comlink from 'comlink';
import { toErrorRecord } from '../../src/base/errors.ts';
import { type Outcome, unwrap } from '../../src/base/outcome.ts';
import type { BackendChoice } from '../../src/contract/backend.ts';
import type { OpenedEvaluation } from '../../src/contract/evaluation/evaluation.ts';
import type { EvaluationRecord } from '../../src/contract/evaluation/evaluation-records.ts';
import type { EvaluationSettings } from '../../src/contract/evaluation/evaluation-settings.ts';
import type { ExportPrecision } from '../../src/contract/models/model.ts';
import type { StudentChoice } from '../../src/contract/train/runs.ts';
import { readCheckpoint } from '../../src/training/runs/checkpoint-file.ts';
import { loadOf, type ServedModel, withEngine } from '../headless/engine-page.ts';

/** Everything the page is told; files are addresses on the same server. */
export interface EvaluatePageRequest {
  readonly model: ServedModel;
  readonly backend: BackendChoice;
  readonly precision?: ExportPrecision;
  readonly evaluationId: string;
  readonly name: string;
  readonly settings: EvaluationSettings;
  /** A student in the model's place: a zip file that the page would take, or a checkpoint. */
  readonly student: { readonly kind: 'zip' | 'checkpoint'; readonly url: string } | null;
  /** Of a set that is a file. */
  readonly setUrl: string | null;
  /** Of what an earlier call found, checked; hundreds of thousands of numbers, which a call would carry one by one. */
  readonly earlierUrl: string | null;
}

declare global {
  /** Called by the command. */
  var evaluate: (request: EvaluatePageRequest) => Promise<Outcome<EvaluationRecord>>;
}

const FIX = 'Run the command again with the same --out; --backend wasm needs less memory.';

globalThis.evaluate = async (request) => {
  try {
    return { ok: true, value: await run(request) };
  } catch (error) {
    return { ok: false, error: toErrorRecord(error) };
  }
};

function run(request: EvaluatePageRequest): Promise<EvaluationRecord> {
  /** Lines are written in the order in which they came, and all of them before the end. */
  let told: Promise<unknown> = Promise.resolve();
  return withEngine(FIX, async (engine) => {
    await engine.listen(
      Comlink.proxy((event) => {
        if (/^(evaluation|device)\.|^model\.ready$/.test(event.type))
          told = told.then(() => globalThis.tell(event));
      }),
    );
    const { backend, precision } = request;
    const asked = { backend, ...(precision === undefined ? {} : { precision }) };
    unwrap(await engine.load({ ...(await loadOf(request.model)), ...asked }));
    const { evaluationId, name, settings, earlierUrl } = request;
    const earlier: OpenedEvaluation | null =
      earlierUrl === null ? null : await (await fetch(earlierUrl)).json();
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
  });
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
