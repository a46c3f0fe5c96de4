/** The page of `npm run train`: runs the engine worker for one run and hands over what it says. */
import * as Comlink from 'comlink';
import { PlaygroundError, toErrorRecord } from '../../src/base/errors.ts';
import { type Outcome, unwrap } from '../../src/base/outcome.ts';
import type { BackendChoice } from '../../src/contract/backend.ts';
import {
  type DataApi,
  type DataReference,
  dataMissing,
  referenceOf,
} from '../../src/contract/data/data-sets.ts';
import type { TrainSettings } from '../../src/contract/train/train-settings.ts';
import { withSetting } from '../../src/contract/train/train-validate.ts';
import type { Checkpoint, TrainResult } from '../../src/contract/train/training.ts';
import { adapterFiles } from '../../src/model/adapters/peft.ts';
import { adapterOf } from '../../src/model/adapters/trained-tensors.ts';
import { readCheckpoint, writeCheckpoint } from '../../src/training/runs/checkpoint-file.ts';
import { loadOf, type ServedModel, withEngine } from '../headless/engine-page.ts';
import { ADAPTER, CHECKPOINT } from './files.ts';

/** Everything the page is told; files are addresses on the same server. */
export interface TrainPageRequest {
  readonly model: ServedModel;
  readonly backend: BackendChoice;
  readonly settings: TrainSettings;
  /** Whether a checkpoint is there to go on from. */
  readonly resume: boolean;
  /** A set of one's own, which the run draws from. */
  readonly data: { readonly name: string; readonly url: string } | null;
  /** Overrules the checkpoint's number of steps. */
  readonly steps: number | null;
  readonly pauseAfter: number | null;
  readonly finalGroups: number;
}

declare global {
  /** Called by the command. */
  var train: (request: TrainPageRequest) => Promise<Outcome<TrainResult>>;
}

const RUN = 'headless';
const FIX =
  'Run the command again with --resume; --backend wasm or fewer rollouts a step need less memory.';

globalThis.train = async (request) => {
  try {
    return { ok: true, value: await run(request) };
  } catch (error) {
    return { ok: false, error: toErrorRecord(error) };
  }
};

function run(request: TrainPageRequest): Promise<TrainResult> {
  return withEngine(FIX, async (engine) => {
    /** Checkpoints are written one after another, and all of them before the end. */
    let saved: Promise<void> = Promise.resolve();
    const save = async () => {
      await post(unwrap(await engine.trainCheckpoint(RUN)));
    };
    await engine.listen(
      Comlink.proxy((event) => {
        void globalThis.tell(event);
        if (event.type === 'train.checkpoint') saved = saved.then(save);
      }),
    );
    unwrap(await engine.load({ ...(await loadOf(request.model)), backend: request.backend }));
    const from = request.resume ? await fetchState() : null;
    const questions = request.data === null ? null : await imported(engine, request.data);
    const settings =
      from !== null
        ? resumed(from, request.steps)
        : questions === null || request.settings.schedule !== undefined
          ? request.settings
          : { ...request.settings, questions };
    if (questions !== null) assertSame(settings, questions);
    const outcome = await engine.train({
      runId: RUN,
      settings,
      ...(from === null ? {} : { resume: { ...from, settings } }),
      ...(request.pauseAfter === null ? {} : { pauseAfter: request.pauseAfter }),
    });
    await saved;
    // Whatever happened, the last good state is kept.
    await save().catch(() => undefined);
    const result = unwrap(outcome);
    if (request.finalGroups > 0 && result.state === 'done')
      unwrap(await engine.evaluateTraining({ runId: RUN, groups: request.finalGroups }));
    return result;
  });
}

/** The set that is given, imported as it is: a line that is no question is told and nothing is trained. */
async function imported(
  engine: Pick<DataApi, 'importData'>,
  { name, url }: NonNullable<TrainPageRequest['data']>,
): Promise<DataReference> {
  const file = new File([await (await fetch(url)).blob()], name);
  const files = [{ path: name, file }];
  const found = await engine.importData({ importId: RUN, name, files, mapping: null });
  const record = unwrap(found);
  const [first] = record.skipped.reasons;
  if (first === undefined) return referenceOf(record);
  throw new PlaygroundError({
    code: 'data.line',
    message: `${name} cannot be asked as it is: line ${first.lines[0]} is ${first.reason}, and ${record.skipped.total - 1} more are passed over.`,
    fix: 'Mend the file; the Data page says which lines are meant, and hands out a set without them.',
    where: `${name}, line ${first.lines[0]}`,
  });
}

/** What the settings name is what was given. Throws `data.missing`. */
function assertSame({ questions, schedule }: TrainSettings, given: DataReference): void {
  const stages = schedule?.stages ?? [{ questions }];
  for (const stage of stages)
    if (stage.questions !== undefined && stage.questions.fingerprint !== given.fingerprint)
      throw dataMissing(stage.questions);
}

function resumed({ settings }: Checkpoint, steps: number | null): TrainSettings {
  // Of a run with stages the steps are its stages’, which the setting refuses to change.
  return steps === null ? settings : withSetting(settings, 'steps', steps);
}

async function fetchState(): Promise<Checkpoint> {
  const response = await fetch(CHECKPOINT);
  return readCheckpoint(new Uint8Array(await response.arrayBuffer()), CHECKPOINT);
}

/** Hands the checkpoint over and, where adapters are trained, the adapter in PEFT's layout. */
async function post(state: Checkpoint): Promise<void> {
  const { settings, model: base, step, trainable: tensors } = state;
  const { trainable } = settings;
  if (trainable.kind === 'lora' && !trainable.vision) {
    const adapter = adapterOf({ trainable, tensors });
    for (const { path, bytes } of adapterFiles(adapter, { base, run: { settings, step } }))
      await send(`${ADAPTER}/${path}`, (await bytes()).slice());
  }
  await send(CHECKPOINT, await writeCheckpoint(state));
}

async function send(name: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
  const response = await fetch(name, { method: 'POST', body });
  if (!response.ok) throw new PlaygroundError(await response.json());
}
