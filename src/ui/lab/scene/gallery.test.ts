import { describe, expect, it } from 'vitest';
import { worldItem } from '../../../world/split.ts';
import { FAMILIES, GALLERY_SIZE, galleryPlaces } from './gallery.ts';

describe('the gallery', () => {
  it.each(FAMILIES)('offers scenes of the family $family only', ({ family }) => {
    for (const shuffle of [0, 7]) {
      const places = galleryPlaces(family, shuffle);
      expect(places).toHaveLength(GALLERY_SIZE);
      for (const { split, index } of places) expect(worldItem(split, index).family).toBe(family);
    }
  });

  it('gives the same scenes for the same seed and others for another', () => {
    expect(galleryPlaces('math', 3)).toEqual(galleryPlaces('math', 3));
    expect(galleryPlaces('math', 3)).not.toEqual(galleryPlaces('math', 4));
  });

  it('shows prior scenes as whole groups: one agrees, two contradict', () => {
    const images = galleryPlaces('prior', 5).map(
      ({ split, index }) => worldItem(split, index).prior?.image,
    );
    expect(images).toEqual([1, 2, 3, 1, 2, 3]);
  });
});
