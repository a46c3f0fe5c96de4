import { describe, expect, it } from 'vitest';
import { OPSD, VIGOS_CODE, VIGOS_PAPER } from '../../../method/presets.ts';
import { methodOf } from './method.ts';
import { DEFAULT_SETTINGS, type LabSettings } from './settings.ts';
import { readLink, settingsToQuery } from './url.ts';

const method = (patch: Partial<LabSettings>) => methodOf({ ...DEFAULT_SETTINGS, ...patch });

describe('the method of the Lab’s switches', () => {
  it('follows the reading in its two further switches, and a link needs to say no more', () => {
    expect(method({})).toEqual(VIGOS_PAPER);
    expect(method({ reading: 'code', validity: 'lenient' })).toEqual(VIGOS_CODE);
    expect(methodOf(readLink('reading=code&validity=lenient').settings)).toEqual(VIGOS_CODE);
  });

  it('has each of them on or off by itself, in a link too', () => {
    const cases: [Partial<LabSettings>, boolean, 'none' | 'token'][] = [
      [{ reading: 'code', opener: 'off' }, false, 'token'],
      [{ reading: 'code', boundary: 'off' }, true, 'none'],
      [{ opener: 'on' }, true, 'none'],
      [{ boundary: 'on' }, false, 'token'],
    ];
    for (const [patch, opener, kind] of cases) {
      expect(method(patch)).toMatchObject({ opener, boundaryClip: { kind } });
      const link = settingsToQuery({ ...DEFAULT_SETTINGS, ...patch });
      expect(methodOf(readLink(link).settings)).toEqual(method(patch));
    }
  });

  it('keeps them under an ablation, and leaves them out of OPSD, which has no parts', () => {
    expect(method({ reading: 'code', ablation: 'without-reference' })).toMatchObject({
      opener: true,
      boundaryClip: { kind: 'token', value: 0.05 },
    });
    const opsd = method({ method: 'opsd', reading: 'code', opener: 'on', boundary: 'on' });
    expect(opsd).toEqual({ ...OPSD, reading: 'code' });
  });
});
