import { describe, expect, it } from 'vitest';
import { tokenAfterKey } from './strip-keys.ts';

const STARTS = [0, 10, 20];
const go = (key: string, at: number) => tokenAfterKey(key, at, 24, STARTS, (at, by) => at + 7 * by);

describe('keys in the token strip', () => {
  it('step to the neighbours and stop at the ends', () => {
    expect(go('ArrowRight', 3)).toBe(4);
    expect(go('ArrowRight', 24)).toBe(24);
    expect(go('ArrowLeft', 0)).toBe(0);
  });

  it('start at the first token when none is selected', () => {
    expect(go('ArrowRight', -1)).toBe(0);
  });

  it('jump by segment and to both ends', () => {
    expect(go('PageDown', 3)).toBe(10);
    expect(go('PageDown', 22)).toBe(24);
    expect(go('PageUp', 22)).toBe(20);
    expect(go('PageUp', 20)).toBe(10);
    expect(go('Home', 9)).toBe(0);
    expect(go('End', 9)).toBe(24);
  });

  it('go up and down by the lines that are drawn', () => {
    expect([go('ArrowDown', 3), go('ArrowUp', 12), go('ArrowDown', -1)]).toEqual([10, 5, 7]);
  });

  it('leave other keys and an empty strip alone', () => {
    expect(go('a', 3)).toBeNull();
    expect(tokenAfterKey('ArrowRight', -1, -1, [], (at) => at)).toBeNull();
  });
});
