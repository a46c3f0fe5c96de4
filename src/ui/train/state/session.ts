/** What the Train page can do: each method changes the store and, where it has to, asks the engine. */

import { createStore } from 'zustand/vanilla';
import { type ErrorRecord, toErrorRecord } from '../../../base/errors.ts';
import { newId } from '../../../base/new-id.ts';
import type { Outcome } from '../../../base/outcome.ts';
import { READY_SCHEDULES } from '../../../contract/train/ready-schedules.ts';
import type { ResumeOptions, RunExport, StoredRun } from '../../../contract/train/runs.ts';
import { recipeText } from '../../../contract/train/stages.ts';
import type { TrainSettings } from '../../../contract/train/train-settings.ts';
import type { TrainResult } from '../../../contract/train/training.ts';
import type { ChartAxis, StepRange } from '../../charts/columns.ts';
import type { EngineFace } from '../../engine/client.ts';
import type { SharedEvent } from '../../engine/engine.ts';
import type { StudentOffer } from '../../shared/offers.ts';
import { saveBlob } from '../../shared/save-file.ts';
import { batched } from './batched.ts';
import { mayNotify } from './end-notice.ts';
import type { FormState } from './form.ts';
import { outsideActions } from './outside.ts';
import { questionActions } from './question-actions.ts';
import {
  canGoOn,
  isRunning,
  keptRun,
  type RunView,
  whereItWaits,
  withEngineEvent,
  withoutWorker,
  withRunEvent,
} from './run.ts';
import { runOf } from './stages.ts';
import {
  initialState,
  type TrainErrorPlace,
  type TrainPageState,
  withError,
  withNewRun,
  withoutError,
} from './state.ts';

export interface TrainOptions {
  form: FormState;
  /** What of the address the form could not take. */
  note?: ErrorRecord | null;
  /** The running worker, null where there is none. */
  api: () => EngineFace | null;
  /** Whether a model is loaded. */
  ready: () => boolean;
  subscribe: (listener: (event: SharedEvent) => void) => () => void;
}

export type TrainSession = ReturnType<typeof createTrainSession>;

export function createTrainSession({ form, note = null, api, ready, subscribe }: TrainOptions) {
  const store = createStore<TrainPageState>(() => {
    const state = initialState(form);
    return note === null ? state : withError(state, 'start', note);
  });
  const { getState: get, setState: set } = store;
  const fail = (place: TrainErrorPlace, error: ErrorRecord) =>
    set((s) => withError(s, place, error));
  const onRun = (change: (run: RunView) => RunView) =>
    set((s) => (s.run === null ? s : { ...s, run: change(s.run) }));

  /** Which run is to be shown: a later wish makes an earlier one's answer void. */
  let wish = 0;

  const take = batched<SharedEvent>((events) => {
    let saved = false;
    onRun((run) => {
      let next = run;
      for (const event of events) {
        if (event.type === 'run.saved') saved = true;
        if (event.type === 'worker.died') continue;
        next =
          event.type.startsWith('train.') || event.type.startsWith('run.')
            ? withRunEvent(next, event as Parameters<typeof withRunEvent>[1])
            : withEngineEvent(next, event);
      }
      return next;
    });
    if (saved) void listRuns();
  });
  subscribe((event) => {
    if (event.type === 'worker.died') {
      take.flush();
      onRun(withoutWorker);
    } else if (event.type === 'filter.progress') questions.hear(event);
    else if (event.type === 'model.ready') void listRuns();
    else take(event);
  });

  /** Calls the engine; a failure is drawn at `place`. Null if nothing came of it. */
  async function ask<T>(
    place: TrainErrorPlace,
    call: (engine: EngineFace) => Promise<Outcome<T>>,
  ): Promise<T | null> {
    set((s) => withoutError(s, place));
    const engine = api();
    if (engine === null) {
      fail(place, NO_ENGINE);
      return null;
    }
    const outcome = await call(engine).catch(
      (error): Outcome<T> => ({ ok: false, error: toErrorRecord(error, 'engine') }),
    );
    if (outcome.ok) return outcome.value;
    fail(place, outcome.error);
    return null;
  }

  const questions = questionActions({ store, api, ask });
  const outside = outsideActions({ store, ask, listRuns });

  async function listRuns() {
    const list = await ask('runs', (engine) => engine.listRuns());
    if (list === null) return;
    set((s) => ({
      ...s,
      stored: list.runs,
      broken: list.broken,
      outside: { ...s.outside, ...list.outside },
      room: list.room,
      run: s.run && whereItWaits(s.run, list.runs),
    }));
    const [last] = list.runs;
    // After a reload the page opens on the run that was written last.
    if (get().run === null && last !== undefined) await openRun(last);
  }

  async function openRun(stored: StoredRun) {
    const { run } = get();
    if (run !== null && isRunning(run)) return;
    wish += 1;
    const own = wish;
    const opened = await ask('runs', (engine) => engine.openRun(stored.runId));
    if (opened !== null && own === wish) set((s) => ({ ...s, run: keptRun(stored, opened) }));
  }

  /** Follows a run until it pauses, ends or fails. */
  async function follow(call: (engine: EngineFace) => Promise<Outcome<TrainResult>>) {
    wish += 1;
    const runId = get().run?.runId;
    onRun((run) => ({ ...run, state: 'starting', error: null }));
    const result = await ask('run', call);
    take.flush();
    const { run } = get();
    if (run === null || run.runId !== runId) return;
    if (result === null) {
      const busy = get().errors.run?.code === 'run.busy';
      const state = busy ? 'elsewhere' : run.step > 0 ? 'kept' : 'failed';
      if (isRunning(run)) onRun((own) => ({ ...own, state }));
      // It may be gone, or be another tab's.
      void listRuns();
      return;
    }
    const { state, step } = result;
    if (run.state !== 'elsewhere') onRun((own) => ({ ...own, state, step }));
    void listRuns();
  }

  async function start(pauseAfter?: number) {
    const { run, form: own } = get();
    if (!ready() || (run !== null && isRunning(run))) return;
    if (Object.keys(own.drafts).length > 0) return fail('start', invalidEntries(own));
    const described = runOf(own);
    if ('error' in described) return fail('start', described.error);
    const { settings } = described;
    const runId = newId();
    // The engine numbers it, since it alone knows all names.
    const name = runName(own, settings);
    set((s) => withNewRun(s, runId, name, settings));
    await follow(async (engine) => {
      if (run !== null && run.state === 'paused') await engine.stopTraining(run.runId);
      return engine.train({
        runId,
        settings,
        keep: { name, numbered: true },
        ...(pauseAfter === undefined ? {} : { pauseAfter }),
      });
    });
  }

  async function goOn(options: ResumeOptions = {}) {
    const { run } = get();
    if (!ready() || run === null || !canGoOn(run)) return;
    await follow((engine) => engine.resumeRun(run.runId, options));
  }

  return {
    store,
    questions,
    outside,
    listRuns,
    openRun,
    start: () => start(),
    goOn: () => goOn(),
    /** Goes on with a run that another tab holds; that tab loses it. */
    takeOver: () => goOn({ takeOver: true }),
    /** Goes back to the checkpoint before the last one, and on from there with this learning rate. */
    async goBack(learningRate: number) {
      onRun(({ settings, ...run }) => {
        const optimizer = { ...settings.optimizer, learningRate };
        return { ...run, settings: { ...settings, optimizer } };
      });
      await goOn({ back: { learningRate } });
    },
    /** One step of the run on the page, or of a new one. */
    async step() {
      const { run } = get();
      await (run !== null && canGoOn(run) ? goOn({ pauseAfter: 1 }) : start(1));
    },
    async pause() {
      const { run } = get();
      if (run !== null && isRunning(run)) await api()?.pauseTraining(run.runId);
    },
    /** Ends the run after the step it is in and writes it down; it can be gone on with from there. */
    async stop() {
      const { run } = get();
      if (run === null) return;
      const waits = !isRunning(run);
      if (!waits) onRun((own) => ({ ...own, state: 'stopping' }));
      await api()?.stopTraining(run.runId);
      take.flush();
      if (waits) onRun((own) => (own.runId === run.runId ? { ...own, state: 'stopped' } : own));
    },
    /** Changes the form; what a change is refused for is drawn where a start’s refusal is. */
    change(next: (form: FormState) => FormState) {
      try {
        set((s) => withoutError({ ...s, form: next(s.form) }, 'start'));
      } catch (error) {
        fail('start', toErrorRecord(error, 'form'));
      }
    },
    async estimate() {
      const { form: own } = get();
      const described = runOf(own);
      if ('error' in described) return fail('estimate', described.error);
      const { settings } = described;
      set((s) => ({ ...s, estimate: { form: own, value: null } }));
      const value = await ask('estimate', (engine) => engine.estimateTraining(settings));
      set((s) =>
        s.estimate?.form === own
          ? { ...s, estimate: value === null ? null : { form: own, value } }
          : s,
      );
    },
    /** Draws a kept run's curves beside the others, or takes them away. */
    async toggleBeside({ runId }: StoredRun) {
      const { [runId]: there, ...rest } = get().beside;
      if (there !== undefined) return set((s) => ({ ...s, beside: rest }));
      const curves = await ask('runs', (engine) => engine.runCurves(runId));
      if (curves !== null) set((s) => ({ ...s, beside: { ...s.beside, [runId]: curves } }));
    },
    async rename(runId: string, name: string) {
      const renamed = await ask('runs', (engine) => engine.renameRun(runId, name));
      if (renamed === null) return;
      onRun((run) => (run.runId === runId ? { ...run, name: renamed.name } : run));
      await listRuns();
    },
    async remove(runId: string) {
      const gone = await ask('runs', (engine) => engine.deleteRun(runId));
      if (gone === null && get().errors.runs !== undefined) return;
      set((s) => {
        const { [runId]: _, ...beside } = s.beside;
        return { ...s, beside, run: s.run?.runId === runId ? null : s.run };
      });
      await listRuns();
    },
    async exportRun(runId: string, as: RunExport) {
      set((s) => ({ ...s, busy: 'Exporting' }));
      const file = await ask('runs', (engine) => engine.exportRun(runId, as));
      set((s) => ({ ...s, busy: null }));
      if (file !== null) saveBlob(file.data, file.name);
    },
    /** Takes in a run, an adapter or a log; answers with the adapter's student, null for anything else. */
    async importFile(file: File): Promise<StudentOffer | null> {
      set((s) => ({ ...s, busy: 'Importing' }));
      const imported = await ask('runs', (engine) => engine.importFile(file));
      set((s) => ({ ...s, busy: null }));
      if (imported === null) return null;
      if (imported.kind === 'adapter')
        return { label: imported.label, choice: { kind: 'adapter', file } };
      await listRuns();
      // A run from outside is drawn over what is on show, and opened nowhere.
      if (imported.kind === 'outside')
        for (const { runId } of imported.runs) await outside.draw(runId);
      else await openRun(imported.run);
      return null;
    },
    /** What the charts show; null is the whole run. */
    showSteps(shownSteps: StepRange | null) {
      set((s) => ({ ...s, shownSteps }));
    },
    /** Steps and tokens have no stretch in common. */
    showOver(axis: ChartAxis) {
      set((s) => ({ ...s, axis, shownSteps: null }));
    },
    keepAwake(wanted: boolean) {
      set((s) => ({ ...s, awake: { wanted, refused: false } }));
    },
    /** Asks for the permission first; without it the switch stays off. */
    async notifyAtEnd(wanted: boolean) {
      const may = !wanted || (await mayNotify());
      set((s) => ({ ...s, notice: { wanted: wanted && may, denied: !may } }));
    },
    dismiss(place: TrainErrorPlace) {
      set((s) => withoutError(s, place));
    },
    dismissNotSaved() {
      onRun((run) => ({ ...run, notSaved: null }));
    },
    dismissRunError() {
      onRun((run) => ({ ...run, error: null }));
    },
  };
}

/** What a new run is called: its ready-made schedule, or its recipes in their order. */
const runName = ({ stages }: FormState, settings: TrainSettings): string =>
  READY_SCHEDULES.find(({ id }) => id === stages?.ready)?.title ?? recipeText(settings);

const NO_ENGINE: ErrorRecord = {
  code: 'train.no-engine',
  message: 'The engine is not running.',
  fix: 'Wait until it has started again, then try once more; kept runs are not touched.',
  where: 'engine',
};

function invalidEntries({ drafts }: FormState): ErrorRecord {
  const [[path, { error }], ...more] = Object.entries(drafts);
  return {
    ...error,
    message: `${error.message.replace(/\.$/, '')}${more.length > 0 ? `, and ${more.length} more ${more.length === 1 ? 'entry does' : 'entries do'} not hold` : ''}.`,
    where: path,
  };
}
