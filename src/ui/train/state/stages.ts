/**
 * The stages of the form: which there are, in which order, and which one the form shows. Pure. The form’s settings are
 * those of the stage that is chosen; what a stage does not have of its own is every stage’s.
 */

import { type ErrorRecord, toErrorRecord } from '../../../base/errors.ts';
import type { DataReference } from '../../../contract/data/data-sets.ts';
import type { ItemSet } from '../../../contract/data/item-set.ts';
import type { ReadySchedule } from '../../../contract/train/ready-schedules.ts';
import {
  drawnAs,
  readScheduleFile,
  settingsOfSchedule,
} from '../../../contract/train/schedule-file.ts';
import {
  asRun,
  asStage,
  isStaged,
  stagesOf,
  withSchedule,
} from '../../../contract/train/stages.ts';
import type { StepMetrics } from '../../../contract/train/train-records.ts';
import type { StageOrder, TrainSettings } from '../../../contract/train/train-settings.ts';
import { validateTrainSettings, withSettings } from '../../../contract/train/train-validate.ts';
import type { FormStage, FormStages, FormState } from './form.ts';

/** The stages as they stand, with what the form shows of the chosen one. */
export function stagesIn(form: FormState): readonly FormStage[] {
  const { stages, preset, settings, drafts } = form;
  if (stages === undefined) return [];
  return stages.list.map((stage, i) =>
    i === stages.chosen ? { ...stage, preset, settings, drafts } : withShared(stage, settings),
  );
}

const named = ({ id, label, tokens }: Pick<FormStage, 'id' | 'label' | 'tokens'>) => ({
  ...{ id, label },
  ...(tokens === undefined ? {} : { tokens }),
});

/** What is the run’s and not the stage’s has one value in all. */
function withShared(stage: FormStage, shown: TrainSettings): FormStage {
  const own = asStage(named(stage), stage.settings);
  return { ...stage, settings: asRun({ ...shown, schedule: undefined } as TrainSettings, own) };
}

/** The settings of the run that the form describes, or why there can be none. */
export function runOf(form: FormState): { settings: TrainSettings } | { error: ErrorRecord } {
  if (form.stages === undefined) return { settings: form.settings };
  const stages = stagesIn(form).map((stage) => asStage(named(stage), stage.settings));
  try {
    const { order } = form.stages;
    return { settings: validateTrainSettings(withSchedule(form.settings, { order, stages })) };
  } catch (error) {
    return { error: toErrorRecord(error, 'schedule') };
  }
}

/**
 * A form with the stages of a ready-made schedule or of a file. What all stages share stays as it was in the form but for
 * what the file sets. Throws what reading it throws.
 */
export function formOfSchedule(form: FormState, written: unknown, ready: string | null): FormState {
  const file = readScheduleFile(written);
  const { schedule, ...run } = settingsOfSchedule(file);
  if (schedule === undefined) throw new Error('a schedule has stages');
  const shared = withSettings(sharedOf(form.settings, run), file.set);
  const list = schedule.stages.map((stage, i): FormStage => {
    const { preset } = file.stages[i];
    const origin = asRun(run as TrainSettings, stage);
    return { ...named(stage), preset, settings: asRun(shared, stage), drafts: {}, origin };
  });
  return shownAs(form, { ready, order: schedule.order, list, chosen: 0 });
}

function sharedOf(form: TrainSettings, run: TrainSettings): TrainSettings {
  const { seed, trainable, evaluation, followed, checkpointEvery } = form;
  return { ...run, seed, trainable, evaluation, followed, checkpointEvery };
}

/** The form with these stages, showing the chosen one. */
function shownAs(form: FormState, stages: FormStages): FormState {
  const { preset, settings, drafts } = stages.list[stages.chosen];
  return { ...form, preset, settings, drafts, stages };
}

export const formOfReady = (form: FormState, { id, ...written }: ReadySchedule): FormState =>
  formOfSchedule(form, written, id);

/** One run again: the chosen stage’s settings from the first step to the last. */
export function withoutStages({ stages: _, ...form }: FormState): FormState {
  return form;
}

/** The form as it is becomes the first of two stages. */
export function withStages(form: FormState): FormState {
  if (form.stages !== undefined) return form;
  const { preset, settings, drafts } = form;
  const first = { id: 'first', label: 'First stage', preset, settings, drafts };
  const second = { ...first, id: 'second', label: 'Second stage', drafts: {} };
  return shownAs(form, { ready: null, order: 'staged', list: [first, second], chosen: 0 });
}

export function chosenStage(form: FormState, chosen: number): FormState {
  if (form.stages === undefined) return form;
  return shownAs(form, { ...form.stages, list: stagesIn(form), chosen });
}

export function withOrder(form: FormState, order: StageOrder): FormState {
  return form.stages === undefined
    ? form
    : { ...form, stages: { ...form.stages, order, ready: null } };
}

/** A stage somewhere else among them. */
export function movedStage(form: FormState, from: number, to: number): FormState {
  const { stages } = form;
  if (stages === undefined || from === to || to < 0 || to >= stages.list.length) return form;
  const list = [...stagesIn(form)];
  const [moved] = list.splice(from, 1);
  list.splice(to, 0, moved);
  return shownAs(form, { ...stages, ready: null, list, chosen: to });
}

/** A copy of the chosen stage behind it. */
export function addedStage(form: FormState): FormState {
  const { stages } = form;
  if (stages === undefined) return form;
  const list = [...stagesIn(form)];
  const { chosen } = stages;
  const taken = new Set(list.map(({ id }) => id));
  let number = list.length + 1;
  while (taken.has(`stage-${number}`)) number++;
  const copy = { ...list[chosen], id: `stage-${number}`, label: `Stage ${number}`, drafts: {} };
  list.splice(chosen + 1, 0, copy);
  return shownAs(form, { ...stages, ready: null, list, chosen: chosen + 1 });
}

export function removedStage(form: FormState): FormState {
  const { stages } = form;
  if (stages === undefined || stages.list.length === 1) return withoutStages(form);
  const list = stagesIn(form).filter((_, i) => i !== stages.chosen);
  const chosen = Math.min(stages.chosen, list.length - 1);
  return shownAs(form, { ...stages, ready: null, list, chosen });
}

export function renamedStage(form: FormState, label: string): FormState {
  const { stages } = form;
  if (stages === undefined) return form;
  const list = stagesIn(form).map((stage, i) =>
    i === stages.chosen ? { ...stage, label } : stage,
  );
  return shownAs(form, { ...stages, ready: null, list });
}

/** After how many tokens the chosen stage ends; null where its steps alone end it. */
export function withTokens(form: FormState, tokens: number | null): FormState {
  const { stages } = form;
  if (stages === undefined) return form;
  const list = stagesIn(form).map((stage, i): FormStage => {
    if (i !== stages.chosen) return stage;
    const { tokens: _, ...own } = stage;
    return tokens === null ? own : { ...own, tokens };
  });
  return shownAs(form, { ...stages, ready: null, list });
}

/**
 * The form with the tokens that each of its stages took in a run with the very same stages, so that another order of them
 * learns from no more; null where that run has other stages, or mixes them.
 */
export function withTokensOf(
  form: FormState,
  run: { readonly settings: TrainSettings; readonly metrics: readonly StepMetrics[] },
): FormState | null {
  const { stages } = form;
  const { schedule } = run.settings;
  if (stages === undefined || schedule === undefined || !isStaged(schedule.order)) return null;
  const taken = new Map(
    stagesOf(run.settings).map(({ id, from, to }) => {
      const own = run.metrics.filter(({ step }) => step > from && step <= to);
      return [id, own.reduce((sum, { tokens }) => sum + tokens, 0)];
    }),
  );
  const list = stagesIn(form).map((stage) => ({ ...stage, tokens: taken.get(stage.id) ?? 0 }));
  if (list.length !== taken.size || list.some(({ tokens }) => tokens === 0)) return null;
  return shownAs(form, { ...stages, ready: null, list });
}

/** Steps of a stage, at least one; the one after it gives or takes them where it can, so that a border moves alone. */
export function withSteps(form: FormState, at: number, steps: number, alone: boolean): FormState {
  const { stages } = form;
  if (stages === undefined) return form;
  const list = [...stagesIn(form)];
  const own = list[at];
  const next = alone ? undefined : list[at + 1];
  const most =
    next === undefined ? Number.MAX_SAFE_INTEGER : own.settings.steps + next.settings.steps - 1;
  const given = Math.max(1, Math.min(most, Math.round(steps)));
  const by = given - own.settings.steps;
  if (by === 0) return form;
  const resized = (stage: FormStage, to: number): FormStage => ({
    ...stage,
    settings: { ...stage.settings, steps: to },
  });
  list[at] = resized(own, given);
  if (next !== undefined) list[at + 1] = resized(next, next.settings.steps - by);
  return shownAs(form, { ...stages, ready: null, list });
}

/** What the chosen stage, or the run, draws from; null takes the set away. Throws what settings are refused for. */
export function withItems(form: FormState, items: ItemSet | null): FormState {
  const { items: _, questions: __, ...rest } = form.settings;
  const settings = items === null ? rest : { ...withSettings(rest, drawnAs(items)), items };
  return withData(form, settings);
}

/** The same of a set of a person's own, which is asked as it is. Throws as {@link withItems} does. */
export function withQuestions(form: FormState, questions: DataReference): FormState {
  const { items: _, questions: __, ...rest } = form.settings;
  const plain = withSettings(rest, { 'data.source': 'pictures', 'data.wrongShare': 0 });
  return withData(form, { ...plain, questions });
}

function withData(form: FormState, settings: TrainSettings): FormState {
  const next = { ...form, settings: validateTrainSettings(settings) };
  return next.stages === undefined ? next : { ...next, stages: { ...next.stages, ready: null } };
}
