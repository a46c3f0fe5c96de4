/** What teachers see instead of the student's picture. */

import type { ContextOverrides } from '../../../contract/engine.ts';
import { TEACHER_NAMES, type TeacherName } from '../../../method/types.ts';
import { blankPicture, type Picture, WORLD_EDGE } from '../../../world/render.ts';
import { renderItem } from '../../../world/seeing.ts';
import { sceneElsewhere, worldItem } from '../../../world/split.ts';
import type { LabSettings } from './settings.ts';
import { drawnBy, pictureOf, type Subject } from './subject.ts';

export type Perturbation = Pick<LabSettings, 'teacherImage' | 'imageOf'>;

export const perturbationOf = ({ teacherImage, imageOf }: LabSettings): Perturbation => ({
  teacherImage,
  imageOf,
});

export const samePerturbation = (a: Perturbation, b: Perturbation): boolean =>
  a.teacherImage === b.teacherImage && (a.teacherImage === 'same' || a.imageOf === b.imageOf);

/** The picture that `reader` sees, as the model is given it. */
export function pictureFor(
  subject: Subject,
  { teacherImage, imageOf }: Perturbation,
  reader: TeacherName | 'student',
): Picture | null {
  const own = pictureOf(subject, WORLD_EDGE);
  const concerned = reader !== 'student' && (imageOf === 'all' || imageOf === reader);
  if (own === null || !concerned || teacherImage === 'same') return own;
  return teacherImage === 'blank' ? blankPicture(own) : swapped(subject);
}

export function overridesOf(subject: Subject, perturbation: Perturbation): ContextOverrides {
  if (perturbation.teacherImage === 'same') return {};
  const overrides: Partial<Record<TeacherName, { image: Picture }>> = {};
  for (const name of TEACHER_NAMES) {
    if (perturbation.imageOf !== 'all' && perturbation.imageOf !== name) continue;
    const picture = pictureFor(subject, perturbation, name);
    if (picture === null) continue;
    const { width, height, data } = picture;
    overrides[name] = { image: { width, height, data } };
  }
  return overrides;
}

/** The next scene of the split in another group of three; for an own picture, a scene of the world. */
export function swapped({ place }: Subject): Picture {
  const other =
    place === null
      ? worldItem('test', 0)
      : sceneElsewhere(place.split, place.index, drawnBy(place));
  return renderItem(other, WORLD_EDGE);
}
