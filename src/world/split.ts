/**
 * Items of the tiny world by split and index. A scene belongs to the split that a hash of the scene itself
 * names, and generation draws again until the scene is its split's own: no two splits can share a scene.
 */

import { PlaygroundError } from '../base/errors.ts';
import { hashText, Random } from '../base/random.ts';
import { type Difficulty, difficultyOf } from './difficulty.ts';
import { drawObjects, drawScene } from './generate.ts';
import { askPrior, drawSubject, unusualLook, usualLook } from './prior.ts';
import { type Asked, ask, type Family } from './questions.ts';
import { type Scene, sceneKey } from './scene.ts';
import { CLEAR, dimmed, type Seeing } from './seeing.ts';
import { describeScene } from './texts.ts';

/** Splits: their share of all scenes, in percent, and how often a usual look holds there. */
export const SPLITS = {
  /** The student's forms of pretraining: the language prior is planted here. */
  pretrain: { percent: 55, usualShare: 0.95 },
  /** The teachers' forms of pretraining: seeing is worth more than the prior. */
  teacher: { percent: 25, usualShare: 0.4 },
  train: { percent: 8, usualShare: 0.6 },
  validation: { percent: 3, usualShare: 0.6 },
  test: { percent: 5, usualShare: 0.6 },
  /** Groups of three: one picture that agrees with the prior, two that contradict it. */
  'prior-test': { percent: 4, usualShare: 0.6 },
} as const;
export type Split = keyof typeof SPLITS;
export const SPLIT_NAMES = Object.keys(SPLITS) as Split[];

export interface PriorInfo {
  /** Position in the group: 1 agrees with the prior, 2 and 3 contradict it. */
  image: 1 | 2 | 3;
  group: number;
  property: 'color' | 'parts';
  usual: string;
  actual: string;
  decisivePhrase: string;
}

export interface WorldItem {
  /** `split-index`. */
  id: string;
  split: Split;
  index: number;
  family: Family;
  scene: Scene;
  question: string;
  /** The fact sentence of a prior item; setting F puts it before the question, setting P drops it. */
  fact?: string;
  answer: string;
  /** Wrong answers of the same sort; for a prior item that conflicts, the usual value comes first. */
  wrongAnswers: string[];
  description: string;
  reasoning: string;
  /** Reasoning that ends in the wrong answer of the same index. */
  wrongReasonings: string[];
  prior?: PriorInfo;
  /** How well its picture can be seen (`renderItem`); absent where it is as it is drawn. */
  seeing?: Seeing;
}

export interface ItemOptions {
  /** Overrides the split's share of usual looks, 0..1. */
  usualShare?: number;
  /** Only scenes of this level; without it, of all levels as they come. */
  difficulty?: Difficulty;
  /** How well its picture can be seen; scene, question and texts stay the same. */
  seeing?: Seeing;
}

/** The split a scene belongs to. */
export function splitOf(scene: Scene): Split {
  let at = hashText(sceneKey(scene)) % 100;
  for (const name of SPLIT_NAMES) {
    at -= SPLITS[name].percent;
    if (at < 0) return name;
  }
  throw new Error('split percentages do not add up to 100');
}

const FAMILY_WHEEL: readonly Family[] = ['general', 'prior', 'math', 'spatial', 'expert'];
const MATH_SCENES = ['objects', 'jar', 'dice', 'chart', 'clock'] as const;

/** Draws until the scene is the split's own, of the wanted level, and `make` finds a question for it. */
function drawUntil<T>(
  split: Split,
  difficulty: Difficulty | undefined,
  make: () => { scene: Scene; value: T | null },
): {
  scene: Scene;
  value: T;
} {
  for (let attempt = 0; attempt < 10_000; attempt++) {
    const { scene, value } = make();
    if (difficulty !== undefined && difficultyOf(scene) !== difficulty) continue;
    if (value !== null && splitOf(scene) === split) return { scene, value };
  }
  throw new PlaygroundError({
    code: 'world.no-scene',
    message: `No scene of the split "${split}" was found in 10,000 draws.`,
    fix: 'Ask for another index.',
    where: 'world',
  });
}

/**
 * The item `index` of a split; the same arguments give the same item on every machine.
 * Throws {@link PlaygroundError} `world.bad-item` for an unknown split or index, `world.no-scene` when no
 * scene of the split is found.
 */
export function worldItem(split: Split, index: number, options: ItemOptions = {}): WorldItem {
  if (!Object.hasOwn(SPLITS, split) || !Number.isInteger(index) || index < 0)
    throw new PlaygroundError({
      code: 'world.bad-item',
      message: `There is no item ${index} in a split named "${split}".`,
      fix: `Use a whole number from 0 and one of: ${SPLIT_NAMES.join(', ')}.`,
      where: 'world',
    });
  const usualShare = options.usualShare ?? SPLITS[split].usualShare;
  const item =
    split === 'prior-test'
      ? groupItem(split, index, usualShare)
      : splitItem(split, index, usualShare, options.difficulty);
  return seenAs(item, options.seeing);
}

/** A scene of another group of three, drawn alike: what stands in the picture's place where readers are shown another one. */
export const sceneElsewhere = (split: Split, index: number, options: ItemOptions = {}): WorldItem =>
  worldItem(split, index + 3, options);

function seenAs(item: WorldItem, seeing: Seeing = CLEAR): WorldItem {
  const known = dimmed(seeing);
  return known === null ? item : { ...item, seeing: known };
}

/** An item of a split without groups. */
function splitItem(
  split: Split,
  index: number,
  usualShare: number,
  difficulty: Difficulty | undefined,
): WorldItem {
  const random = new Random(hashText(split), index, Math.round(usualShare * 1000));
  const family = FAMILY_WHEEL[index % FAMILY_WHEEL.length];
  if (family === 'prior') {
    const subject = drawSubject(random);
    const { scene, value } = drawUntil(split, difficulty, () => {
      const look = random.chance(usualShare)
        ? usualLook(random, subject)
        : unusualLook(random, subject);
      const drawn = drawObjects(random, { usualShare, subject, subjectLook: look });
      return { scene: drawn, value: askPrior(random, subject, drawn) };
    });
    return priorItem(split, index, scene, value, {
      image: value.actual === value.usual ? 1 : 2,
      group: index,
    });
  }
  const { scene, value } = drawUntil(split, difficulty, () => {
    const type = family === 'math' ? random.pick(MATH_SCENES) : 'objects';
    const overlapShare = family === 'spatial' ? 0.35 : 0.12;
    const drawn = drawScene(random, type, { usualShare, overlapShare });
    return { scene: drawn, value: ask(random, family, drawn) };
  });
  return finish(split, index, family, scene, value);
}

/** The number of item n of one family among all items of an ordinary split. */
export const familyNumber = (family: Family, n: number): number =>
  n * FAMILY_WHEEL.length + FAMILY_WHEEL.indexOf(family);

/** Item n of one family of an ordinary split; the arguments and errors of {@link worldItem} otherwise. */
export function familyItem(
  split: Exclude<Split, 'prior-test'>,
  family: Family,
  n: number,
  options: ItemOptions = {},
): WorldItem {
  return worldItem(split, familyNumber(family, n), options);
}

/**
 * Items 3g, 3g+1, 3g+2 are a group as in `prior-test`, on scenes of the validation split: what is measured
 * while a run may still be changed is never measured in the end.
 */
export function validationGroupItem(
  index: number,
  { seeing }: Pick<ItemOptions, 'seeing'> = {},
): WorldItem {
  return seenAs(groupItem('validation', index, SPLITS.validation.usualShare), seeing);
}

/** Items 3g, 3g+1, 3g+2 ask the same question of an agreeing and two conflicting pictures. */
function groupItem(
  split: 'prior-test' | 'validation',
  index: number,
  usualShare: number,
): WorldItem {
  const group = Math.floor(index / 3);
  const image = ((index % 3) + 1) as 1 | 2 | 3;
  const random = new Random(hashText(split), group, Math.round(usualShare * 1000));
  const subject = drawSubject(random);
  const looks = [usualLook(random, subject), unusualLook(random, subject)];
  const value = (look: (typeof looks)[number]) => look.parts ?? look.color;
  let third = unusualLook(random, subject);
  while (value(third) === value(looks[1])) third = unusualLook(random, subject);
  looks.push(third);
  const own = new Random(hashText(split), group, image, 1);
  const drawn = drawUntil(split, undefined, () => {
    const scene = drawObjects(own, { usualShare, subject, subjectLook: looks[image - 1] });
    return { scene, value: askPrior(own, subject, scene) };
  });
  return priorItem(split, index, drawn.scene, drawn.value, { image, group });
}

function priorItem(
  split: Split,
  index: number,
  scene: Scene,
  asked: ReturnType<typeof askPrior>,
  place: { image: 1 | 2 | 3; group: number },
): WorldItem {
  const { property, usual, actual, decisivePhrase, fact } = asked;
  return {
    ...finish(split, index, 'prior', scene, asked),
    fact,
    prior: { ...place, property, usual, actual, decisivePhrase },
  };
}

function finish(
  split: Split,
  index: number,
  family: Family,
  scene: Scene,
  asked: Asked,
): WorldItem {
  const wrongAnswers = asked.wrongAnswers.slice(0, 4);
  return {
    id: `${split}-${index}`,
    split,
    index,
    family,
    scene,
    question: asked.question,
    answer: asked.answer,
    wrongAnswers,
    description: describeScene(scene),
    reasoning: asked.reasoningFor(asked.answer),
    wrongReasonings: wrongAnswers.map((wrong) => asked.reasoningFor(wrong)),
  };
}
