import { describe, expect, it } from 'vitest';
import { TEACHER_NAMES } from '../../../method/types.ts';
import { methodOf, otherMethodOf, sameMethod } from './method.ts';
import { overridesOf, pictureFor, samePerturbation } from './perturbation.ts';
import { DEFAULT_SETTINGS, SETTINGS } from './settings.ts';
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

describe('the switches of the method', () => {
  it('each ablation is another method, and none of them is OPSD', () => {
    const methods = SETTINGS.ablation.options.map(({ value }) =>
      methodOf({ ...DEFAULT_SETTINGS, ablation: value }),
    );
    for (const [i, a] of methods.entries())
      for (const [j, b] of methods.entries()) expect(sameMethod(a, b)).toBe(i === j);
    expect(methods.every(({ name }) => name === 'vigos')).toBe(true);
  });

  it('ablations are ViGOS’s: OPSD stays as it is', () => {
    const opsd = { ...DEFAULT_SETTINGS, method: 'opsd' } as const;
    expect(methodOf({ ...opsd, ablation: 'without-perception' })).toEqual(methodOf(opsd));
    expect(otherMethodOf(opsd).name).toBe('vigos');
  });
});
