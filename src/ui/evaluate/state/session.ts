/** What the Evaluate page can do: each method changes the store and, where it has to, asks the engine. */

import { createStore } from 'zustand/vanilla';
import { type ErrorRecord, PlaygroundError, toErrorRecord } from '../../../base/errors.ts';
import { newId } from '../../../base/new-id.ts';
import type { Outcome } from '../../../base/outcome.ts';
import type { DataRecord } from '../../../contract/data/data-sets.ts';
import type { EvaluatedItem } from '../../../contract/evaluation/evaluation.ts';
import type { BehindRequest } from '../../../contract/evaluation/evaluation-behind.ts';
import type { EvaluationRecord } from '../../../contract/evaluation/evaluation-records.ts';
import {
  EVALUATION_PRESETS,
  type EvaluationMeasure,
  type EvaluationPreset,
  type EvaluationSet,
  type EvaluationSettings,
  validateEvaluation,
} from '../../../contract/evaluation/evaluation-settings.ts';
import { EVALUATION_BOUNDS } from '../../../contract/settings/evaluation-bounds.ts';
import type { EngineFace } from '../../engine/client.ts';
import type { Engine, SharedEvent } from '../../engine/engine.ts';
import type { RolloutOffer } from '../../shared/offers.ts';
import { saveBlob } from '../../shared/save-file.ts';
import { BASE, candidateOf, candidatesOf, outsideStudents } from '../../shared/students.ts';
import { offerOf, type Response } from './offer.ts';
import {
  type ErrorPlace,
  type EvaluateState,
  initialState,
  MOST_SHOWN,
  pairKey,
  type ShownCell,
  setInWords,
  shownResults,
  type Wanted,
  withError,
  withoutError,
} from './state.ts';

/** Free answers come in all forms. */
const OWN_GRADING = 'mathematical';

export type EvaluateSession = ReturnType<typeof createEvaluateSession>;

type SessionEngine = Pick<Engine, 'api' | 'subscribe' | 'store'>;

export function createEvaluateSession(engine: SessionEngine) {
  const store = createStore<EvaluateState>(() => initialState);
  const { getState: get, setState: set } = store;
  let lastAsked: BehindRequest | null = null;
  const fail = (place: ErrorPlace, error: ErrorRecord) => set((s) => withError(s, place, error));

  /** Calls the engine; a failure is drawn at `place`. Null if nothing came of it. */
  async function ask<T>(
    place: ErrorPlace,
    call: (face: EngineFace) => Promise<Outcome<T>>,
  ): Promise<T | null> {
    set((s) => withoutError(s, place));
    const face = engine.api();
    if (face === null) {
      fail(place, NO_ENGINE);
      return null;
    }
    const outcome = await call(face).catch(
      (error): Outcome<T> => ({ ok: false, error: toErrorRecord(error, 'engine') }),
    );
    if (outcome.ok) return outcome.value;
    fail(place, outcome.error);
    return null;
  }

  engine.subscribe((event: SharedEvent) => {
    const { running } = get();
    if (event.type === 'worker.died') {
      set((s) => ({ ...s, queue: [], running: null }));
      if (running !== null) void refresh();
    } else if (event.type === 'model.ready') void refresh();
    else if (event.type === 'run.saved') void listRuns();
    else if (running === null || !('evaluationId' in event) || event.evaluationId !== running.id)
      return;
    else if (event.type === 'evaluation.progress')
      set({ running: { ...running, progress: event.progress } });
    else if (event.type === 'evaluation.not-saved') fail('list', event.error);
  });

  async function listRuns(): Promise<void> {
    const list = await ask('students', (face) => face.listRuns());
    if (list === null) return;
    const files = get().fromFiles.filter(({ choice }) => choice?.kind !== 'outside');
    set({ runs: list.runs, fromFiles: [...files, ...outsideStudents(list)] });
  }

  async function list(): Promise<void> {
    const found = await ask('list', (face) => face.listEvaluations());
    if (found === null) return;
    const { evaluations: results, broken, problem } = found;
    set((s) => {
      const there = (id: string) => results.some((record) => record.id === id);
      const kept = s.shown.filter(there);
      const first = results.find(({ figures }) => figures.length > 0);
      const shown = s.results === null && first !== undefined ? [first.id] : kept;
      const cell = s.cell !== null && there(s.cell.evaluationId) ? s.cell : null;
      return { ...s, results, broken, problem, shown, cell };
    });
  }

  async function refresh(): Promise<void> {
    await Promise.all([listRuns(), list()]);
  }

  /** Evaluations run one after the other. */
  async function next(): Promise<void> {
    const { queue, running } = get();
    const [wanted, ...queued] = queue;
    if (running !== null || wanted === undefined) return;
    set({ queue: queued, running: { ...wanted, progress: null } });
    const { id, name, candidate, settings, file } = wanted;
    const record = await ask('run', (face) =>
      face.evaluate({
        evaluationId: id,
        name,
        settings,
        student: candidate.choice,
        keep: true,
        ...(file === null ? {} : { file }),
      }),
    );
    if (get().running?.id !== id) return;
    set({ running: null });
    await list();
    // What went wrong stays to be read: nothing is begun behind it.
    if (record === null) return set({ queue: [] });
    if (record.figures.length > 0) show(id);
    await next();
  }

  function show(id: string): void {
    set((s) => {
      if (s.shown.includes(id)) return s;
      return { ...s, shown: [...s.shown, id].slice(-MOST_SHOWN) };
    });
    void compare();
  }

  /** The first of the table against each of the others, where that is not known yet. */
  async function compare(): Promise<void> {
    const [first, ...others] = shownResults(get());
    for (const { id, figures } of others) {
      const key = pairKey(first.id, id);
      if (figures.length === 0 || first.figures.length === 0) continue;
      if (get().comparisons[key] !== undefined) continue;
      const found = await busily('Comparing', () =>
        ask('list', (face) => face.compareEvaluations(first.id, id)),
      );
      if (found !== null) set((s) => ({ ...s, comparisons: { ...s.comparisons, [key]: found } }));
    }
  }

  /** Says what takes a while with thousands of answers. */
  async function busily<T>(what: string, work: () => Promise<T>): Promise<T> {
    set({ busy: what });
    try {
      return await work();
    } finally {
      if (get().busy === what) set({ busy: null });
    }
  }

  /** Whether the engine did it. */
  const done = async (
    place: ErrorPlace,
    call: (face: EngineFace) => Promise<Outcome<null>>,
  ): Promise<boolean> =>
    (await ask(place, async (face) => {
      const outcome = await call(face);
      return outcome.ok ? { ok: true, value: true } : outcome;
    })) ?? false;

  /** Items of the set of an evaluation of a file; null where it is not here, which is said. */
  async function fileItems(evaluationId: string, wanted: readonly number[]) {
    const before = get().fileItems;
    const known: ReadonlyMap<number, EvaluatedItem> =
      before?.evaluationId === evaluationId ? before.items : new Map<number, EvaluatedItem>();
    const missing = wanted.filter((item) => !known.has(item));
    if (missing.length === 0) return known;
    const found = await ask('items', (face) => face.evaluatedItems(evaluationId, missing));
    if (found === null) return null;
    const items = new Map([
      // Few are looked at in one go; older ones are read again.
      ...[...known].slice(-MOST_ITEMS),
      ...missing.map((item, i) => [item, found[i]] as const),
    ]);
    set({ fileItems: { evaluationId, items } });
    return items;
  }

  /** A result that was exported here or elsewhere, or written by the command. */
  async function importResult(file: File): Promise<void> {
    const record = await busily(`Reading “${file.name}”`, () =>
      ask('import', (face) => face.importEvaluation(file)),
    );
    if (record === null) return;
    await list();
    if (record.figures.length > 0) show(record.id);
  }

  /** A set of a person's own; how many pictures it has, and whether three to a question, is seen when it is asked. */
  function takeSet(file: File): void {
    const { settings } = get();
    const count = EVALUATION_BOUNDS.count.max;
    const own = { name: 'file', file: file.name, fingerprint: '', count } as const;
    set((s) => ({ ...s, file, settings: { ...settings, set: own, grading: OWN_GRADING } }));
  }

  /** The sets of the Data page, as they are now. */
  async function listData(): Promise<void> {
    const shelf = await ask('list', (face) => face.listData());
    if (shelf !== null) set({ data: shelf.sets });
  }

  /** One of them, all of it unless more than is asked at once. */
  function takeData({ name, fingerprint, items, groups }: DataRecord): void {
    const { settings } = get();
    const count = Math.min(groups ? items / 3 : items, EVALUATION_BOUNDS.count.max);
    const own: EvaluationSet = {
      ...{ name: 'file', file: name, fingerprint, count },
      ...(groups ? { groups } : {}),
    };
    const fits = (measure: EvaluationMeasure) =>
      groups || (measure !== 'vilp' && measure !== 'teachers');
    const measures = settings.measures.filter(fits);
    set((s) => ({
      ...s,
      file: null,
      settings: validateEvaluation({
        ...settings,
        set: own,
        measures: measures.length > 0 ? measures : ['pass'],
        grading: OWN_GRADING,
      }),
    }));
  }

  /** A PEFT adapter or a run in a zip file. */
  function addFile(file: File): void {
    const label = file.name.replace(/\.zip$/i, '');
    const key = `file:${label}`;
    set((s) => ({
      ...s,
      fromFiles: [
        ...s.fromFiles.filter((candidate) => candidate.key !== key),
        { key, label, choice: { kind: 'adapter', file } },
      ],
      chosen: [...s.chosen.filter((own) => own !== key), key],
    }));
  }

  return {
    store,
    refresh,
    importResult,
    takeSet,
    listData,
    takeData,
    addFile,
    usePreset(id: EvaluationPreset) {
      const preset = EVALUATION_PRESETS.find((one) => one.id === id);
      if (preset !== undefined) set({ settings: preset.settings });
    },
    /** Settings that are not taken change nothing, and say why. */
    change(change: Partial<EvaluationSettings>) {
      const { settings } = get();
      try {
        const wanted = { ...settings, ...change };
        set((s) => withoutError({ ...s, settings: validateEvaluation(wanted) }, 'run'));
      } catch (error) {
        fail('run', toErrorRecord(error, 'settings'));
      }
    },
    choose: (chosen: readonly string[]) => set({ chosen }),
    start() {
      const { settings, chosen } = get();
      const file = settings.set.name === 'file' ? get().file : null;
      const asked = candidatesOf(get()).filter(({ key }) => chosen.includes(key));
      const model = engine.store.getState().model?.name ?? BASE.label;
      const wanted = asked.map((candidate): Wanted => {
        const who = candidate.choice === null ? model : candidate.label;
        const name = `${who}: ${setInWords(settings)}`;
        return { id: newId(), name, candidate, settings, file };
      });
      set((s) => withoutError({ ...s, queue: [...s.queue, ...wanted] }, 'run'));
      void next();
    },
    /** What was found stays, and the evaluation can go on. */
    pause() {
      const { running } = get();
      set({ queue: [] });
      if (running !== null) void engine.api()?.pauseEvaluation(running.id);
    },
    /** Goes on with one that was paused, or whose tab was closed. */
    resume(record: EvaluationRecord) {
      const candidate = candidateOf(record, get().fromFiles);
      if (candidate === undefined) return fail('run', studentGone(record));
      const { id, name, settings } = record;
      // It is needed where the browser does not keep the one that was asked.
      const file = settings.set.name === 'file' ? get().file : null;
      set((s) =>
        withoutError({ ...s, queue: [...s.queue, { id, name, candidate, settings, file }] }, 'run'),
      );
      void next();
    },
    toggle(id: string) {
      if (!get().shown.includes(id)) return show(id);
      set((s) => ({ ...s, shown: s.shown.filter((own) => own !== id) }));
      void compare();
    },
    async rename(id: string, name: string) {
      await ask('list', (face) => face.renameEvaluation(id, name));
      await list();
    },
    async remove(id: string) {
      await ask('list', (face) => face.deleteEvaluation(id));
      await list();
    },
    /** Everything that was found and what it was made with, as one file. */
    async save({ id, name }: EvaluationRecord) {
      const blob = await busily(`Writing “${name}”`, () =>
        ask('list', (face) => face.exportEvaluation(id)),
      );
      if (blob === null) return;
      const stem = name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
      saveBlob(blob, `${stem || 'evaluation'}.json`);
    },
    /** The items behind a figure; null for none. */
    lookAt(cell: ShownCell | null) {
      set((s) => withoutError({ ...s, cell, behind: null }, 'items'));
    },
    /** A page of them; the last one that was asked for is shown. */
    async turnTo(asked: BehindRequest) {
      lastAsked = asked;
      const found = await ask('items', (face) => face.responsesBehind(asked));
      if (found !== null && lastAsked === asked) set({ behind: { asked, found } });
    },
    /** Pictures of items, where their set is a file. */
    async showItems({ id, settings: { set: of } }: EvaluationRecord, wanted: readonly number[]) {
      if (of.name === 'file' && wanted.length > 0) await fileItems(id, wanted);
    },
    /** The file of an evaluation, which is not here any more. */
    async takeFile(record: EvaluationRecord, file: File, wanted: readonly number[]) {
      if (await done('items', (face) => face.takeEvaluatedFile(record.id, file)))
        await fileItems(record.id, wanted);
    },
    /** What the Lab needs to show a response as it was; null where it cannot be had, which is said. */
    async offer(record: EvaluationRecord, response: Response): Promise<RolloutOffer | null> {
      const candidate = candidateOf(record, get().fromFiles);
      if (candidate === undefined) {
        fail('items', studentGone(record));
        return null;
      }
      if (!(await done('items', (face) => face.checkEvaluatedModel(record.id)))) return null;
      if (record.settings.set.name !== 'file') return offerOf(record, response, candidate, null);
      const item = (await fileItems(record.id, [response.line.item]))?.get(response.line.item);
      return item === undefined ? null : offerOf(record, response, candidate, item);
    },
    dismiss: (place: ErrorPlace) => set((s) => withoutError(s, place)),
  };
}

/** Items whose pictures are held for another look. */
const MOST_ITEMS = 64;

const NO_ENGINE: ErrorRecord = {
  code: 'engine.not-ready',
  message: 'The engine is not there yet.',
  fix: 'Wait until the model is loaded, then try again.',
};

function studentGone({ model }: EvaluationRecord): ErrorRecord {
  return new PlaygroundError({
    code: 'evaluation.student-gone',
    message: `“${model.student?.label}” came from a file, which this page no longer has.`,
    fix: 'Add the file again under “Who is asked”, then go on.',
    where: 'student',
  }).record;
}
