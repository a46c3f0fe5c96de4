/** The page of `npm run experiment`: one engine with one model, which makes run after run until none is left. */
import * as Comlink from 'comlink';
import { type Outcome, outcomeOf, unwrap } from '../../src/base/outcome.ts';
import type { BackendName } from '../../src/contract/backend.ts';
import type { EngineApi, EngineEvent } from '../../src/contract/engine.ts';
import type { EvaluationLine } from '../../src/contract/evaluation/evaluation-records.ts';
import type { EvaluationSettings } from '../../src/contract/evaluation/evaluation-settings.ts';
import type { RunSettings } from '../../src/contract/experiment/experiment-plan.ts';
import type { Evaluation, StepMetrics } from '../../src/contract/train/train-records.ts';
import { loadOf, type ServedModel, withEngine } from '../headless/engine-page.ts';

export interface PageRun extends RunSettings {
  readonly key: string;
}

/** What a run found, as the engine said it. */
export interface PageFound {
  readonly backend: string;
  readonly student: string | null;
  readonly metrics: readonly StepMetrics[];
  readonly evaluations: readonly Evaluation[];
  readonly tests: readonly {
    readonly settings: EvaluationSettings;
    readonly lines: readonly EvaluationLine[];
  }[];
  /** Milliseconds of training with its validations, and of each test. */
  readonly ms: { readonly training: number; readonly tests: readonly number[] };
}

declare global {
  /** Called by the command; ends when no run is left, or after one that failed. */
  var experiment: (model: ServedModel, backend: BackendName) => Promise<Outcome<null>>;
  /** Given by the command: the next run of this model, null where none is left. */
  var nextRun: () => Promise<PageRun | null>;
  /** Given by the command: what came of it. */
  var runEnded: (key: string, outcome: Outcome<PageFound>) => Promise<void>;
}

const FIX = 'Start the experiment again: it goes on; fewer --jobs need less memory.';

/** What the engine says while a run is made. */
interface Heard {
  readonly metrics: StepMetrics[];
  readonly evaluations: Evaluation[];
  readonly lines: EvaluationLine[];
}

globalThis.experiment = (model, backend) =>
  outcomeOf(
    () =>
      withEngine(FIX, async (engine) => {
        let heard = silence();
        await engine.listen(Comlink.proxy((event) => listenTo(event, heard)));
        unwrap(await engine.load({ ...(await loadOf(model)), backend }));
        for (let next = await nextRun(); next !== null; next = await nextRun()) {
          heard = silence();
          const run = next;
          const outcome = await outcomeOf(() => made(engine, run, heard), run.key);
          await runEnded(run.key, outcome);
          // What an error left behind is not for the runs after it.
          if (!outcome.ok) return null;
        }
        return null;
      }),
    'experiment',
  );

const silence = (): Heard => ({ metrics: [], evaluations: [], lines: [] });

function listenTo(event: EngineEvent, heard: Heard): void {
  if (event.type === 'train.step') heard.metrics.push(event.metrics);
  if (event.type === 'train.evaluated') heard.evaluations.push(event.evaluation);
  if (event.type === 'evaluation.lines') heard.lines.push(...event.lines);
}

async function made(
  engine: Comlink.Remote<EngineApi>,
  { key, training, tests }: PageRun,
  heard: Heard,
): Promise<PageFound> {
  const start = performance.now();
  if (training !== null) unwrap(await engine.train({ runId: key, settings: training }));
  const trained = performance.now() - start;
  try {
    const found: { settings: EvaluationSettings; lines: EvaluationLine[]; ms: number }[] = [];
    let backend = (await engine.status()).backend?.name ?? '';
    let student: string | null = null;
    for (const [i, settings] of tests.entries()) {
      heard.lines.length = 0;
      const begun = performance.now();
      const record = unwrap(
        await engine.evaluate({
          evaluationId: `${key}-${i}`,
          name: key,
          settings,
          student: training === null ? null : { kind: 'run', runId: key, step: training.steps },
          keep: false,
        }),
      );
      backend = record.backend;
      student = record.model.student?.fingerprint ?? null;
      const ms = performance.now() - begun;
      found.push({ settings: record.settings, lines: [...heard.lines], ms });
    }
    return {
      backend,
      student,
      metrics: heard.metrics,
      evaluations: heard.evaluations,
      tests: found.map(({ settings, lines }) => ({ settings, lines })),
      ms: { training: trained, tests: found.map(({ ms }) => ms) },
    };
  } finally {
    if (training !== null) await engine.stopTraining(key);
  }
}
