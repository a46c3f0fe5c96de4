/** What the Lab's page knows, as one plain object, and the pure functions that change it. */

import type { ErrorRecord } from '../../../base/errors.ts';
import type { EngineEvent, JobStep, JobTimings } from '../../../contract/engine.ts';
import type { GroupReading } from '../../../contract/trace/group.ts';
import type { OpenedTrace, Trace, TraceLooks } from '../../../contract/trace/trace.ts';
import type { Wording } from '../../../contract/trace/wording.ts';
import type { AnswerMeasure } from '../../../method/grading.ts';
import type { MethodConfig, ParsedRollout, SupervisionPlan } from '../../../method/types.ts';
import type { CompletionOffer, StudentOffer } from '../../shared/offers.ts';
import type { OwnPicture } from '../pictures/own-picture.ts';
import { tokenNotThere } from './linked-token.ts';
import type { Perturbation } from './perturbation.ts';
import type { LabSettings } from './settings.ts';
import type { AbsentPicture, ScenePlace, Subject } from './subject.ts';

/** Where an error is drawn: beside what it happened to. */
export type ErrorPlace =
  | 'run'
  | 'picture'
  | 'question'
  | 'answer'
  | 'trace'
  | 'link'
  | 'leakage'
  | 'looks'
  | 'group';

/** The job that is under way; one at a time. */
export interface Work {
  jobId: string;
  kind: 'rollout' | 'score';
  step: JobStep | 'queued';
  done: number;
  total: number;
}

/** A rollout that is still being sampled or scored. */
export interface LiveRollout {
  texts: readonly string[];
  ids: readonly number[];
  /** Texts of the batch's other rollouts so far, from its second on. */
  others: readonly string[];
  planned: { parsed: ParsedRollout; plan: SupervisionPlan } | null;
}

/** The finished rollout on the page. */
export interface Shown {
  trace: Trace;
  /** What was rolled out; null for an imported trace without its picture. */
  subject: Subject | null;
  /** Milliseconds of the last job on it; null for an imported trace. */
  timings: JobTimings | null;
  /** The file an imported trace came from. */
  file: string | null;
  /** The figures are that file's own, and what is known of them; null for what was computed here or recorded. */
  claim: Omit<OpenedTrace, 'trace'> | null;
  /** Made earlier and shipped with the page, not computed here. */
  recorded: boolean;
  /** What its teachers saw in the picture's place. */
  seen: Perturbation;
  /** The same tokens before they were scored again, and what they were scored by. */
  before: Pick<Shown, 'trace' | 'seen' | 'student' | 'claim'> | null;
  /** The same tokens under the other method, if both are asked for. */
  other: Trace | null;
  /** Whose log-probabilities these are; null for the base. Of a file's own figures: who was asked when it was opened. */
  student: StudentOffer | null;
  /** Who sampled the tokens; null for the base. Of a typed or opened rollout it says nothing. */
  writer: StudentOffer | null;
  /** The loss of the training run that the rollout is from; null for any other rollout. */
  trainedWith: MethodConfig | null;
  /** Sampled by a training step or an evaluation, whose draws no address repeats. */
  elsewhere: boolean;
  /** What was measured of whether its teachers look; see `looks.ts` for whether it still holds. */
  looks: TraceLooks | null;
  /** The answer that its teachers knew then, and the student; null where a file or a recording says it. */
  looksFor: { answer: string; student: StudentOffer | null } | null;
  /** The person's own picture that its leakage was measured with, where it was one. */
  mismatched: OwnPicture | null;
  /** [tokens], log p of each when it was sampled, nats; null where that is not known. */
  logProbs: readonly number[] | null;
}

/** A rollout as its run left it: nothing changed yet. */
export const UNTOUCHED = {
  file: null,
  claim: null,
  recorded: false,
  seen: { teacherImage: 'same', imageOf: 'all' },
  before: null,
  other: null,
  student: null,
  writer: null,
  trainedWith: null,
  elsewhere: false,
  looks: null,
  looksFor: null,
  mismatched: null,
  logProbs: null,
} as const satisfies Partial<Shown>;

export interface LabState {
  settings: LabSettings;
  /** The token that an address asks for, until a rollout is there that has it or not. */
  askedToken: number | null;
  own: OwnPicture | null;
  /** The page is about a picture that is not here; `own` is null then. */
  absent: AbsentPicture | null;
  /** A person's own words in the place of the model's prompts; the next rollout is asked with them. */
  wording: Wording;
  /** How the answer of what is on the page is graded, where an evaluation said so; null by the page's own rule. */
  grading: AnswerMeasure | null;
  /** A person's image file is being read. */
  readingPicture: boolean;
  /** What became of dropped files; empty when there is nothing to say. */
  notice: string;
  work: Work | null;
  /** The leakage of the rollout on the page is being measured; it waits for whatever else is to be done. */
  leakageJob: { jobId: string; done: number; total: number } | null;
  /** Whether its teachers look is being measured. */
  looksJob: { jobId: string; done: number; total: number } | null;
  /** GRPO's terms of the batch are being read. */
  groupJob: { jobId: string; done: number; total: number } | null;
  /** GRPO's terms of a batch, and of what they are; see `group.ts` for whether that is still asked. */
  group: { readonly key: string; readonly reading: GroupReading } | null;
  /** A person's own picture for teachers to be shown instead. */
  mismatched: OwnPicture | null;
  live: LiveRollout | null;
  /** What a run had written when it came to no figures: it failed, or its worker died. Stays until the next run. */
  unscored: LiveRollout | null;
  /** A completion of a file, on the page until it is scored. */
  offered: CompletionOffer | null;
  shown: Shown | null;
  /** All rollouts of the last run; the picked one is on the page. */
  batch: readonly Shown[];
  /** The walk goes on by itself. */
  playing: boolean;
  /** Who rolls out and is scored; null for the base. */
  student: StudentOffer | null;
  /** Trained students that were met so far. */
  students: readonly StudentOffer[];
  errors: Partial<Record<ErrorPlace, ErrorRecord>>;
}

export const initialState = (settings: LabSettings): LabState => ({
  settings,
  askedToken: settings.token,
  own: null,
  absent: settings.ownPicture ? { file: null, none: false } : null,
  wording: {},
  grading: null,
  readingPicture: false,
  notice: '',
  work: null,
  leakageJob: null,
  looksJob: null,
  groupJob: null,
  group: null,
  mismatched: null,
  live: null,
  unscored: null,
  offered: null,
  shown: null,
  batch: [],
  playing: false,
  student: null,
  students: [],
  errors: {},
});

export function withSettings(state: LabState, patch: Partial<LabSettings>): LabState {
  return { ...state, settings: { ...state.settings, ...patch } };
}

/** What another picture puts away. */
const FRESH = {
  question: null,
  answer: null,
  token: null,
  typed: null,
  pick: 0,
  from: 'here',
} as const satisfies Partial<LabSettings>;

/** Another scene brings its own question and answer, and puts an own picture away. */
export function withScene(state: LabState, place: ScenePlace): LabState {
  const { split, index, usualShare = null, difficulty = 'mixed', seeing = null } = place;
  const where = { split, index, usualShare, difficulty, seeing, ownPicture: false };
  const settings = { ...state.settings, ...where, ...FRESH };
  const next = { ...state, settings, own: null, absent: null, grading: null };
  return withoutErrors(next, 'picture', 'question', 'answer');
}

/** The page as a link describes it; backend and model stay as they are now. */
export function withLink(state: LabState, settings: LabSettings): LabState {
  const next = withSettings(withScene(state, settings), {
    ...settings,
    backend: state.settings.backend,
    model: state.settings.model,
  });
  const { absent, askedToken } = initialState(settings);
  return withoutErrors({ ...next, absent, askedToken }, 'link');
}

/** Reading another image file puts the error of the one before away. */
export function withReading(state: LabState, readingPicture: boolean): LabState {
  const next = state.readingPicture === readingPicture ? state : { ...state, readingPicture };
  return readingPicture ? withoutErrors(next, 'picture') : next;
}

export const withNotice = (state: LabState, notice: string): LabState =>
  state.notice === notice ? state : { ...state, notice };

export function withOwnPicture(state: LabState, own: OwnPicture): LabState {
  const settings = { ...state.settings, ...FRESH, ownPicture: true };
  return withoutErrors(
    { ...state, settings, own, absent: null, grading: null, readingPicture: false },
    'picture',
    'question',
    'answer',
  );
}

/** An opened trace's picture is not here, or there never was one. */
export function withAbsentPicture(state: LabState, absent: AbsentPicture): LabState {
  const settings = { ...state.settings, ...FRESH, ownPicture: true };
  const next = { ...state, settings, own: null, absent, grading: null, readingPicture: false };
  return withoutErrors(next, 'picture', 'question', 'answer');
}

/** Puts settings back whose change came to nothing, unless they were changed again since. */
export function withUndone(
  state: LabState,
  before: LabSettings,
  change: Partial<LabSettings>,
): LabState {
  const keys = (Object.keys(change) as (keyof LabSettings)[]).filter(
    (key) => state.settings[key] === change[key],
  );
  return withSettings(state, Object.fromEntries(keys.map((key) => [key, before[key]])));
}

export function withError(state: LabState, place: ErrorPlace, error: ErrorRecord): LabState {
  return { ...state, errors: { ...state.errors, [place]: error } };
}

export function withoutErrors(state: LabState, ...places: ErrorPlace[]): LabState {
  if (!places.some((place) => state.errors[place] !== undefined)) return state;
  const errors = { ...state.errors };
  for (const place of places) delete errors[place];
  return { ...state, errors };
}

/** What an address could not bring, after what was said of it before. */
export function withLinkNote(state: LabState, note: ErrorRecord): LabState {
  const { link } = state.errors;
  const message = link === undefined ? note.message : `${link.message} ${note.message}`;
  return withError(state, 'link', { ...link, ...note, message });
}

export function withJob(state: LabState, jobId: string, kind: Work['kind']): LabState {
  return withoutErrors(
    {
      ...state,
      work: { jobId, kind, step: 'queued', done: 0, total: 0 },
      playing: kind === 'rollout' ? false : state.playing,
      live: kind === 'rollout' ? { texts: [], ids: [], others: [], planned: null } : state.live,
      unscored: kind === 'rollout' ? null : state.unscored,
    },
    'run',
    'question',
    'answer',
  );
}

/** The end of a job, whatever it brought; the rollout shown before it stays. */
export function withoutJob(state: LabState, jobId: string): LabState {
  if (state.work?.jobId !== jobId) return state;
  return { ...state, work: null, live: null };
}

/** The end of whatever was under way by a failure: what was written stays to be read. */
export function withFailure(state: LabState): LabState {
  const { live } = state;
  const unscored = live === null || live.ids.length === 0 ? state.unscored : live;
  const none = { leakageJob: null, looksJob: null, groupJob: null };
  return { ...state, ...none, work: null, live: null, unscored };
}

/** The rollout on the page, scored anew, takes its earlier self's place in the batch. */
export function withShown(state: LabState, shown: Shown): LabState {
  const { batch: before } = state;
  const batch = before.some((one) => one === state.shown)
    ? before.map((one) => (one === state.shown ? shown : one))
    : [shown];
  return { ...withKeptToken(state, shown), shown, batch };
}

/** A new run's rollouts; the one that is picked, or else the last, is on the page. */
export function withBatch(state: LabState, batch: readonly Shown[]): LabState {
  const shown = batch[Math.min(state.settings.pick, batch.length - 1)];
  if (shown === undefined) return state;
  return { ...withKeptToken(state, shown), shown, batch, unscored: null, offered: null };
}

export function withPick(state: LabState, pick: number): LabState {
  return withBatch(withSettings(state, { pick }), state.batch);
}

/** Another rollout may be shorter; only a token that an address asks for is missed aloud. */
function withKeptToken(before: LabState, { trace }: Shown): LabState {
  const { askedToken: asked } = before;
  const state = asked === null ? before : { ...before, askedToken: null };
  const { token } = state.settings;
  if (token === null || token < trace.tokens.length) return state;
  const kept = withSettings(state, { token: null });
  return token === asked ? withLinkNote(kept, tokenNotThere(token, trace.tokens.length)) : kept;
}

/** What the worker said, taken into the state; events of jobs that are no longer wanted change nothing. */
export function withEvent(state: LabState, event: EngineEvent): LabState {
  switch (event.type) {
    case 'job.progress':
      for (const key of ['leakageJob', 'looksJob', 'groupJob'] as const)
        if (state[key]?.jobId === event.jobId) {
          const { jobId, done, total } = event;
          return { ...state, [key]: { jobId, done, total } };
        }
      if (state.work?.jobId !== event.jobId) return state;
      return {
        ...state,
        work: { ...state.work, step: event.step, done: event.done, total: event.total },
      };
    case 'job.token':
      if (state.work?.jobId !== event.jobId || state.live === null) return state;
      if (event.rollout > 0)
        return { ...state, live: { ...state.live, others: withText(state.live.others, event) } };
      return {
        ...state,
        live: {
          ...state.live,
          // After a recovered device the same tokens come once more from the first.
          texts: [...state.live.texts.slice(0, event.index), event.text],
          ids: [...state.live.ids.slice(0, event.index), event.id],
        },
      };
    case 'job.planned': {
      if (state.work?.jobId !== event.jobId || state.live === null || event.rollout !== 0)
        return state;
      const { ids, texts, parsed, plan } = event;
      return { ...state, live: { ...state.live, ids, texts, planned: { parsed, plan } } };
    }
    default:
      // Jobs are followed by their answers, the engine and training by those whose they are.
      return state;
  }
}

/** After a recovered device a rollout's tokens come once more from index 0. */
function withText(
  others: readonly string[],
  { rollout, index, text }: { rollout: number; index: number; text: string },
): string[] {
  const grown = Array.from({ length: Math.max(others.length, rollout) }, (_, i) => others[i] ?? '');
  grown[rollout - 1] = index === 0 ? text : grown[rollout - 1] + text;
  return grown;
}

/** Another student, by its name in the address; one that is new joins those to choose from. */
export function withStudent(
  state: LabState,
  student: StudentOffer | null,
  named: string | null,
): LabState {
  const known = state.students.filter(({ label }) => label !== student?.label);
  const students = student === null ? state.students : [...known, student];
  return withSettings({ ...state, student, students }, { student: named });
}

/** Alone, so that no rollout holds on to all those before it. */
export const asScored = ({ trace, seen, student, claim }: Shown): NonNullable<Shown['before']> => ({
  trace,
  seen,
  student,
  claim,
});
