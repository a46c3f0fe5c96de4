/**
 * Which questions a step asks. A run with stages asks each stage’s in turn; where its stages are mixed or ordered by
 * difficulty it asks the very questions of the staged run, in another order.
 */

import { hashWords, Random } from '../../base/random.ts';
import { asRun, isStaged, stagesOf } from '../../contract/train/stages.ts';
import type { TrainSettings } from '../../contract/train/train-settings.ts';
import { byDifficulty } from '../../method/curriculum.ts';
import type { SourceExample } from './example-source.ts';
import { type GivenData, NO_DATA } from './own-questions.ts';
import { sourceOf } from './table.ts';

/** Streams of random numbers under a run's seed. */
const STREAM = { items: 8, merged: 9 } as const;

/** One question of the run: the number of its stage, and its own in that stage. */
interface Slot {
  readonly stage: number;
  readonly number: number;
}

/** A stage as a run of its own. */
interface Part {
  readonly settings: TrainSettings;
  /** Steps before it as they were planned, of which its questions are made. */
  readonly from: number;
  /** Steps before it in this run, in which tokens may have ended a stage earlier. */
  readonly begins: number;
}

/** The questions of a step, counted from 1: as many as its settings ask for. */
export function stepQuestions(
  run: TrainSettings,
  step: number,
  given: GivenData = NO_DATA,
): SourceExample[] {
  const parts = partsOf(run);
  const slots = slotsOf(run, parts);
  const each = run.schedule === undefined ? run.rolloutsPerStep : rolloutsAt(parts, step);
  const before = slots === null ? 0 : questionsBefore(parts, step);
  return Array.from({ length: each }, (_, index) => {
    const slot = slots === null ? slotAt(parts, step, index) : slots[before + index];
    return question(run, parts[slot.stage], slot.number, given);
  });
}

function partsOf(run: TrainSettings): readonly Part[] {
  if (run.schedule === undefined) return [{ settings: run, from: 0, begins: 0 }];
  let from = 0;
  const places = isStaged(run.schedule.order) ? stagesOf(run) : [];
  return run.schedule.stages.map((stage, i) => {
    const part = { settings: asRun(run, stage), from, begins: places[i]?.from ?? from };
    from += stage.steps;
    return part;
  });
}

const partAt = (parts: readonly Part[], step: number): number =>
  Math.max(
    0,
    parts.findLastIndex(({ begins }) => step > begins),
  );

const rolloutsAt = (parts: readonly Part[], step: number): number =>
  parts[partAt(parts, step)].settings.rolloutsPerStep;

const sizeOf = ({ settings }: Part): number => settings.steps * settings.rolloutsPerStep;

function questionsBefore(parts: readonly Part[], step: number): number {
  const at = partAt(parts, step);
  const { settings, begins } = parts[at];
  const earlier = parts.slice(0, at).reduce((sum, part) => sum + sizeOf(part), 0);
  return earlier + (step - 1 - begins) * settings.rolloutsPerStep;
}

function slotAt(parts: readonly Part[], step: number, index: number): Slot {
  const stage = partAt(parts, step);
  const { settings, begins } = parts[stage];
  return { stage, number: (step - 1 - begins) * settings.rolloutsPerStep + index };
}

/** Orders that were made, by the settings that they are of. */
const made = new WeakMap<TrainSettings, readonly Slot[]>();

/** All questions of a run in the order in which they are asked; null where that is the order of its stages. */
function slotsOf(run: TrainSettings, parts: readonly Part[]): readonly Slot[] | null {
  const order = run.schedule?.order ?? 'staged';
  if (order === 'staged') return null;
  const known = made.get(run);
  if (known !== undefined) return known;
  const stages = parts.map((part, stage) =>
    Array.from({ length: sizeOf(part) }, (_, number): Slot => ({ stage, number })),
  );
  const sorted = (slots: readonly Slot[]): readonly Slot[] =>
    byDifficulty(
      slots.map((slot) => ({ ...slot, passRate: passRateOf(run, parts[slot.stage], slot.number) })),
    );
  const shuffled = new Random(hashWords(run.seed, STREAM.merged)).shuffle(stages.flat());
  const slots =
    order === 'both' ? stages.flatMap(sorted) : order === 'merged' ? shuffled : sorted(shuffled);
  made.set(run, slots);
  return slots;
}

/** Question `number` of a stage, the same whatever order the run asks in. */
function question(
  { seed }: TrainSettings,
  { settings, from }: Part,
  number: number,
  given: GivenData,
): SourceExample {
  const { rolloutsPerStep, items, questions } = settings;
  const step = from + 1 + Math.floor(number / rolloutsPerStep);
  const source = sourceOf(settings, given);
  const kept =
    questions !== undefined
      ? pick(seed, source.count, number)
      : items?.items[pick(seed, items.items.length, number)].index;
  return source.example(step, number % rolloutsPerStep, kept);
}

function passRateOf(
  { seed }: TrainSettings,
  { settings: { items } }: Part,
  number: number,
): number {
  const rate = items?.items[pick(seed, items.items.length, number)].passRate ?? null;
  if (rate === null) throw new Error('a run by difficulty has a pass rate for each question');
  return rate;
}

/** The last order that was drawn: questions ask for the same one again and again. */
let drawn: { readonly key: string; readonly order: readonly number[] } | null = null;

/** Which of so many items is the `number`th: all of them once in an order by chance, then all again in another. */
function pick(seed: number, count: number, number: number): number {
  const round = Math.floor(number / count);
  const key = [seed, count, round].join(' ');
  if (drawn?.key !== key) {
    const random = new Random(hashWords(seed, STREAM.items, round));
    drawn = { key, order: random.shuffle(Array.from({ length: count }, (_, i) => i)) };
  }
  return drawn.order[number % count];
}
