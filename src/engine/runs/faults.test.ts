/** A run outlives whatever breaks off or is damaged: at every write of it, it goes on to the same weights and figures. */

import { describe, expect, test } from 'vitest';
import { unwrap } from '../../base/outcome.ts';
import type { RunsEvent } from '../../contract/train/runs.ts';
import { trainSettings } from '../../contract/train/train-settings.ts';
import { withSettings } from '../../contract/train/train-validate.ts';
import { MemoryFiles } from '../../storage/file-area.ts';
import { DamagedFiles, type Fault, FaultyFiles } from '../../storage/fixtures/faulty-files.ts';
import { lockRun } from '../../storage/run-lock.ts';
import { checkpointState, newRun } from '../../training/runs/fixtures/states.ts';
import { readRollouts, writeRollouts } from '../../training/runs/rollouts-file.ts';
import { RunStore } from '../../training/runs/run-store.ts';
import { rolloutOf, ToyTraining } from './fixtures/toy-training.ts';
import { RunKeeper } from './keeper.ts';

const STEPS = 5;
/** Of a file in which one bit is changed. */
const PLACES = 16;
const ID = 'mine';
const { model } = newRun(ID);
const settings = withSettings(trainSettings('vigos', 'tiny'), {
  steps: STEPS,
  checkpointEvery: 2,
  'evaluation.every': 2,
});
const keep = { name: 'Mine', numbered: true };

/** A tab over stored files. */
function tab(area: FaultyFiles) {
  const events: RunsEvent[] = [];
  let keeper: RunKeeper | null = null;
  const training = new ToyTraining(model, (event) => keeper?.observe(event));
  keeper = new RunKeeper({
    training,
    identity: async () => ({ model, backend: 'wasm' }),
    emit: (event) => events.push(event),
    open: async () => ({ runs: new RunStore(area), problem: null }),
  });
  const own = keeper;
  return {
    keeper: own,
    events,
    told: () => events.filter(({ type }) => type === 'run.not-saved'),
    start: (runId = ID, pauseAfter?: number) =>
      own.train({ runId, settings, keep, ...(pauseAfter === undefined ? {} : { pauseAfter }) }),
  };
}

/** Another run that is stored before anything goes wrong, and must stay as it is. */
async function withOther(disk = new MemoryFiles()): Promise<MemoryFiles> {
  const run = await new RunStore(disk).create(newRun('other', 'Other'));
  await run.saveCheckpoint(checkpointState('other', 3));
  await run.close('paused');
  return disk;
}

async function whole() {
  const disk = await withOther();
  const area = new FaultyFiles(disk);
  const own = tab(area);
  unwrap(await own.start());
  expect(own.told()).toEqual([]);
  const { checkpoint, log, fault } = await own.keeper.content(ID);
  expect({ step: checkpoint?.step, fault }).toEqual({ step: STEPS, fault: null });
  expect(log.evaluations.map(({ step }) => step)).toEqual([0, 2, 4]);
  return { disk, checkpoint, log, writes: area.writes };
}

const reference = await whole();

/** A closed tab holds no lock; where there are no locks of the browser's, that is to be said. */
async function unlock() {
  await (await lockRun(ID, true)).release();
}

/** What every other tab finds afterwards. */
async function expectOrder(disk: MemoryFiles) {
  await unlock();
  const { keeper } = tab(new FaultyFiles(disk));
  const { runs, broken } = await keeper.list();
  expect(broken).toEqual([]);
  const other = await keeper.opened('other');
  expect(other).toMatchObject({ goesOnFrom: 3, fault: null });
  return runs.find(({ runId }) => runId === ID);
}

/** Goes on in another tab to the end, or begins again where nothing was kept; the same run comes of it. */
async function expectSame(disk: MemoryFiles, area = new FaultyFiles(disk)) {
  const stored = await expectOrder(disk);
  const own = tab(area);
  if (stored === undefined) unwrap(await own.start());
  else {
    const { goesOnFrom, fault, rollouts } = await own.keeper.opened(ID);
    expect(fault).toBeNull();
    // They say of which step they are, and are those of it.
    if (rollouts !== null) expect(rollouts.rollouts).toEqual([rolloutOf(rollouts.step)]);
    const seen = await own.keeper.content(ID);
    expect(seen.checkpoint?.step ?? 0).toBe(goesOnFrom);
    expect(seen.log.metrics).toEqual(reference.log.metrics.slice(0, seen.log.metrics.length));
    unwrap(await own.keeper.resume(ID, { takeOver: true }));
  }
  await expectEnd(disk);
}

async function expectEnd(disk: MemoryFiles) {
  const { checkpoint, log } = await tab(new FaultyFiles(disk)).keeper.content(ID);
  expect(checkpoint).toEqual(reference.checkpoint);
  expect(log).toEqual(reference.log);
  expect(await expectOrder(disk)).toMatchObject({ step: STEPS, name: 'Mine 1', lasting: true });
}

const all = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

describe('a tab that is closed at any write of a run', () => {
  test.each<Fault>(['before', 'torn', 'after'])('%s it, goes on to the same end', async (fault) => {
    let at = 1;
    for (let closed = true; closed; at++) {
      const disk = await withOther();
      const area = new FaultyFiles(disk, at, fault);
      closed = (await Promise.race([area.closed, tab(area).start()])) === 'closed';
      await expectSame(disk);
    }
    expect(at).toBeGreaterThan(12);
  });

  test('and again while it goes on, at any write of that', async () => {
    for (const first of [12, 18, reference.writes - 1])
      for (const fault of ['torn', 'after'] as const)
        for (let at = 1, closed = true; closed; at++) {
          const disk = await withOther();
          const area = new FaultyFiles(disk, first, 'torn');
          await Promise.race([area.closed, tab(area).start()]);
          const second = new FaultyFiles(disk, at, fault);
          const own = tab(second);
          const gone = Promise.all([own.keeper.list(), own.keeper.resume(ID, { takeOver: true })]);
          closed = (await Promise.race([second.closed, gone])) === 'closed';
          await expectSame(disk);
        }
  });

  test('while a run is taken in, leaves all of it or nothing', async () => {
    const { checkpoint, log } = reference;
    const content = {
      record: { ...(await tab(new FaultyFiles(reference.disk)).keeper.content(ID)).record },
      log,
      checkpoint,
    };
    for (const fault of ['before', 'torn', 'after'] as const)
      for (let at = 1, closed = true; closed; at++) {
        const disk = await withOther();
        const area = new FaultyFiles(disk, at, fault);
        const added = new RunStore(area).add(content).then((run) => run.close());
        closed = (await Promise.race([area.closed, added])) === 'closed';
        const found = await expectOrder(disk);
        if (found === undefined) expect(closed).toBe(true);
        else await expectEnd(disk);
      }
  });
});

describe('storage that is full', () => {
  test('at any one write is told, and what comes next is kept', async () => {
    let tolds = 0;
    for (const at of all(reference.writes)) {
      await unlock();
      const disk = await withOther();
      const own = tab(new FaultyFiles(disk, at, 'full'));
      unwrap(await own.start());
      tolds += own.told().length > 0 ? 1 : 0;
      await expectEnd(disk);
    }
    // What is removed needs no room, and older checkpoints make some for a new one.
    expect(tolds).toBeGreaterThan(reference.writes / 2);
  });

  test('from any write on is told; everything can be exported, and is written once there is room', async () => {
    for (const at of all(reference.writes)) {
      await unlock();
      const disk = await withOther();
      const area = new FaultyFiles(disk, at, 'full-on');
      const own = tab(area);
      unwrap(await own.start());
      const { checkpoint, log } = await own.keeper.content(ID);
      expect(checkpoint, `write ${at}`).toEqual(reference.checkpoint);
      expect(log).toEqual(reference.log);
      const listed = (await own.keeper.list()).runs.find(({ runId }) => runId === ID);
      expect(listed, `write ${at}`).toBeDefined();
      expect(listed?.lasting).toBe(own.told().length === 0);
      if (listed?.lasting) continue;
      area.makeRoom();
      await own.keeper.delete('other');
      expect(own.events.at(-1)).toEqual({ type: 'run.saved', runId: ID, step: STEPS });
      await withOther(disk);
      await expectEnd(disk);
    }
  });

  test('lets a run that was stopped keep the steps that were not written, and go on from them', async () => {
    await unlock();
    const disk = await withOther();
    const area = new FaultyFiles(disk, reference.writes - 12, 'full-on');
    const own = tab(area);
    unwrap(await own.start(ID, 3));
    await own.keeper.stop(ID);
    expect(own.told().length).toBeGreaterThan(0);
    expect((await own.keeper.content(ID)).checkpoint?.step).toBe(3);
    unwrap(await own.keeper.resume(ID));
    expect((await own.keeper.content(ID)).checkpoint).toEqual(reference.checkpoint);
    area.makeRoom();
    await own.keeper.list();
    await expectEnd(disk);
  });
});

describe('a stored file that is damaged', () => {
  const damages: [
    what: string,
    places: number,
    damage: (bytes: Uint8Array, place: number) => Uint8Array | null | 'folder',
  ][] = [
    ['cut off', 5, (bytes, place) => bytes.slice(0, (place * bytes.length) / 6)],
    ['missing', 1, () => null],
    ['a folder', 1, () => 'folder'],
    [
      'changed in one bit',
      PLACES,
      (bytes, place) => {
        const changed = bytes.slice();
        const bit = Math.floor(((place + 0.5) / PLACES) * bytes.length * 8) + (place % 8);
        changed[bit >> 3] ^= 1 << (bit & 7);
        return changed;
      },
    ],
  ];
  test.each(damages)('%s, is told or made good, never another state', async (_, places, damage) => {
    const { disk } = reference;
    const names = (await disk.files(ID)).map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(5);
    for (const name of names)
      for (const place of all(places)) {
        const copy = await withOther(await copied(disk, name, damage, place - 1));
        await expectOrder(copy);
        const before = (await copy.files(ID)).map((file) => file.name);
        const { keeper } = tab(new FaultyFiles(copy));
        const { goesOnFrom, fault } = await keeper.opened(ID);
        const { checkpoint, log } = await keeper.content(ID);
        expect(log.metrics.slice(0, 4)).toEqual(reference.log.metrics.slice(0, 4));
        expect(checkpoint?.step).toBe(goesOnFrom);
        if (fault === null) expect(checkpoint).toEqual(reference.checkpoint);
        else {
          expect(fault.code).toBe('run.step-lost');
          expect(fault.fix).toContain('after step 4 is whole');
          expect(goesOnFrom).toBe(4);
        }
        // Nothing goes before somebody goes on with it.
        expect((await copy.files(ID)).map((file) => file.name)).toEqual(before);
        unwrap(await keeper.resume(ID, { takeOver: true }));
        await expectEnd(copy);
      }
  });

  test('leaves nothing to go on from where all checkpoints are: that is refused, and the figures stay', async () => {
    const disk = await copied(reference.disk, '', () => null, 0);
    for (const { name, bytes } of await disk.files(ID))
      if (name.startsWith('checkpoint-')) await disk.write(ID, name, new Uint8Array(bytes));
    const { keeper } = tab(new FaultyFiles(await withOther(disk)));
    const { goesOnFrom, fault, curves } = await keeper.opened(ID);
    expect({ goesOnFrom, code: fault?.code }).toEqual({ goesOnFrom: null, code: 'run.no-weights' });
    expect(curves).toEqual(reference.log);
    const files = await disk.files(ID);
    expect(await keeper.resume(ID)).toMatchObject({ ok: false, error: { code: 'run.no-weights' } });
    expect(await disk.files(ID)).toEqual(files);
  });

  test('is no reason to hide or clear a run away: one without any record is listed as damaged', async () => {
    const disk = await withOther(await copied(reference.disk, 'run.json', () => null, 0));
    await disk.remove(ID, 'run.copy.json');
    const { runs, broken } = await tab(new FaultyFiles(disk)).keeper.list();
    expect(runs.map(({ runId }) => runId)).toEqual(['other']);
    expect(broken).toMatchObject([{ runId: ID, error: { code: 'run.damaged' } }]);
    expect((await disk.files(ID)).length).toBeGreaterThan(2);
  });
});

/** The stored run with one file damaged. */
async function copied(
  disk: MemoryFiles,
  damaged: string,
  damage: (bytes: Uint8Array, place: number) => Uint8Array | null | 'folder',
  place: number,
): Promise<MemoryFiles> {
  const copy = new DamagedFiles();
  for (const { name } of await disk.files(ID)) {
    const bytes = (await disk.read(ID, name)) ?? new Uint8Array();
    const next = name === damaged ? damage(bytes, place) : bytes;
    if (next === 'folder') copy.blocked.add(`${ID}/${name}`);
    else if (next !== null) await copy.write(ID, name, next);
  }
  return copy;
}

test('the rollouts of the last written step are kept, as many as their size allows, and go with a step that is trained again', async () => {
  const { keeper } = tab(new FaultyFiles(reference.disk));
  const one = { step: STEPS, made: 1, rollouts: [rolloutOf(STEPS)] };
  expect((await keeper.opened(ID)).rollouts).toEqual(one);

  const store = new RunStore(new MemoryFiles());
  const run = await store.create(newRun('long'));
  const rollouts = Array.from({ length: 64 }, (_, i) => rolloutOf(i, 1024));
  const bytes = await writeRollouts({ step: 1, made: 64, rollouts });
  expect(bytes.length).toBeLessThan(1.1e6);
  const kept = await readRollouts(bytes);
  expect(kept?.made).toBe(64);
  expect(kept?.rollouts.length).toBeGreaterThan(10);
  expect(kept?.rollouts).toEqual(rollouts.slice(0, kept?.rollouts.length));
  bytes[bytes.length - 30] ^= 1;
  expect(await readRollouts(bytes)).toBeNull();

  await run.saveRollouts({ step: 3, made: 1, rollouts: [rolloutOf(3)] });
  await run.saveCheckpoint(checkpointState('long', 2));
  await run.rewind(2);
  expect(await store.rollouts('long')).toBeNull();
});
