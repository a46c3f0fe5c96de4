/** The evaluations that this browser keeps: listed, opened, renamed, deleted, compared, and brought in from files. */

import { PlaygroundError } from '../../base/errors.ts';
import { type Outcome, outcomeOf } from '../../base/outcome.ts';
import { sealed } from '../../base/seal.ts';
import type {
  EvaluatedItem,
  EvaluationList,
  OpenedEvaluation,
} from '../../contract/evaluation/evaluation.ts';
import {
  type BehindRequest,
  type ResponsesBehind,
  responsesBehind,
} from '../../contract/evaluation/evaluation-behind.ts';
import { compareLines } from '../../contract/evaluation/evaluation-comparison.ts';
import {
  type EvaluatedModel,
  type EvaluationRecord,
  type FigureComparison,
  modelInWords,
} from '../../contract/evaluation/evaluation-records.ts';
import type { ModelAssets } from '../../model/assets.ts';
import { shownItem } from './data-items.ts';
import { baseOf, evaluatedModel } from './evaluated-model.ts';
import type { EvaluatedSets } from './evaluated-sets.ts';
import { readExported } from './exported.ts';
import { holding, isHeld, openEvaluations } from './store.ts';

type Opened = Awaited<ReturnType<typeof openEvaluations>>;

export class KeptEvaluations {
  /** What evaluations of a person's own questions ask. */
  readonly sets: EvaluatedSets;
  readonly #isActive: (id: string) => boolean;
  /** Those that were read last: two are compared, and one is looked at page by page. */
  #read: readonly OpenedEvaluation[] = [];
  #opening: Promise<Opened> | null = null;

  /** @param isActive whether one is under way in this worker */
  constructor(isActive: (id: string) => boolean, sets: EvaluatedSets) {
    this.#isActive = isActive;
    this.sets = sets;
  }

  /** Where they are kept. */
  opened(): Promise<Opened> {
    this.#opening ??= openEvaluations();
    return this.#opening;
  }

  list(): Promise<Outcome<EvaluationList>> {
    return outcomeOf(async () => {
      const { store, problem } = await this.opened();
      const { records, broken } = await store.list();
      const evaluations = await Promise.all(records.map((record) => this.#asItIs(record)));
      return { evaluations, broken, problem };
    }, 'evaluations');
  }

  behind(request: BehindRequest): Promise<Outcome<ResponsesBehind>> {
    return outcomeOf(async () => {
      const { record, lines } = await this.#stored(request.evaluationId);
      return responsesBehind(record.settings, lines, request);
    }, request.evaluationId);
  }

  rename(id: string, name: string): Promise<Outcome<EvaluationRecord>> {
    return outcomeOf(async () => {
      const { store } = await this.opened();
      const record = await this.#record(id);
      const renamed = { ...record, name: name.trim().slice(0, 200) || record.name };
      await holding(id, () => store.write(renamed));
      return renamed;
    }, id);
  }

  delete(id: string): Promise<Outcome<null>> {
    return outcomeOf(async () => {
      const { store } = await this.opened();
      await holding(id, () => store.remove(id));
      this.#read = this.#read.filter(({ record }) => record.id !== id);
      return null;
    }, id);
  }

  /** Items of an evaluation of a file. */
  items(id: string, items: readonly number[]): Promise<Outcome<readonly EvaluatedItem[]>> {
    return outcomeOf(async () => {
      const set = await this.#fileOf(id);
      if (set === null) return [];
      const opened = await this.sets.opened(set);
      return Promise.all(items.map((index) => shownItem(opened, index)));
    }, id);
  }

  takeFile(id: string, file: Blob): Promise<Outcome<null>> {
    return outcomeOf(async () => {
      const set = await this.#fileOf(id);
      if (set !== null) await this.sets.take(file, set);
      return null;
    }, id);
  }

  /** Whether the loaded model is the one that was asked. */
  checkModel(id: string, assets: ModelAssets): Promise<Outcome<null>> {
    return outcomeOf(async () => {
      const { model } = await this.#record(id);
      const loaded = await evaluatedModel(assets, null);
      if (baseOf(model) !== baseOf(loaded)) throw anotherLoaded(model, loaded);
      return null;
    }, id);
  }

  export(id: string): Promise<Outcome<Blob>> {
    return outcomeOf(async () => {
      const { record, lines } = await this.#stored(id);
      // One that came with its figures alone goes out with no more.
      const { imported } = record;
      const all = imported?.lines === false ? record : { ...record, lines };
      return new Blob([JSON.stringify(await sealed(all))], { type: 'application/json' });
    }, id);
  }

  import(file: Blob): Promise<Outcome<EvaluationRecord>> {
    return outcomeOf(async () => {
      const { store } = await this.opened();
      const { record, lines } = await readExported(file);
      return holding(record.id, async () => {
        const there = await store.record(record.id);
        if (there !== null) throw alreadyThere(there);
        if (lines.length > 0) await store.append(record.id, lines);
        await store.write(record);
        this.#remember({ record, lines });
        return record;
      });
    }, 'the file');
  }

  async #fileOf(id: string) {
    const { set } = (await this.#record(id)).settings;
    return set.name === 'file' ? set : null;
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

  async #stored(id: string): Promise<OpenedEvaluation> {
    const { store } = await this.opened();
    const record = await this.#record(id);
    const known = this.#read.find((own) => own.record.id === id);
    if (known !== undefined && isAsRead(known.record, record)) return { ...known, record };
    const found = { record, lines: await store.lines(id) };
    this.#remember(found);
    return found;
  }

  /** What is under way has more lines the next time. */
  #remember(found: OpenedEvaluation): void {
    const others = this.#read.filter(({ record: { id } }) => id !== found.record.id);
    const here = found.record.state === 'running' ? [] : [found];
    this.#read = [...here, ...others].slice(0, MOST_READ);
  }

  async #record(id: string): Promise<EvaluationRecord> {
    const record = await (await this.opened()).store.record(id);
    if (record === null) throw missing(id);
    return this.#asItIs(record);
  }

  /** What was under way when its tab was closed waits. */
  async #asItIs(record: EvaluationRecord): Promise<EvaluationRecord> {
    if (record.state !== 'running' || this.#isActive(record.id)) return record;
    return (await isHeld(record.id)) ? record : { ...record, state: 'paused' };
  }
}

/** How many evaluations are held in memory with their lines: a set of 5,000 groups takes about 60 MB. */
const MOST_READ = 2;

/** Whether nothing was written since, here or in another tab. */
const isAsRead = (read: EvaluationRecord, now: EvaluationRecord): boolean =>
  now.state !== 'running' && read.state === now.state && read.updatedAt === now.updatedAt;

function anotherLoaded(asked: EvaluatedModel, loaded: EvaluatedModel): PlaygroundError {
  const [then, now] = [asked, loaded].map(modelInWords);
  const same = then === now ? ', which has other weights' : '';
  return new PlaygroundError({
    code: 'evaluation.other-model',
    message: `“${then}” answered this, and the model here is “${now}”${same}: it cannot score the other’s tokens.`,
    fix: `Open ${then} first (header or Models page), then the item again.`,
    where: 'model',
  });
}

function alreadyThere({ id, name }: EvaluationRecord): PlaygroundError {
  return new PlaygroundError({
    code: 'evaluation.there',
    message: `This evaluation is here already, as “${name}”.`,
    fix: 'Look at that one, or delete it first.',
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
