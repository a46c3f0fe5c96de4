/** The form as an address: one run as `trainQuery` has it, or a schedule by its name or as text. */

import { SCHEDULE_FORMAT } from '../../../contract/train/schedule-file.ts';
import { isOfStage } from '../../../contract/train/stages.ts';
import { readSetting } from '../../../contract/train/train-fields.ts';
import { changedPaths, trainQuery } from '../../../contract/train/train-query.ts';
import type { FormStage, FormState } from './form.ts';
import { stagesIn } from './stages.ts';

/** Names of sets of questions that are in the form and cannot be in an address. */
export const SETS = 'sets';
export const SCHEDULE = 'schedule';

export function formQuery(form: FormState): string {
  const { stages, settings } = form;
  const sets = (stages === undefined ? [{ settings }] : stagesIn(form)).flatMap(
    ({ settings: { items, questions } }) => items?.name ?? questions?.name ?? [],
  );
  const query = new URLSearchParams(stages === undefined ? trainQuery(form) : shared(form));
  if (stages !== undefined)
    query.set(SCHEDULE, stages.ready ?? JSON.stringify(scheduleText(form, 'From an address')));
  if (sets.length > 0) query.set(SETS, [...new Set(sets)].join(', '));
  return query.toString();
}

/** What all stages have, where it is not the preset’s. */
function shared(form: FormState): [string, string][] {
  const paths = changedPaths(form).filter((path) => !isOfStage(path));
  return paths.map((path) => [path, String(readSetting(form.settings, path))]);
}

/** The schedule as a file has it, without the sets that stages draw from. */
export function scheduleText(form: FormState, title: string) {
  const stages = stagesIn(form).map(stageOf);
  return { format: SCHEDULE_FORMAT, title, order: form.stages?.order, stages };
}

/** The same with the sets, and with what all stages share. */
export function scheduleFile(form: FormState, title: string) {
  const { stages, ...file } = scheduleText(form, title);
  const sets = stagesIn(form).map(({ settings: { items, questions } }) => ({
    ...(items === undefined ? {} : { items }),
    ...(questions === undefined ? {} : { questions }),
  }));
  const set = Object.fromEntries(
    changedPaths(form)
      .filter((path) => !isOfStage(path))
      .map((path) => [path, readSetting(form.settings, path)]),
  );
  return { ...file, set, stages: stages.map((stage, i) => ({ ...stage, ...sets[i] })) };
}

function stageOf(stage: FormStage) {
  const { id, label, preset, settings, tokens } = stage;
  const paths = changedPaths(stage).filter((path) => isOfStage(path) && path !== 'steps');
  const set = Object.fromEntries(paths.map((path) => [path, readSetting(settings, path)]));
  const ends = { steps: settings.steps, ...(tokens === undefined ? {} : { tokens }) };
  return { id, label, recipe: settings.recipe, preset, ...ends, set };
}
