/** The form of an address, see `trainQuery`, and what of an address finds no place in it. */

import type { ErrorRecord } from '../../../base/errors.ts';
import { READY_SCHEDULES } from '../../../contract/train/ready-schedules.ts';
import { RECIPES } from '../../../contract/train/recipes.ts';
import { TRAIN_FIELDS } from '../../../contract/train/train-fields.ts';
import { TRAIN_PRESETS, type TrainSettings } from '../../../contract/train/train-settings.ts';
import { SCHEDULE, SETS } from './address.ts';
import { type FormState, initialForm, withEntry } from './form.ts';
import { formOfReady, formOfSchedule } from './stages.ts';

/** What the form cannot hold is left aside, see {@link leftOfQuery}; a value out of bounds stands in the form with its error. */
export function formFromQuery(query: string): FormState {
  const params = new URLSearchParams(query);
  const recipe = RECIPES.find(({ id }) => id === params.get('recipe'))?.id;
  const preset = TRAIN_PRESETS.find(({ name }) => name === params.get('preset'))?.name;
  let form = initialForm(recipe, preset);
  for (const { path } of TRAIN_FIELDS) {
    const text = params.get(path);
    if (text === null || belongsElsewhere(path, form.settings) !== null) continue;
    form = withEntry(form, path, text);
  }
  return withScheduleOf(params.get(SCHEDULE), form) ?? form;
}

/** The form with the schedule of an address; null without one, or for one that cannot be used. */
function withScheduleOf(text: string | null, form: FormState): FormState | null {
  if (text === null) return null;
  try {
    const ready = READY_SCHEDULES.find(({ id }) => id === text);
    return ready === undefined
      ? formOfSchedule(form, JSON.parse(text), null)
      : formOfReady(form, ready);
  } catch {
    return null;
  }
}

/** What sites add to links by themselves, the name of the page, and the model, which the app reads. */
const NOT_OURS = /^(page|model|utm_\w+|fbclid|gclid|ref)$/;
const MOST_TEXT = 40;

/** What of an address is not in the form; null where all of it is. */
export function leftOfQuery(query: string): ErrorRecord | null {
  const { settings } = formFromQuery(query);
  const paths = new Set(TRAIN_FIELDS.map(({ path }) => path));
  const { stages } = formFromQuery(query);
  const left = [...new URLSearchParams(query)].flatMap(([key, text]) => {
    const why = whyLeft(key, text);
    const short = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
    return why === null ? [] : [`${key} “${short}” ${why}`];
  });
  if (left.length === 0) return null;
  return {
    code: 'link.not-whole',
    message: `Not all of this address can be used: ${left.join('; ')}.`,
    fix: 'What stands there instead is in the form.',
    where: 'address',
  };

  function whyLeft(key: string, text: string): string | null {
    if (NOT_OURS.test(key)) return null;
    if (key === 'recipe')
      return RECIPES.some(({ id }) => id === text) ? null : 'is no recipe of this version';
    if (key === 'preset')
      return TRAIN_PRESETS.some(({ name }) => name === text)
        ? null
        : 'is no preset of this version';
    if (key === SETS) return 'is a set of questions, which no address holds: choose it again';
    if (key === SCHEDULE) return stages === undefined ? 'is no schedule of this version' : null;
    if (!paths.has(key)) return 'means nothing to this version';
    return belongsElsewhere(key, settings);
  }
}

/** To which recipes a setting belongs that these settings have no place for; null where they have one. */
function belongsElsewhere(path: string, { method, grpo }: TrainSettings): string | null {
  if (path.startsWith('method.') && method === null) return 'belongs to recipes with teachers';
  if (path.startsWith('grpo.') && grpo === undefined)
    return 'belongs to recipes that learn from rewards';
  return null;
}
