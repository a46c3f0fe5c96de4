import { describe, expect, it } from 'vitest';
import { TEACHER_NAMES } from '../../../method/types.ts';
import { overridesOf, pictureFor, samePerturbation } from './perturbation.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { subjectOf } from './subject.ts';

const subject = subjectOf(DEFAULT_SETTINGS, null);

describe('another picture for the teachers', () => {
  it('is never shown to the student', () => {
    const blank = { teacherImage: 'blank', imageOf: 'all' } as const;
    expect(pictureFor(subject, blank, 'student')).toEqual(
      pictureFor(subject, { ...blank, teacherImage: 'same' }, 'student'),
    );
  });

  it('goes to the teachers it is meant for, and to no other', () => {
    const of = (imageOf: 'all' | 'reasoning') =>
      Object.keys(overridesOf(subject, { teacherImage: 'swapped', imageOf }));
    expect(of('all')).toEqual([...TEACHER_NAMES]);
    expect(of('reasoning')).toEqual(['reasoning']);
    expect(overridesOf(subject, { teacherImage: 'same', imageOf: 'all' })).toEqual({});
  });

  it('is one grey when blank, and another scene when swapped', () => {
    const blank = pictureFor(subject, { teacherImage: 'blank', imageOf: 'all' }, 'perception');
    expect(new Set(blank?.data)).toEqual(new Set([128, 255]));
    const swapped = pictureFor(subject, { teacherImage: 'swapped', imageOf: 'all' }, 'perception');
    expect(swapped?.data).not.toEqual(pictureFor(subject, DEFAULT_SETTINGS, 'perception')?.data);
  });

  it('for another teacher is another perturbation only if the picture is another', () => {
    const same = { teacherImage: 'same', imageOf: 'all' } as const;
    expect(samePerturbation(same, { ...same, imageOf: 'reasoning' })).toBe(true);
    expect(samePerturbation(same, { ...same, teacherImage: 'blank' })).toBe(false);
  });
});
