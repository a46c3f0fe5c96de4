/** What an address cannot bring, in words: values that no setting takes, and what lives in no address. Pure. */

import type { ErrorRecord } from '../../../base/errors.ts';
import { builtInModel } from '../../../contract/models/built-in-models.ts';
import { fileStudent } from './linked-student.ts';
import { type LabSettings, SETTINGS } from './settings.ts';
import type { LabState } from './state.ts';
import { settingsOfTrace, traceToSave } from './trace-subject.ts';
import type { Link } from './url.ts';

/** Foreign text is repeated up to this many characters. */
const MOST_TEXT = 40;

const short = (text: string) => (text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text);

/** What of a view with these settings a link to it does not bring, each as the rest of "it does not hold …". */
export function notInLink({
  ownPicture,
  from,
  model,
  student,
  ...settings
}: LabSettings): string[] {
  const file = student === null ? null : fileStudent(student);
  const cut = (['question', 'answer', 'typed'] as const).filter(
    (name) => (settings[name]?.length ?? 0) > SETTINGS[name].maxLength,
  );
  return [
    ...(ownPicture ? ['your own picture'] : []),
    ...(model === null || builtInModel(model) !== undefined
      ? []
      : [`the model “${short(model)}”, which was opened from a folder`]),
    ...(file === null ? [] : [`the student “${short(file)}”, which came from a file`]),
    ...(from === 'trace' ? ['the opened trace (who follows it gets a new rollout)'] : []),
    ...(from === 'training'
      ? ['the rollout of the training step or the evaluation (who follows it gets a new one)']
      : []),
    ...cut.map((name) => `the end of the text in “${SETTINGS[name].label}”`),
  ];
}

/**
 * Settings of the view on the screen: the rollout's own where the page's have moved on since it was made.
 */
export function settingsSeen({ settings, shown, live }: SeenState): LabSettings {
  if (shown === null || live !== null) return settings;
  const { file, trace, subject, elsewhere } = shown;
  const typed = trace.sampling === null && file === null;
  return {
    ...settings,
    ...settingsOfTrace(traceToSave(shown, null), settings),
    typed: typed ? settings.typed : null,
    ownPicture: (subject?.place ?? null) === null,
    from: file !== null ? 'trace' : elsewhere ? 'training' : 'here',
  };
}

type SeenState = Pick<LabState, 'settings' | 'shown' | 'live'>;

/** What a link to the view on the screen does not bring, in one sentence; empty where it brings all. */
export function copiedWithout(state: SeenState): string {
  const { shown } = state;
  const { student } = state.settings;
  const kept = student !== null && fileStudent(student) === null;
  const otherWriter =
    shown !== null && shown.file === null && shown.trace.sampling !== null
      ? shown.writer !== shown.student
      : false;
  const lacks = [
    ...notInLink(settingsSeen(state)),
    ...(otherWriter && shown?.elsewhere === false ? ['who wrote it: it asks who scored it'] : []),
  ];
  const without = lacks.length === 0 ? '' : ` It does not hold ${lacks.join('; ')}.`;
  return `${without}${kept ? ' Its trained student opens only in this browser, which keeps the run.' : ''}`;
}

/**
 * What of an address that was opened is not on the page; null where all of it is. `page` is the name of a page that
 * there is not, `model` the name of the person's own model that is loaded. Of a student more is said once it is known.
 */
export function linkNote(
  link: Link,
  page: string | null = null,
  model: string | null = null,
): ErrorRecord | null {
  const values = [
    ...(page === null ? [] : [`there is no page “${short(page)}”`]),
    ...link.unused.map(({ label, text, why }) => `${label} “${short(text)}” ${why}`),
  ];
  const { settings } = link;
  const lacks = notInLink({
    ...settings,
    student: null,
    model: settings.model === model ? null : settings.model,
  });
  if (values.length === 0 && lacks.length === 0) return null;
  const sentences = [
    ...(values.length === 0 ? [] : [`Not all of this address can be used: ${values.join('; ')}.`]),
    ...(lacks.length === 0
      ? []
      : [`The view it is of had more than an address holds: ${lacks.join('; ')}.`]),
  ];
  const fix = link.otherScene
    ? 'The scene it asks for is not shown: this is the one that the page opens with.'
    : values.length > 0
      ? 'What stands there instead is in the controls.'
      : 'What is here was made from the rest of it.';
  return {
    code: 'link.not-whole',
    message: sentences.join(' '),
    fix,
    where: 'address',
    ...(values.length === 0
      ? {}
      : { detail: { unused: link.unused.map((one) => ({ ...one, text: short(one.text) })) } }),
  };
}
