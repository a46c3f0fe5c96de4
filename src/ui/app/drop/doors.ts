/** Which page takes what, and what it does with it: the rows that a drop is sorted by. Pure. */

import type { Brought, Taken } from './brought.ts';

export type DoorPage =
  | 'lab'
  | 'train'
  | 'evaluate'
  | 'experiments'
  | 'data'
  | 'rollouts'
  | 'models';

export interface Door {
  readonly page: DoorPage;
  /** What has become of it there, a whole clause. */
  readonly did: string;
  /** How many of the kind one drop may bring there; the rest is named. */
  readonly most: number;
}

const PREVIEWED = 'Data shows its first rows; nothing is imported yet';

/** The page on show goes first where it is among them. */
export const DOORS: Readonly<Record<Taken, readonly [Door, ...Door[]]>> = {
  picture: [{ page: 'lab', did: 'the Lab asks about it now', most: 1 }],
  trace: [
    { page: 'lab', did: 'the Lab shows it', most: 1 },
    { page: 'rollouts', did: 'Rollouts has read it', most: Number.POSITIVE_INFINITY },
  ],
  run: [
    { page: 'train', did: 'Train keeps it among its runs', most: Number.POSITIVE_INFINITY },
    { page: 'evaluate', did: 'it is among those that are asked', most: Number.POSITIVE_INFINITY },
  ],
  log: [
    {
      page: 'train',
      did: 'Train draws it beside its runs, as a run from outside',
      most: Number.POSITIVE_INFINITY,
    },
  ],
  adapter: [
    { page: 'train', did: 'the Lab asks the student that it makes', most: 1 },
    { page: 'evaluate', did: 'it is among those that are asked', most: Number.POSITIVE_INFINITY },
  ],
  model: [{ page: 'models', did: 'Models has looked at it; nothing is loaded yet', most: 1 }],
  evaluation: [{ page: 'evaluate', did: 'Evaluate shows it', most: Number.POSITIVE_INFINITY }],
  experiment: [{ page: 'experiments', did: 'Experiments shows it', most: 1 }],
  questions: [
    { page: 'data', did: PREVIEWED, most: 1 },
    { page: 'evaluate', did: 'Evaluate asks them next', most: 1 },
  ],
  rollouts: [
    { page: 'rollouts', did: 'Rollouts has read it', most: Number.POSITIVE_INFINITY },
    { page: 'data', did: PREVIEWED, most: 1 },
    { page: 'evaluate', did: 'Evaluate asks them next', most: 1 },
  ],
};

/** What goes through one door, together. */
export interface Errand {
  readonly taken: Taken;
  readonly door: Door;
  readonly things: readonly Brought[];
}

export interface Sorted {
  readonly errands: readonly Errand[];
  /** Too many of a kind. */
  readonly more: readonly { readonly thing: Brought; readonly why: string }[];
  /** What no page takes. */
  readonly none: readonly Brought[];
}

const ONE = {
  picture: 'one picture at a time',
  adapter: 'one adapter at a time',
  model: 'one model at a time',
  experiment: 'one experiment at a time',
  questions: 'one set of questions at a time',
} as const satisfies Partial<Record<Taken, string>>;

/** @param current the page on show */
export function sorted(all: readonly Brought[], current: string): Sorted {
  const errands: Errand[] = [];
  const more: { thing: Brought; why: string }[] = [];
  for (const taken of Object.keys(DOORS) as Taken[]) {
    const things = all.filter((thing) => thing.taken === taken);
    if (things.length === 0) continue;
    const door = doorFor(taken, things.length, current);
    errands.push({ taken, door, things: things.slice(0, door.most) });
    const why = taken in ONE ? ONE[taken as keyof typeof ONE] : 'one at a time';
    for (const thing of things.slice(door.most)) more.push({ thing, why });
  }
  return { errands, more, none: all.filter(({ taken }) => taken === null) };
}

function doorFor(taken: Taken, count: number, current: string): Door {
  const doors = DOORS[taken];
  const here = doors.find(({ page }) => page === current);
  if (here !== undefined && count <= here.most) return here;
  return doors.find(({ most }) => count <= most) ?? here ?? doors[0];
}
