/** A training step's rollout in the Lab's terms: its scene, and the switches of its method. Pure. */

import type { TrainRollout } from '../../../engine/trainContract.ts';
import { PRESETS } from '../../../method/presets.ts';
import type { TrainSettings } from '../../../method/train-settings.ts';
import { renderScene } from '../../../world/render.ts';
import { SPLIT_NAMES, SPLITS, type Split, worldItem } from '../../../world/split.ts';
import type { OwnPicture } from '../scene/own-picture.ts';
import { clipOf } from './method.ts';
import { type LabSettings, SETTINGS } from './settings.ts';
import { MODEL_EDGE } from './subject.ts';

export interface TrainedScene {
  split: Split;
  index: number;
  fact: boolean;
  /** The picture itself, where the training drew it with other settings than the Lab does. */
  own: OwnPicture | null;
  question: string;
  answer: string;
}

export function sceneOf({ item, question, answer }: TrainRollout): TrainedScene {
  const { index, usualShare, difficulty, fact } = item;
  const split = SPLIT_NAMES.find((name) => name === item.split) ?? 'train';
  const place = { split, index, fact, question, answer };
  const asInTheLab = usualShare === SPLITS[split].usualShare && difficulty === undefined;
  if (asInTheLab) return { ...place, own: null };
  const { width, height, data } = renderScene(
    worldItem(split, index, difficulty === undefined ? { usualShare } : { usualShare, difficulty })
      .scene,
    MODEL_EDGE,
  );
  const level = difficulty === undefined ? '' : `, ${difficulty}`;
  const name = `${split} ${index}, ${Math.round(usualShare * 100)} % usual looks${level}`;
  return {
    ...place,
    own: { name, width, height, data, originalWidth: width, originalHeight: height },
  };
}

type Switches = Pick<LabSettings, 'method' | 'reading' | 'validity' | 'ablation' | 'clip'>;

/** The Lab's switches that come nearest to a run's method; ViGOS for a run without teachers. */
export function switchesOf({ recipe, method }: Pick<TrainSettings, 'recipe' | 'method'>): Switches {
  const known = SETTINGS.ablation.options.find(({ value }) => value === recipe);
  const own = method ?? PRESETS[0].method;
  return {
    method: own?.name ?? SETTINGS.method.fallback,
    reading: own?.reading ?? SETTINGS.reading.fallback,
    validity: own?.validity ?? SETTINGS.validity.fallback,
    ablation: known?.value ?? SETTINGS.ablation.fallback,
    clip: own === null ? SETTINGS.clip.fallback : clipOf(own),
  };
}
