/** Brings what was dropped to the pages that take it, and says what became of it. */

import { type ErrorRecord, PlaygroundError, toErrorRecord } from '../../../base/errors.ts';
import { latePart } from '../../../base/late-part.ts';
import { zipStream } from '../../../storage/zip-write.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Session } from '../../lab/state/session.ts';
import type { PageLinks } from '../../shared/page-links.tsx';
import { type Brought, recognised } from './brought.ts';
import { type DoorPage, type Errand, sorted } from './doors.ts';
import type { DroppedItems } from './dropped-folder.ts';

/** What is said of one thing, or of several that went together. */
export interface Said {
  readonly words: string;
  /** Where it is; null for what was not taken. */
  readonly page: DoorPage | null;
}

export interface Report {
  readonly said: readonly Said[];
  readonly errors: readonly ErrorRecord[];
}

export interface Pages {
  readonly engine: Engine;
  readonly lab: Session;
  readonly links: PageLinks;
  /** What a page keeps: made once, and found again by the page. */
  readonly keep: <T>(make: (engine: Engine) => T) => T;
  readonly current: () => string;
}

const trainPage = latePart(
  'The Train page',
  async () => (await import('../../train/state/page-session.ts')).pageSession,
);
const evaluatePage = latePart(
  'The Evaluate page',
  async () => (await import('../../evaluate/state/session.ts')).createEvaluateSession,
);
const rolloutsPage = latePart(
  'The Rollouts page',
  async () => (await import('../../rollouts/session.ts')).createRollouts,
);
const dataPage = latePart(
  'The Data page',
  async () => (await import('../../data/session.ts')).createDataSession,
);
const modelsPage = latePart(
  'The Models page',
  async () => (await import('../../models/session.ts')).createModels,
);
const experimentsPage = latePart(
  'The Experiments page',
  async () => (await import('../../experiments/state/session.ts')).createExperimentsSession,
);

/** Recognises everything, opens the page of the first, and hands each to its page. */
export async function takeDropped(
  drop: DroppedItems,
  pages: Pages,
  saying: (words: string) => void,
): Promise<Report> {
  const all = await recognised(drop);
  const { errands, more, none } = sorted(all, pages.current());
  const said: Said[] = [];
  const errors = none.map(notTaken);
  // The page on show stays where it takes any of it.
  const first = errands.find(({ door }) => door.page === pages.current()) ?? errands[0];
  if (first !== undefined) pages.links.openPage(first.door.page);
  for (const errand of together(errands)) {
    // With its picture a trace is what went there.
    const { door } = errand.at(-1) ?? errand[0];
    const count = errand.reduce((sum, { things }) => sum + things.length, 0);
    const names = errand.flatMap((one) => one.things.map(({ name }) => `“${name}”`));
    try {
      const trouble = await opened(errand, pages, saying);
      const what = errand.flatMap((one) => one.things.map(naming));
      const end = trouble ?? door.did;
      said.push({ words: `${listed(what)}: ${plural(end, count)}.`, page: door.page });
    } catch (error) {
      said.push({ words: `${listed(names)} could not be taken.`, page: null });
      errors.push(toErrorRecord(error, names[0]));
    }
  }
  if (more.length > 0) {
    const named = more.slice(0, 3).map(({ thing, why }) => `“${thing.name}” (${why})`);
    const rest = more.length > 3 ? ` and ${more.length - 3} more` : '';
    said.push({ words: `Not taken: ${named.join(', ')}${rest}.`, page: null });
  }
  return { said, errors };
}

/** A trace and a picture go to the Lab as one: the picture may be the trace's own. */
function together(errands: readonly Errand[]): readonly (readonly [Errand, ...Errand[]])[] {
  const inLab = errands.filter(({ door }) => door.page === 'lab');
  const [first, second] = inLab;
  const rest = errands.filter(({ door }) => door.page !== 'lab').map((one) => [one] as const);
  if (first === undefined) return rest;
  return [second === undefined ? [first] : [first, second], ...rest];
}

const naming = ({ name, what }: Brought): string => `“${name}” is ${what}`;
const listed = (names: readonly string[]): string =>
  names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more of the kind`;
const plural = (words: string, count: number): string =>
  count === 1 ? words : words.replace(/\bit is\b/, 'they are').replace(/\bit\b/, 'them');

/** Hands it over; null if the page has it, else what the page says of it. */
async function opened(
  errand: readonly [Errand, ...Errand[]],
  pages: Pages,
  saying: (words: string) => void,
): Promise<string | null> {
  const [{ door, taken, things }] = errand;
  const files = () => Promise.all(things.map(asFile));
  const { keep, links } = pages;
  switch (door.page) {
    case 'lab':
      return inLab(errand, pages);
    case 'train': {
      const session = keep(await trainPage.come());
      await modelReady(pages.engine, saying);
      const { run } = session.store.getState();
      const training = run !== null && ['running', 'starting', 'stopping'].includes(run.state);
      for (const file of await files()) {
        const student = await session.importFile(file);
        if (student !== null) links.openStudent(student);
        if (session.store.getState().errors.runs !== undefined) return SEE;
      }
      return taken === 'run' && training ? 'it is kept; the run that trains stays on show' : null;
    }
    case 'evaluate': {
      const session = keep(await evaluatePage.come());
      for (const file of await files()) {
        if (taken === 'evaluation') await session.importResult(file);
        else if (taken === 'questions' || taken === 'rollouts') session.takeSet(file);
        else session.addFile(file);
        if (session.store.getState().errors.import !== undefined) return SEE;
      }
      return null;
    }
    case 'rollouts': {
      const session = keep(await rolloutsPage.come());
      await session.begin();
      await session.take(things.flatMap((thing) => thing.files.map(({ file }) => file)));
      const { errors, unmapped } = session.store.getState();
      if (unmapped !== null) return 'Rollouts asks which of its keys is which';
      return errors.import === undefined ? null : SEE;
    }
    case 'data': {
      const session = keep(await dataPage.come());
      const [{ name, files: parts }] = things;
      await session.take(parts, name);
      return session.store.getState().errors.import === undefined ? null : SEE;
    }
    case 'models': {
      const session = keep(await modelsPage.come());
      const { looking, fetching } = session.store.getState();
      const busy = looking ?? fetching;
      if (busy !== null) throw stillBusy(things[0].name, busy);
      await session.lookAt({ kind: 'folder', name: things[0].name, files: things[0].files });
      return session.store.getState().look === null ? SEE : null;
    }
    case 'experiments': {
      const session = keep(await experimentsPage.come());
      const [{ name, files: parts, loose }] = things;
      await (loose ? session.openFolder({ name, files: parts }) : session.openFile(parts[0].file));
      return session.store.getState().error === null ? null : SEE;
    }
  }
}

/** The page it went to has its error on show. */
const SEE = 'it could not be taken; the page says why';

async function inLab(
  errand: readonly [Errand, ...Errand[]],
  { lab }: Pages,
): Promise<string | null> {
  const of = (wanted: string) =>
    errand.find(({ taken }) => taken === wanted)?.things[0]?.files[0]?.file ?? null;
  const given = { trace: of('trace'), picture: of('picture') };
  const { work } = lab.store.getState();
  const has = await lab.takeFiles(given);
  if (given.trace !== null && !has.trace) return SEE;
  if (given.picture === null || has.picture) {
    // What is shown now took its place: half a rollout would be of nothing that is on the page.
    const ended = work?.kind === 'rollout' && lab.store.getState().work?.jobId !== work.jobId;
    return ended ? `${errand[0].door.did}, and the rollout under way there has ended` : null;
  }
  return given.trace === null ? SEE : 'the trace is shown with the picture that is in it';
}

/** What reads runs and adapters needs the model that they are of. */
async function modelReady(engine: Engine, saying: (words: string) => void): Promise<void> {
  if (engine.store.getState().phase !== 'loading') return;
  saying('Waiting for the model, which reads it …');
  await new Promise<void>((resolve) => {
    const stop = engine.store.subscribe(({ phase }) => {
      if (phase === 'loading') return;
      stop();
      resolve();
    });
  });
}

/** Loose parts are packed as they are: pages read one file. Throws `drop.too-large`. */
async function asFile({ name, files, loose }: Brought): Promise<File> {
  if (!loose) return files[0].file;
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  if (bytes > MOST_PACKED) throw tooLarge(name, bytes);
  const parts = await Promise.all(
    files.map(async ({ path, file }) => {
      const content = new Uint8Array(await file.arrayBuffer());
      return { path, bytes: () => content };
    }),
  );
  const blob = await new Response(zipStream(parts)).blob();
  return new File([blob], `${name}.zip`, { type: 'application/zip' });
}

/** What a tab holds twice while it is packed. */
const MOST_PACKED = 2 ** 29;

function tooLarge(where: string, bytes: number): PlaygroundError {
  return new PlaygroundError({
    code: 'drop.too-large',
    message: `“${where}” has ${Math.round(bytes / 1e6)} MB, too much to be packed in the browser.`,
    fix: 'Pack it as a zip file and drop that.',
    where,
  });
}

function stillBusy(where: string, busy: string): PlaygroundError {
  return new PlaygroundError({
    code: 'drop.busy',
    message: `“${where}” is the folder of a model, and Models is still at work on ${busy}.`,
    fix: 'Wait for that, or cancel it there, and drop the folder again.',
    where,
  });
}

function notTaken({ name, what, fix }: Brought): ErrorRecord {
  if (fix !== null)
    return { code: 'drop.elsewhere', message: `“${name}” is ${what}.`, fix, where: name };
  return {
    code: 'drop.unknown',
    message: `“${name}” is ${what}.`,
    fix: 'Pages take pictures, traces, rollouts, runs, adapters, folders of models, results of evaluations and experiments, and questions; the text of a rollout is pasted into “Edit this rollout” in the Lab.',
    where: name,
  };
}
