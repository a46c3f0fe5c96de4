/** Draws scenes at random from a seeded stream, with a stated share of usual looks. */

import type { Random } from '../base/random.ts';
import {
  BACKGROUNDS,
  COLORS,
  type ColorName,
  type Kind,
  type ObjectsScene,
  PARTED_THINGS,
  type PartedThing,
  type Scene,
  type SceneObject,
  SHAPES,
  type Size,
  THINGS,
  type Thing,
  USUAL_COLOR,
  USUAL_PARTS,
} from './scene.ts';

/** Diameter of an object, in 0..1 of the picture's side. */
export const DIAMETER: Record<Size, number> = { large: 0.3, small: 0.18 };

const isThing = (kind: Kind): kind is Thing => kind in USUAL_COLOR;
export const isParted = (kind: Kind): kind is PartedThing => kind in USUAL_PARTS;

/** A colour other than the usual one of `thing`. */
export function unusualColor(random: Random, thing: Thing): ColorName {
  return random.pick(COLORS.filter((color) => color !== USUAL_COLOR[thing]));
}

/** A number of parts other than the usual one. */
export function unusualParts(random: Random, thing: PartedThing): number {
  return random.pick(USUAL_PARTS[thing].range.filter((n) => n !== USUAL_PARTS[thing].usual));
}

/** The look of one object: things with a usual look have it with probability `usualShare`. */
export function drawLook(
  random: Random,
  kind: Kind,
  usualShare: number,
): { color: ColorName; parts?: number } {
  const usual = random.chance(usualShare);
  if (isThing(kind)) return { color: usual ? USUAL_COLOR[kind] : unusualColor(random, kind) };
  const color = random.pick(COLORS);
  if (!isParted(kind)) return { color };
  return { color, parts: usual ? USUAL_PARTS[kind].usual : unusualParts(random, kind) };
}

/** Places an object in a cell of the 3×3 grid, with jitter; coordinates are rounded to 1/500. */
export function place(
  random: Random,
  cell: number,
  size: Size,
): Pick<SceneObject, 'cell' | 'size' | 'x' | 'y'> {
  const jitter = size === 'large' ? 0.035 : 0.06;
  const at = (index: number) => {
    const v = 0.19 + 0.31 * index + (random.next() * 2 - 1) * jitter;
    return Math.round(v * 500) / 500;
  };
  return { cell, size, x: at(cell % 3), y: at(Math.floor(cell / 3)) };
}

const clampToPicture = (v: number) => Math.round(Math.min(0.87, Math.max(0.13, v)) * 500) / 500;

/** A smaller object that partly covers `back`, which is made large. */
function placeInFront(
  random: Random,
  back: SceneObject,
  index: number,
): Pick<SceneObject, 'cell' | 'size' | 'x' | 'y' | 'inFrontOf'> {
  const angle = random.next() * 2 * Math.PI;
  const distance = 0.13;
  return {
    cell: back.cell,
    size: 'small',
    x: clampToPicture(back.x + distance * Math.cos(angle)),
    y: clampToPicture(back.y + distance * Math.sin(angle)),
    inFrontOf: index,
  };
}

function drawKind(random: Random): Kind {
  const u = random.next();
  if (u < 0.55) return random.pick(THINGS);
  return u < 0.85 ? random.pick(SHAPES) : random.pick(PARTED_THINGS);
}

export interface ObjectsOptions {
  usualShare: number;
  /** Number of objects; drawn from 1 to 4 where not given. */
  count?: number;
  /** Kind of one object, which is then large and unique in the scene. */
  subject?: Kind;
  /** Look of the subject, where it is not to be drawn. */
  subjectLook?: { color: ColorName; parts?: number };
  /** Share of scenes in which one object partly covers another. */
  overlapShare?: number;
}

/** A scene of one to four objects on the 3×3 grid. */
export function drawObjects(random: Random, options: ObjectsOptions): ObjectsScene {
  const count = options.count ?? random.pick([1, 2, 2, 2, 3, 3, 3, 4, 4]);
  const cells = random.shuffle([0, 1, 2, 3, 4, 5, 6, 7, 8]).slice(0, count);
  const objects: SceneObject[] = [];
  const subjectAt = options.subject === undefined ? -1 : random.int(count);
  for (let i = 0; i < count; i++) {
    const isSubject = i === subjectAt && options.subject !== undefined;
    let kind = isSubject && options.subject !== undefined ? options.subject : drawKind(random);
    while (!isSubject && kind === options.subject) kind = drawKind(random);
    const repeated = objects.at(-1)?.kind;
    if (!isSubject && repeated !== undefined && repeated !== options.subject && random.chance(0.2))
      kind = repeated;
    const look =
      isSubject && options.subjectLook !== undefined
        ? options.subjectLook
        : drawLook(random, kind, options.usualShare);
    const large = isSubject || isParted(kind) || random.chance(0.5);
    objects.push({ kind, ...look, ...place(random, cells[i], large ? 'large' : 'small') });
  }
  objects.sort((a, b) => a.cell - b.cell);
  const back = objects.findIndex((o, i) => i + 1 < count && o.size === 'large');
  const front = objects[back + 1];
  if (
    back >= 0 &&
    front !== undefined &&
    front.kind !== options.subject &&
    !isParted(front.kind) &&
    !isParted(objects[back].kind) &&
    front.kind !== objects[back].kind &&
    random.chance(options.overlapShare ?? 0.12)
  )
    objects[back + 1] = { ...front, ...placeInFront(random, objects[back], back) };
  return { type: 'objects', background: random.int(BACKGROUNDS), objects };
}

/** One scene of the given type. */
export function drawScene(random: Random, type: Scene['type'], options: ObjectsOptions): Scene {
  const background = random.int(BACKGROUNDS);
  const seed = random.int(4096);
  switch (type) {
    case 'objects':
      return drawObjects(random, options);
    case 'jar':
      return { type, background, coins: 1 + random.int(9), seed };
    case 'dice': {
      const count = random.pick([1, 2, 2, 3]);
      const colors = random.shuffle(COLORS);
      const dice = Array.from({ length: count }, (_, i) => ({
        value: 1 + random.int(6),
        color: colors[i],
      }));
      return { type, background, dice, seed };
    }
    case 'chart': {
      const count = random.pick([2, 3, 3, 4]);
      const colors = random.shuffle(COLORS);
      const bars = Array.from({ length: count }, (_, i) => ({
        color: colors[i],
        value: 1 + random.int(6),
      }));
      return { type, background, bars };
    }
    case 'clock':
      return { type, background, hour: 1 + random.int(12), color: random.pick(COLORS), seed };
  }
}
