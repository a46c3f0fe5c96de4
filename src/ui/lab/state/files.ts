/** What a person's files do to the page: a picture becomes the subject, a trace is opened, with its picture if it can be had. */

import { type ErrorRecord, PlaygroundError, toErrorRecord } from '../../../base/errors.ts';
import type { Outcome } from '../../../engine/contract.ts';
import type { OpenedTrace, Trace } from '../../../engine/trace.ts';
import { keptSize } from '../../../picture/size.ts';
import { dropInWords, sortDropped } from '../dropped.ts';
import { type OwnPicture, readOwnPicture } from '../scene/own-picture.ts';
import { fileOf } from '../scene/png.ts';
import { asFailure, NO_ENGINE } from './requests.ts';
import { fitNumber, SETTINGS } from './settings.ts';
import {
  type ErrorPlace,
  type LabState,
  UNTOUCHED,
  withBatch,
  withError,
  withNotice,
  withOwnPicture,
  withoutErrors,
  withReading,
  withScene,
  withSettings,
  withShown,
} from './state.ts';
import type { LabStore } from './store.ts';
import { subjectOf } from './subject.ts';
import { seenIn, settingsOfTrace } from './trace-subject.ts';

/** Reads a picture; one of more than so many pixels is scaled down. */
type PictureReader = (maxPixels: number) => Promise<OwnPicture>;

export interface FileTakingOptions {
  store: LabStore;
  /** Marks a new wish of the person's; the answer says whether it is still the last one. */
  wish: (readingPicture?: boolean) => () => boolean;
  cancel: () => void;
  settle: () => Promise<void>;
  /** Null while there is no engine to read it. */
  importTrace: (text: string) => Promise<Outcome<OpenedTrace> | null>;
}

export function fileTaking({ store, wish, cancel, settle, importTrace }: FileTakingOptions) {
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
    set((s) => withOwnPicture(s, own));
  }

  /** Gives an opened trace its picture back, so that it can be scored again. */
  async function attachPicture(from: PictureReader) {
    const own = await read(from);
    const { shown } = get();
    if (own === null || shown === null || shown.subject !== null) return;
    const wrong = unlike(own, shown.trace);
    if (wrong !== null) {
      set((s) => withReading(s, false));
      return fail('picture', wrong);
    }
    set((s) => withSubject(s, own));
    await settle();
  }

  /** True if it is on the page now. */
  async function openTrace(file: File): Promise<boolean> {
    const stillWanted = wish();
    const text = await file.text().catch(() => '');
    const outcome = await importTrace(text).catch(asFailure);
    if (!stillWanted()) return false;
    if (outcome === null || !outcome.ok) {
      fail('trace', outcome === null ? NO_ENGINE : outcome.error);
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
    };
    set((s) => withoutErrors(withBatch(s, [shown]), 'trace', 'run'));
    const { picture } = trace;
    if (picture?.kind === 'scene') {
      set((s) => withSubject(s, null));
      await settle();
    } else if (picture !== undefined) await attachPicture(() => wholePicture(fileOf(picture)));
    return true;
  }

  return {
    takePicture,
    attachPicture,
    openTrace,
    /** Takes each dropped file to its place, and says which were not taken, and why. */
    async takeDropped(files: readonly File[]) {
      const { picture, trace, left } = sortDropped(files);
      const opened = trace !== null && (await openTrace(trace));
      const bare = opened && get().shown?.subject === null;
      if (picture !== null && bare) await attachPicture((most) => readOwnPicture(picture, most));
      if (picture !== null && !opened) await takePicture((most) => readOwnPicture(picture, most));
      const has = picture !== null && get().own?.name === picture.name;
      const why = opened && !bare ? 'the trace has its own picture' : 'see the message';
      const words = dropInWords({
        picture: has ? picture : null,
        trace: opened ? trace : null,
        left: [
          ...(trace === null || opened ? [] : [{ file: trace, why: 'see the message' }]),
          ...(picture === null || has ? [] : [{ file: picture, why }]),
          ...left,
        ],
      });
      // Of a single file its own message says enough.
      if (files.length > 1) set((s) => withNotice(s, words));
    },
  };
}

/** The page is about the opened trace from here on: a scene's where `own` is null. */
function withSubject(state: LabState, own: OwnPicture | null): LabState {
  const { shown } = state;
  if (shown === null) return state;
  const wanted = settingsOfTrace(shown.trace, state.settings);
  const { token } = state.settings;
  const placed =
    own === null ? withScene(state, { ...state.settings, ...wanted }) : withOwnPicture(state, own);
  const settled = withSettings(placed, { ...wanted, token });
  return withShown(settled, { ...shown, subject: subjectOf(settled.settings, settled.own) });
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
