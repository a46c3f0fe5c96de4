/** The evaluating half of the engine: evaluations that take their turns among its jobs. */

import { version } from '../../../package.json';
import { PlaygroundError } from '../../base/errors.ts';
import { type Outcome, outcomeOf } from '../../base/outcome.ts';
import type { EvaluateRequest, EvaluationEvent } from '../../contract/evaluation/evaluation.ts';
import { figuresOfLines } from '../../contract/evaluation/evaluation-figures.ts';
import {
  EVALUATION_FORMAT,
  type EvaluationRecord,
  type EvaluationState,
} from '../../contract/evaluation/evaluation-records.ts';
import {
  type EvaluationSettings,
  picturesOf,
  validateEvaluation,
} from '../../contract/evaluation/evaluation-settings.ts';
import type { StudentLoan } from '../engine-loan.ts';
import type { LoadedModel } from '../loaded-model.ts';
import { type Active, TurnedWork } from '../turned-work.ts';
import { dataItems } from './data-items.ts';
import { baseOf, evaluatedModel } from './evaluated-model.ts';
import type { EvaluatedSets } from './evaluated-sets.ts';
import { type ItemSource, worldItems } from './items.ts';
import { KeptEvaluations } from './kept.ts';
import { Log } from './log.ts';
import { type EvaluationStore, holding } from './store.ts';
import { EvaluationWork } from './work.ts';

/** How often the time that was spent is written down. */
const RECORD_EVERY_MS = 5000;

export class Evaluations {
  readonly #host: StudentLoan<EvaluationEvent>;
  readonly #work: TurnedWork;
  readonly kept: KeptEvaluations;

  /** @param sets those that a person brought */
  constructor(host: StudentLoan<EvaluationEvent>, sets: EvaluatedSets) {
    this.#host = host;
    this.#work = new TurnedWork(host, 'evaluation end');
    this.kept = new KeptEvaluations((id) => this.#work.has(id), sets);
  }

  evaluate(request: EvaluateRequest): Promise<Outcome<EvaluationRecord>> {
    const { evaluationId: id, keep } = request;
    return outcomeOf(
      () =>
        this.#work.run(id, request.student, twice, (active) =>
          keep
            ? holding(id, async () => this.#run(request, active, (await this.kept.opened()).store))
            : this.#run(request, active, null),
        ),
      id,
    );
  }

  pause(id: string): void {
    this.#work.pause(id);
  }

  releaseSessions(): Promise<void> {
    return this.#work.releaseSessions();
  }

  async #run(
    { evaluationId: id, name, settings: asked, earlier, file }: EvaluateRequest,
    active: Active,
    store: EvaluationStore | null,
  ): Promise<EvaluationRecord> {
    const { settings, items } = await opened(asked, {
      file,
      sets: this.kept.sets,
      keep: store !== null,
    });
    const model = this.#host.need();
    const evaluated = await evaluatedModel(model.assets, active.student);
    const before = (await store?.record(id)) ?? earlier?.record ?? null;
    if (before !== null) assertSame(before, { model: evaluated, settings });
    const now = new Date().toISOString();
    let record: EvaluationRecord = {
      format: EVALUATION_FORMAT,
      id,
      name: before?.name ?? name,
      createdAt: before?.createdAt ?? now,
      updatedAt: now,
      state: 'running',
      version,
      model: evaluated,
      backend: model.backend.name,
      settings,
      ms: before?.ms ?? 0,
      figures: before?.figures ?? [],
      ...(before?.imported === undefined ? {} : { imported: before.imported }),
    };
    const work = await EvaluationWork.from(settings, items, [
      ...((await store?.lines(id)) ?? []),
      ...(earlier?.lines ?? []),
    ]);
    const log = new Log(id, store, (event) => this.#host.emit(event));
    const written = record.ms;
    const start = performance.now();
    let putAt = start;
    const put = async (state: EvaluationState) => {
      putAt = performance.now();
      record = {
        ...record,
        state,
        updatedAt: new Date().toISOString(),
        backend: model.backend.name,
        ms: written + performance.now() - start,
        figures: state === 'running' ? record.figures : figuresOfLines(settings, work.lines),
      };
      await log.write(record);
    };
    await put('running');
    this.#host.emit({ type: 'evaluation.record', evaluationId: id, record });
    const tell = () => {
      const { progress } = work;
      this.#host.emit({ type: 'evaluation.progress', evaluationId: id, progress });
    };
    tell();
    try {
      while (!work.isDone && !active.pauseAsked) {
        const added = await this.#turn(work, model, active);
        await log.append(added);
        if (performance.now() - putAt > RECORD_EVERY_MS) await put('running');
        this.#host.emit({ type: 'evaluation.lines', evaluationId: id, lines: added });
        tell();
      }
    } catch (error) {
      if (!active.pauseAsked) {
        await put('paused');
        throw error;
      }
    }
    await put(work.isDone ? 'done' : 'paused');
    return record;
  }

  #turn(work: EvaluationWork, model: LoadedModel, active: Active) {
    return this.#host.turn('evaluate', (job) => {
      if (this.#host.need() !== model) throw otherModel();
      const pause = async () => {
        await job.pause();
        if (active.pauseAsked) throw new Error('paused in the middle of a turn');
      };
      return model.surviving(async (inUse) => {
        inUse.contexts.trim();
        return work.turn((await active.student?.on(inUse)) ?? inUse, pause);
      });
    });
  }
}

/** The pictures that are asked, and the settings with what a file says of itself. Throws `evaluation.no-file`. */
async function opened(
  asked: EvaluationSettings,
  { file, sets, keep }: { file: Blob | undefined; sets: EvaluatedSets; keep: boolean },
): Promise<{ settings: EvaluationSettings; items: ItemSource }> {
  const settings = validateEvaluation(asked);
  const { set } = settings;
  if (set.name !== 'file') return { settings, items: worldItems(set, settings) };
  if (set.fingerprint === '' && file !== undefined) {
    const found = await sets.taken(file, set, keep);
    // Groups are asked in both settings, which is known only now.
    const checked = validateEvaluation({ ...asked, set: found.set });
    return { settings: checked, items: dataItems(found.opened, picturesOf(found.set)) };
  }
  if (file !== undefined && !(await sets.has(set))) await sets.take(file, set);
  return { settings, items: dataItems(await sets.opened(set), picturesOf(set)) };
}

/** Goes on only as what it was. Throws `evaluation.other-model` and `evaluation.other-settings`. */
function assertSame(
  before: EvaluationRecord,
  now: Pick<EvaluationRecord, 'model' | 'settings'>,
): void {
  const prints = [before.model, now.model].map((model) =>
    [baseOf(model), model.student?.fingerprint ?? ''].join(),
  );
  if (prints[0] !== prints[1]) throw otherModel(before);
  if (JSON.stringify(before.settings) !== JSON.stringify(now.settings))
    throw new PlaygroundError({
      code: 'evaluation.other-settings',
      message: `“${before.name}” was begun with other settings.`,
      fix: 'Start a new evaluation, or go on with the settings of this one.',
      where: before.id,
    });
}

function otherModel(before?: EvaluationRecord): PlaygroundError {
  const who = before?.model.student?.label ?? before?.model.name;
  return new PlaygroundError({
    code: 'evaluation.other-model',
    message:
      who === undefined
        ? 'Another model was loaded while this was evaluated; what was found stays.'
        : `This was begun with “${who}”, and those weights are not the ones that are loaded now.`,
    fix: 'Load the model again and go on, or start a new evaluation.',
    where: before?.id ?? 'model',
  });
}

function twice(id: string): PlaygroundError {
  return new PlaygroundError({
    code: 'evaluation.running',
    message: 'This evaluation is under way already.',
    fix: 'Wait until it is done, or pause it.',
    where: id,
  });
}
