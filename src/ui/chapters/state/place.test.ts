import { describe, expect, it } from 'vitest';
import { type Place, placeAfter, placeQuery, readPlace, START, wayOf } from './place.ts';

const ROWS = [
  { id: 'one', steps: [{ id: 'a' }, { id: 'b', ask: () => null }] },
  { id: 'two', steps: [{ id: 'a' }] },
];
const at = (place: Partial<Place>): Place => ({ ...START, ...place });

describe('where a reader is', () => {
  it('comes back from its address, prediction and hall included', () => {
    for (const place of [
      START,
      at({ chapter: 'two' }),
      at({ chapter: 'one', step: 1, said: 2 }),
      at({ chapter: 'one', step: 1, said: 'none', present: true }),
      at({ chapter: 'one', step: 1, worksheet: 'hidden' }),
      at({ chapter: 'one', step: 1, said: 1, worksheet: 'shown' }),
      at({ worksheet: 'hidden', handout: true }),
    ])
      expect(readPlace(placeQuery(place, ROWS), ROWS)).toEqual({ place, unknown: null });
  });

  it('says what of an address is not there, and goes to the nearest', () => {
    expect(readPlace('chapter=three', ROWS)).toEqual({ place: START, unknown: 'three' });
    expect(readPlace('chapter=two&step=z', ROWS)).toEqual({
      place: at({ chapter: 'two' }),
      unknown: 'z',
    });
  });

  it('shows no truth before its question was asked', () => {
    const open = at({ chapter: 'one', step: 1 });
    const told = placeAfter(open, 1, ROWS);
    expect(told).toEqual({ ...open, said: 'none' });
    expect(placeAfter(told ?? open, 1, ROWS)).toEqual(at({ chapter: 'two' }));
  });

  it('goes back to the truth that was seen, and nowhere before the first and after the last', () => {
    expect(placeAfter(at({ chapter: 'two' }), -1, ROWS)).toEqual(
      at({ chapter: 'one', step: 1, said: 'none' }),
    );
    expect(placeAfter(at({ chapter: 'one' }), -1, ROWS)).toBeNull();
    expect(placeAfter(at({ chapter: 'two' }), 1, ROWS)).toBeNull();
  });

  it('opens no answer of a worksheet by going on or back, and hides what was shown when it is left', () => {
    const open = at({ chapter: 'one', step: 1, worksheet: 'hidden' });
    expect(placeAfter(open, 1, ROWS)).toEqual(at({ chapter: 'two', worksheet: 'hidden' }));
    const shown = at({ chapter: 'two', worksheet: 'shown' });
    expect(placeAfter(shown, -1, ROWS)).toEqual(open);
  });

  it('goes by arrows everywhere, by a clicker’s keys in a hall alone, and by no combination', () => {
    const key = (name: string, more = {}) => ({
      ...{ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
      ...more,
    });
    expect(wayOf(key('ArrowRight'), false)).toBe(1);
    expect(wayOf(key('PageUp'), false)).toBeNull();
    expect(wayOf(key('PageUp'), true)).toBe(-1);
    expect(wayOf(key('ArrowLeft', { altKey: true }), true)).toBeNull();
  });
});
