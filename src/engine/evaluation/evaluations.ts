/** The evaluating half of the engine: evaluations that take their turns among its jobs, and those that are kept. */

import { version } from '../../../package.json';
import { PlaygroundError, toErrorRecord } from '../../base/errors.ts';
import type { JobHandle } from '../../base/jobs.ts';
import { type Outcome, outcomeOf } from '../../base/outcome.ts';
import type {
  EvaluateRequest,
  EvaluationEvent,
  EvaluationList,
  OpenedEvaluation,
} from '../../contract/evaluation.ts';
import { compareLines } from '../../contract/evaluation-comparison.ts';
import { figuresOfLines } from '../../contract/evaluation-figures.ts';
import {
  EVALUATION_FORMAT,
  type EvaluatedModel,
  type EvaluationRecord,
  type EvaluationState,
  type FigureComparison,
} from '../../contract/evaluation-records.ts';
import { type EvaluationSettings, validateEvaluation } from '../../contract/evaluation-settings.ts';
import type { StudentChoice } from '../../contract/runs.ts';
import type { ModelAssets } from '../../model/assets.ts';
import { modelFingerprint } from '../../training/fingerprint.ts';
import type { LoadedModel } from '../loaded-model.ts';
import type { LabStudent } from '../training/lab-student.ts';
import { fileItems } from './file-items.ts';
import { type ItemSource, worldItems } from './items.ts';
import { type EvaluationStore, holding, isHeld, openEvaluations } from './store.ts';
import { EvaluationWork } from './work.ts';

/** What the engine lends. */
export interface EvaluationHost {
  /** Throws `model.not-loaded`. */
  need(): LoadedModel;
  /** Runs work when its turn among the engine's jobs comes. */
  turn<T>(name: string, work: (job: JobHandle) => Promise<T>): Promise<T>;
  emit(event: EvaluationEvent): void;
  /** A student of its own, which is to be released. */
  student(choice: StudentChoice): Promise<LabStudent>;
}

/** One that is under way. */
interface Active {
  readonly student: LabStudent | null;
  pauseAsked: boolean;
}

/** How often the time that was spent is written down. */
const RECORD_EVERY_MS = 5000;

type Opened = Awaited<ReturnType<typeof openEvaluations>>;

export class Evaluations {
  readonly #host: EvaluationHost;
  readonly #active = new Map<string, Active>();
  #opening: Promise<Opened> | null = null;

  constructor(host: EvaluationHost) {
    this.#host = host;
  }

  evaluate(request: EvaluateRequest): Promise<Outcome<EvaluationRecord>> {
    const { evaluationId: id, keep } = request;
    return outcomeOf(async () => {
      if (this.#active.has(id)) throw twice(id);
      const active: Active = {
        student: request.student === null ? null : await this.#host.student(request.student),
        pauseAsked: false,
      };
      this.#active.set(id, active);
      try {
        return await (keep
          ? holding(id, async () => this.#run(request, active, (await this.#opened()).store))
          : this.#run(request, active, null));
      } finally {
        this.#active.delete(id);
        await this.#host.turn('evaluation end', async () => active.student?.release());
      }
    }, id);
  }

  pause(id: string): void {
    const active = this.#active.get(id);
    if (active !== undefined) active.pauseAsked = true;
  }

  list(): Promise<Outcome<EvaluationList>> {
    return outcomeOf(async () => {
      const { store, problem } = await this.#opened();
      const { records, broken } = await store.list();
      const evaluations = await Promise.all(records.map((record) => this.#asItIs(record)));
      return { evaluations, broken, problem };
    }, 'evaluations');
  }

  open(id: string): Promise<Outcome<OpenedEvaluation>> {
    return outcomeOf(() => this.#stored(id), id);
  }

  rename(id: string, name: string): Promise<Outcome<EvaluationRecord>> {
    return outcomeOf(async () => {
      const { store } = await this.#opened();
      const { record } = await this.#stored(id);
      const renamed = { ...record, name: name.trim().slice(0, 200) || record.name };
      await holding(id, () => store.write(renamed));
      return renamed;
    }, id);
  }

  delete(id: string): Promise<Outcome<null>> {
    return outcomeOf(async () => {
      const { store } = await this.#opened();
      await holding(id, () => store.remove(id));
      return null;
    }, id);
  }

  compare(first: string, second: string): Promise<Outcome<readonly FigureComparison[]>> {
    return outcomeOf(async () => {
      const [a, b] = [await this.#stored(first), await this.#stored(second)];
      return compareLines(
        { settings: a.record.settings, lines: a.lines },
        { settings: b.record.settings, lines: b.lines },
      );
    }, 'compare');
  }

  /** Frees what evaluations hold on the present backend; their next turn builds it again. */
  async releaseSessions(): Promise<void> {
    for (const { student } of this.#active.values())
      await student?.release().catch(() => undefined);
  }

  async #run(
    { evaluationId: id, name, settings: asked, earlier, file }: EvaluateRequest,
    active: Active,
    store: EvaluationStore | null,
  ): Promise<EvaluationRecord> {
    const { settings, items } = await opened(validateEvaluation(asked), file);
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

  async #stored(id: string): Promise<OpenedEvaluation> {
    const { store } = await this.#opened();
    const record = await store.record(id);
    if (record === null) throw missing(id);
    return { record: await this.#asItIs(record), lines: await store.lines(id) };
  }

  /** What was under way when its tab was closed waits. */
  async #asItIs(record: EvaluationRecord): Promise<EvaluationRecord> {
    if (record.state !== 'running' || this.#active.has(record.id)) return record;
    return (await isHeld(record.id)) ? record : { ...record, state: 'paused' };
  }

  #opened(): Promise<Opened> {
    this.#opening ??= openEvaluations();
    return this.#opening;
  }
}

/** Writes as it can: what finds no room is said once, and tried again with the next turn. */
class Log {
  readonly #id: string;
  readonly #store: EvaluationStore | null;
  readonly #emit: (event: EvaluationEvent) => void;
  #unwritten: Parameters<EvaluationStore['append']>[1] = [];
  #said = false;

  constructor(id: string, store: EvaluationStore | null, emit: (event: EvaluationEvent) => void) {
    this.#id = id;
    this.#store = store;
    this.#emit = emit;
  }

  async append(lines: Parameters<EvaluationStore['append']>[1]): Promise<void> {
    if (lines.length === 0) return;
    this.#unwritten = [...this.#unwritten, ...lines];
    await this.#try(async (store) => {
      await store.append(this.#id, this.#unwritten);
      this.#unwritten = [];
    });
  }

  async write(record: EvaluationRecord): Promise<void> {
    await this.#try(async (store) => {
      if (this.#unwritten.length > 0) await store.append(this.#id, this.#unwritten);
      this.#unwritten = [];
      await store.write(record);
    });
  }

  async #try(work: (store: EvaluationStore) => Promise<void>): Promise<void> {
    if (this.#store === null) return;
    try {
      await work(this.#store);
      this.#said = false;
    } catch (error) {
      if (this.#said) return;
      this.#said = true;
      const record = toErrorRecord(error, this.#id);
      this.#emit({ type: 'evaluation.not-saved', evaluationId: this.#id, error: record });
    }
  }
}

/** The pictures that are asked, and the settings with what a file says of itself. Throws `evaluation.no-file`. */
async function opened(
  settings: EvaluationSettings,
  file: Blob | undefined,
): Promise<{ settings: EvaluationSettings; items: ItemSource }> {
  const { set } = settings;
  if (set.name !== 'file') return { settings, items: worldItems(set, settings) };
  if (file === undefined)
    throw new PlaygroundError({
      code: 'evaluation.no-file',
      message: `The pictures of “${set.file}” are not here.`,
      fix: 'Choose the file again, then go on.',
      where: 'set',
    });
  const found = await fileItems(file, set.file, set.count);
  return { settings: { ...settings, set: found.set }, items: found.items };
}

async function evaluatedModel(
  assets: ModelAssets,
  student: LabStudent | null,
): Promise<EvaluatedModel> {
  const { name, parameters, checkpoint } = assets;
  const status = student?.status ?? null;
  return {
    name,
    parameters,
    fingerprint: checkpoint === null ? null : await modelFingerprint(checkpoint),
    student: status && {
      label: status.label,
      fingerprint: status.fingerprint,
      runId: status.runId,
      step: status.step,
    },
  };
}

/** Goes on only as what it was. Throws `evaluation.other-model` and `evaluation.other-settings`. */
function assertSame(
  before: EvaluationRecord,
  now: Pick<EvaluationRecord, 'model' | 'settings'>,
): void {
  const prints = [before.model, now.model].map(({ name, fingerprint, student }) =>
    [fingerprint ?? name, student?.fingerprint ?? ''].join(),
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

function missing(id: string): PlaygroundError {
  return new PlaygroundError({
    code: 'evaluation.missing',
    message: 'This evaluation is not kept here.',
    fix: 'It may have been deleted in another tab; pick one from the list.',
    where: id,
  });
}
