import { describe, expect, it } from 'vitest';
import { keptSize, MAX_EDGE } from './own-picture.ts';

describe('the size an own picture is kept at', () => {
  it('leaves a picture within the cap as it is', () => {
    expect(keptSize(112, 112)).toEqual({ width: 112, height: 112 });
    expect(keptSize(MAX_EDGE, 3)).toEqual({ width: MAX_EDGE, height: 3 });
  });

  it('scales a huge picture to the cap and keeps its proportions', () => {
    expect(keptSize(12_000, 6000)).toEqual({ width: MAX_EDGE, height: MAX_EDGE / 2 });
  });

  it('never loses a very thin picture altogether', () => {
    expect(keptSize(20_000, 1)).toEqual({ width: MAX_EDGE, height: 1 });
  });
});
