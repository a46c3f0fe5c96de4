/** What a person's files do to the page: a picture becomes the subject, a trace is opened, with its picture if it can be had. */

import { type ErrorRecord, PlaygroundError, toErrorRecord } from '../../../base/errors.ts';
import { latePart } from '../../../base/late-part.ts';
import type { Outcome } from '../../../contract/engine.ts';
import type { OpenedTrace, Trace } from '../../../contract/trace/trace.ts';
import { keptSize } from '../../../picture/size.ts';
import { WORLD_EDGE } from '../../../world/render.ts';
import { asFailure } from '../../engine/errors.ts';
import { type OwnPicture, readOwnPicture } from '../pictures/own-picture.ts';
import { fileOf } from '../pictures/png.ts';
import { NO_ENGINE } from './requests.ts';
import { fitNumber, type LabSettings, SETTINGS } from './settings.ts';
import {
  type ErrorPlace,
  type LabState,
  type Shown,
  UNTOUCHED,
  withAbsentPicture,
  withBatch,
  withError,
  withOwnPicture,
  withoutErrors,
  withReading,
  withScene,
  withSettings,
  withShown,
} from './state.ts';
import type { LabStore } from './store.ts';
import {
  type AbsentPicture,
  currentItem,
  placeName,
  type ScenePlace,
  subjectNow,
} from './subject.ts';
import { seenIn, settingsOfTrace } from './trace-subject.ts';

/** Only what is not what it was opened as has to be recognised. */
const recognising = latePart('What recognises files', async () => {
  const { placeOf } = await import('../../../base/file-kinds.ts');
  const { fileKind } = await import('../../../base/foreign-text.ts');
  return { placeOf, fileKind };
});

/** Reads a picture; one of more than so many pixels is scaled down. */
type PictureReader = (maxPixels: number) => Promise<OwnPicture>;

export interface FileTakingOptions {
  store: LabStore;
  /** Marks a new wish of the person's; the answer says whether it is still the last one. */
  wish: (readingPicture?: boolean) => () => boolean;
  cancel: () => void;
  settle: () => Promise<unknown>;
  /** What a link asks for: it has its picture now. */
  begin: () => Promise<void>;
  /** Null while there is no engine to read it. */
  importTrace: (text: string) => Promise<Outcome<OpenedTrace> | null>;
}

/** Files that were brought together. */
export interface GivenFiles {
  readonly trace: File | null;
  readonly picture: File | null;
}

export function fileTaking(options: FileTakingOptions) {
  const { store, wish, cancel, settle, begin, importTrace } = options;
  const { getState: get, setState: set } = store;
  const fail = (place: ErrorPlace, error: ErrorRecord) => set((s) => withError(s, place, error));

  /** Reads a picture; null if that failed, which is said, or if it is no longer wanted. */
  async function read(from: PictureReader): Promise<OwnPicture | null> {
    const stillWanted = wish(true);
    try {
      const own = await from(get().settings.megapixels * 1e6);
      return stillWanted() ? own : null;
    } catch (error) {
      if (!stillWanted()) return null;
      set((s) => withReading(s, false));
      fail('picture', toErrorRecord(error, 'picture'));
      return null;
    }
  }

  /** Reads an image file as the picture; the person then asks and runs. The last thing chosen wins. */
  async function takePicture(from: PictureReader) {
    const own = await read(from);
    if (own === null) return;
    cancel();
    set((s) => withOwnPicture(withSettings(s, ALL), own));
  }

  /** Gives an opened trace, or a link, its picture back, so that it can be scored again, or rolled out. */
  async function attachPicture(from: PictureReader) {
    const own = await read(from);
    const { shown, absent } = get();
    if (own === null) return;
    if (shown?.subject === null) {
      const wrong = unlike(own, shown.trace);
      if (wrong === null) {
        set((s) => withTraceSubject(s, own));
        return void (await settle());
      }
      set((s) => withReading(s, false));
      return fail('picture', wrong);
    }
    if (absent === null) return set((s) => withReading(s, false));
    // Question and answer are the link's.
    set((s) => withSettings(withOwnPicture(s, own), askedIn(s.settings)));
    await begin();
  }

  /** True if it is on the page now. */
  async function openTrace(file: File): Promise<boolean> {
    const stillWanted = wish();
    const text = await file.text().catch(() => '');
    const outcome = await importTrace(text).catch(asFailure);
    if (!stillWanted()) return false;
    if (outcome === null || !outcome.ok) {
      fail('trace', outcome === null ? NO_ENGINE : await namedError(outcome.error, file));
      return false;
    }
    cancel();
    const { trace, ...claim } = outcome.value;
    const shown = {
      ...UNTOUCHED,
      trace,
      subject: null,
      timings: null,
      file: file.name,
      claim,
      seen: seenIn(trace),
      looks: trace.looks ?? null,
    };
    set((s) => {
      const next = withBatch(withSettings(s, { ...ALL, pick: 0, compare: false }), [shown]);
      return withTraceSubject(withoutErrors(next, 'trace', 'run', 'link'), pictureIn(shown));
    });
    const { picture } = trace;
    const wrong = sceneFault(trace);
    if (wrong !== null) fail('picture', wrong);
    if (picture?.kind === 'png') await attachPicture(() => wholePicture(fileOf(picture)));
    return true;
  }

  /** What was brought together: a picture beside a trace is taken for the trace's own where that has none. Says what was taken. */
  async function takeFiles({ trace, picture }: GivenFiles) {
    const opened = trace !== null && (await openTrace(trace));
    const bare = opened && get().shown?.subject === null;
    if (picture !== null && bare) await attachPicture((most) => readOwnPicture(picture, most));
    if (picture !== null && !opened) await takePicture((most) => readOwnPicture(picture, most));
    return { trace: opened, picture: picture !== null && get().own?.name === picture.name };
  }

  return {
    takePicture,
    attachPicture,
    openTrace,
    takeFiles,
  };
}

/** Where questions are typed and a file's figures are explained. */
const ALL = { view: 'all' } as const satisfies Partial<LabSettings>;

/** Of a file that is no JSON its name may still say what it is. */
async function namedError(error: ErrorRecord, file: File): Promise<ErrorRecord> {
  if (error.code !== 'trace.not-json') return error;
  const known = await recognising.come().catch(() => null);
  if (known === null) return error;
  const { fileKind, placeOf } = known;
  const other = await fileKind(file, file.name);
  const fix = other === null || other.kind === 'trace' ? null : placeOf(other.kind);
  if (other === null || fix === null) return error;
  const message = `“${file.name}” is ${other.what}, and no trace.`;
  return { code: 'trace.not-a-trace', message, fix, where: 'the file', detail: { ...other } };
}

/** What the page can show of an opened trace's picture before a file is read for it. */
function pictureIn({ trace, file }: Shown): 'scene' | AbsentPicture {
  if (trace.picture?.kind === 'scene' && sceneFault(trace) === null) return 'scene';
  return { file, none: trace.picture === undefined && trace.prompts.student?.image === null };
}

/** Picture, question, answer, method and sampling are the opened trace's from here on. */
function withTraceSubject(
  state: LabState,
  picture: OwnPicture | 'scene' | AbsentPicture,
): LabState {
  const { shown } = state;
  if (shown === null) return state;
  const wanted = settingsOfTrace(shown.trace, state.settings);
  const { token } = state.settings;
  const placed =
    picture === 'scene'
      ? withScene(state, { ...state.settings, ...wanted })
      : 'none' in picture
        ? withAbsentPicture(state, picture)
        : withOwnPicture(state, picture);
  const { wording = {} } = shown.trace;
  const settled = { ...withSettings(placed, { ...wanted, token, from: 'trace' }), wording };
  const about = subjectNow(settled);
  const subject = about.absent !== null && !about.absent.none ? null : about;
  // Its figures stay the file's until the page asks another student or by another method.
  return withShown(settled, { ...shown, subject, student: state.student });
}

const askedIn = ({ question, answer, typed, token, pick, from }: LabSettings) => ({
  question,
  answer,
  typed,
  token,
  pick,
  from,
});

/** Why the scene that a trace names is not its picture; null where it is, or where it names none. */
function sceneFault(trace: Trace): ErrorRecord | null {
  const { picture } = trace;
  if (picture?.kind !== 'scene') return null;
  const seen = trace.prompts.student?.image ?? null;
  const { split, index, usualShare = null, difficulty = 'mixed', seeing = null } = picture;
  const place: ScenePlace = { split, index, usualShare, difficulty, seeing };
  const why =
    index > SETTINGS.index.max
      ? 'the world has no scene of that number'
      : seen === null
        ? 'its student saw no picture'
        : seen.width !== WORLD_EDGE || seen.height !== WORLD_EDGE
          ? `its student saw ${seen.width} × ${seen.height} pixels, and scenes have ${WORLD_EDGE} × ${WORLD_EDGE}`
          : undrawable(place);
  if (why === null) return null;
  return {
    code: 'trace.other-scene',
    message: `This trace names the scene ${placeName(place)}, which cannot be its picture: ${why}.`,
    fix: 'Attach the picture that the trace was made with, or choose a scene.',
    where: 'picture',
  };
}

function undrawable(place: ScenePlace): string | null {
  try {
    currentItem(place);
    return null;
  } catch (error) {
    return toErrorRecord(error).message.replace(/\.$/, '');
  }
}

/** Null if the trace's own student may have seen this picture. */
function unlike(own: OwnPicture, trace: Trace): ErrorRecord | null {
  const seen = trace.prompts.student?.image ?? null;
  if (seen !== null && seen.width === own.width && seen.height === own.height) return null;
  const size =
    seen === null ? 'no picture at all' : `a picture of ${seen.width} × ${seen.height} pixels`;
  const limit = seen === null ? null : limitOf(own, seen);
  return new PlaygroundError({
    code: 'trace.other-picture',
    message: `“${own.name}” has ${own.width} × ${own.height} pixels, but the student of this trace saw ${size}.`,
    fix:
      limit === null
        ? 'Choose the picture that the trace was made with, or run a rollout about this one.'
        : `If it was scaled down to that, set “${SETTINGS.megapixels.label}” to ${limit} and attach it again; else choose the picture that the trace was made with.`,
    where: own.name,
  }).record;
}

/** The limit in megapixels under which this file would have the size that was seen; null if none gives it. */
function limitOf(
  { originalWidth, originalHeight }: OwnPicture,
  { width, height }: { readonly width: number; readonly height: number },
): number | null {
  const limit = fitNumber(SETTINGS.megapixels, (width * height) / 1e6);
  const kept = keptSize(originalWidth, originalHeight, limit * 1e6);
  return kept.width === width && kept.height === height ? limit : null;
}

/** A picture out of a trace is already as it was seen. */
const wholePicture = (file: File) => readOwnPicture(file, SETTINGS.megapixels.max * 1e6);
