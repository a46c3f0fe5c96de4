import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectsScene } from './scene.ts';
import { SPLIT_NAMES, worldItem } from './split.ts';
import { descriptionTruth, isTrueDescription } from './truth.ts';

const scene: ObjectsScene = {
  type: 'objects',
  background: 0,
  objects: [
    { kind: 'star', color: 'yellow', size: 'large', cell: 0, x: 0.2, y: 0.2, parts: 6 },
    { kind: 'sun', color: 'pink', size: 'large', cell: 4, x: 0.5, y: 0.5 },
    { kind: 'circle', color: 'red', size: 'small', cell: 4, x: 0.6, y: 0.5, inFrontOf: 1 },
  ],
};
const right =
  'A large yellow star with 6 points at the top left, a large pink sun in the center, a small red circle in front of it.';
const judged = (text: string, phrase?: string) => descriptionTruth(text, scene, phrase);

describe('a description is held to its scene', () => {
  it('right in every aspect', () => {
    expect(judged(right, 'star with 6 points')).toEqual({
      names: true,
      colors: true,
      places: true,
      counts: true,
      decisive: true,
    });
  });

  it.each([
    ['a thing that is not there', right.replace('circle', 'ring'), { names: false }],
    [
      'a thing left out',
      right.replace(', a small red circle in front of it', ''),
      { names: false, colors: true },
    ],
    ['a thing twice', `${right} A sun.`, { names: false, colors: true }],
    [
      'another colour',
      right.replace('pink', 'yellow'),
      { names: true, colors: false, places: true },
    ],
    ['another place', right.replace('top left', 'top'), { places: false, colors: true }],
    ['another number', right.replace('6', '5'), { counts: false, names: true }],
    [
      'colours swapped',
      right.replace('yellow', 'x').replace('pink', 'yellow').replace('x', 'pink'),
      { names: true, colors: false },
    ],
    [
      'nothing but names',
      'a star, a sun and a circle',
      { names: true, colors: null, places: null, counts: null },
    ],
    ['nothing at all', '', { names: false, colors: null }],
  ])('%s', (_, text, expected) => {
    expect(judged(text)).toMatchObject(expected);
  });

  it('counts as right by the decisive property, else as a whole', () => {
    expect(isTrueDescription(judged(right))).toBe(true);
    expect(isTrueDescription(judged(right.replace('pink', 'blue')))).toBe(false);
    expect(isTrueDescription(judged(right.replace('pink', 'blue'), 'star with 6 points'))).toBe(
      true,
    );
    expect(isTrueDescription(judged(right, 'yellow sun'))).toBe(false);
  });

  it('reads jars, dice, charts and clocks', () => {
    const jar = { type: 'jar', background: 0, coins: 5, seed: 1 } as const;
    expect(descriptionTruth('A jar with 5 coins.', jar)).toMatchObject({
      names: true,
      counts: true,
      colors: null,
    });
    expect(descriptionTruth('A jar with 6 coins.', jar)).toMatchObject({
      names: true,
      counts: false,
    });
    expect(descriptionTruth('A clock showing 5.', jar)).toMatchObject({ names: false });
    const dice = {
      type: 'dice' as const,
      background: 0,
      seed: 1,
      dice: [
        { value: 3, color: 'red' as const },
        { value: 3, color: 'blue' as const },
      ],
    };
    expect(descriptionTruth('A red die showing 3, a blue die showing 3.', dice)).toMatchObject({
      names: true,
      colors: true,
      counts: true,
    });
    expect(descriptionTruth('A red die showing 3, a red die showing 3.', dice)).toMatchObject({
      names: true,
      colors: false,
      counts: false,
    });
    expect(descriptionTruth('A red die showing 4, a blue die showing 3.', dice)).toMatchObject({
      counts: false,
      colors: true,
    });
  });

  it('every reference description of the world is true, whatever it shows', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SPLIT_NAMES), fc.nat(5000), (split, index) => {
        const { scene, description, prior } = worldItem(split, index);
        const truth = descriptionTruth(description, scene, prior?.decisivePhrase);
        expect(Object.values(truth)).not.toContain(false);
        expect(isTrueDescription(truth)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
