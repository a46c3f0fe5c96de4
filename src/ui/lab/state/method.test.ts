import { describe, expect, it } from 'vitest';
import {
  NAMED_METHODS,
  OPSD,
  VIGOS_CODE,
  VIGOS_PAPER,
  withReading,
} from '../../../method/named-methods.ts';
import type { MethodConfig } from '../../../method/types.ts';
import {
  ablationOf,
  otherMethodOf,
  withAblation,
  withMethod,
  withMethodName,
  withMethodValue,
} from './method.ts';
import { ABLATION, DEFAULT_SETTINGS } from './settings.ts';
import { readLink, settingsToQuery } from './url.ts';

const methods = (query: string) => {
  const { settings, unused } = readLink(query);
  expect(unused).toEqual([]);
  return { method: settings.method, other: settings.other };
};
const NONE = { kind: 'none' } as const;
const ablated = (id: string) => NAMED_METHODS.find((named) => named.id === id)?.method ?? undefined;

describe('the method in an address', () => {
  it('is its named method and what differs from it, by the paths of the settings', () => {
    const query = (method: MethodConfig) =>
      settingsToQuery({ ...DEFAULT_SETTINGS, view: 'all', method });
    expect(query(VIGOS_CODE)).toBe('method=vigos-code');
    expect(query({ ...VIGOS_PAPER, temperature: 2 })).toBe('method.temperature=2');
    expect(query({ ...OPSD, clip: NONE })).toBe('method=opsd&method.clip.kind=none');
  });

  it('opens from the switches of older links', () => {
    const old: [string, MethodConfig | undefined][] = [
      ['reading=code&validity=lenient', VIGOS_CODE],
      ['clip=none', { ...VIGOS_PAPER, clip: NONE }],
      ['clip=method&opener=reading&boundary=reading&ablation=none', VIGOS_PAPER],
      ['reading=code&opener=off', { ...withReading(VIGOS_PAPER, 'code'), opener: false }],
      ['reading=code&boundary=off', { ...withReading(VIGOS_PAPER, 'code'), boundaryClip: NONE }],
      ['opener=on', { ...VIGOS_PAPER, opener: true }],
      ['boundary=on', { ...VIGOS_PAPER, boundaryClip: VIGOS_CODE.boundaryClip }],
      ['ablation=without-perception', ablated('without-perception')],
      ['ablation=reference-forward-kl', ablated('reference-forward-kl')],
      ['method=opsd&reading=code&opener=on&boundary=on', { ...OPSD, reading: 'code' }],
    ];
    for (const [query, method] of old) expect(methods(query).method).toEqual(method);
    expect(otherMethodOf(methods('method=opsd&ablation=without-perception'))).toEqual(
      ablated('without-perception'),
    );
  });

  it('says which value it does not take, and takes the others', () => {
    const { settings, unused } = readLink(
      'method=opsd&method.temperature=0&method.clip.value=0.2&method.boundaryClip.value=1&other=opsd&reading=tea',
    );
    expect(settings.method).toEqual({ ...OPSD, clip: { kind: 'entry', value: 0.2 } });
    expect(unused.map(({ label, text, why }) => `${label} ${text} ${why}`)).toEqual([
      'Reading tea is none of the choices',
      'Distillation temperature 0 is not taken: give a number from 0.01 to 100',
      'Boundary clip value 1 would do nothing with the rest of it',
      'Other method opsd is not the other method',
    ]);
  });
});

describe('ViGOS and OPSD', () => {
  const own = { ...VIGOS_PAPER, temperature: 3 };

  it('each stays as it was while the other is in use', () => {
    const there = withMethodName({ method: own, other: null }, 'opsd');
    expect(there).toEqual({ method: OPSD, other: own });
    expect(withMethodName(there, 'vigos')).toEqual({ method: own, other: null });
    expect(withMethod({ method: own, other: null }, OPSD)).toEqual(there);
  });

  it('are read and checked alike, and both without a clip where one is by itself', () => {
    const code = withMethodValue({ method: OPSD, other: own }, 'method.reading', 'code');
    expect(code).toEqual({ method: { ...OPSD, reading: 'code' }, other: withReading(own, 'code') });
    const lenient = withMethodValue(DEFAULT_SETTINGS, 'method.validity', 'lenient');
    expect(otherMethodOf(lenient)).toEqual({ ...OPSD, validity: 'lenient' });
    const free = withMethodValue(DEFAULT_SETTINGS, 'method.clip.kind', 'none');
    expect(otherMethodOf(free)).toEqual({ ...OPSD, clip: NONE });
  });
});

describe('an ablation', () => {
  it('is found from the teachers, and is the named method', () => {
    for (const { value } of ABLATION.options) {
      const method = withAblation(VIGOS_PAPER, value);
      expect(method).toEqual(value === 'none' ? VIGOS_PAPER : ablated(value));
      expect(ablationOf(method)).toBe(value);
    }
    const teachers = { ...VIGOS_PAPER.teachers, perception: false, reference: false };
    expect(ablationOf({ ...VIGOS_PAPER, teachers })).toBeNull();
  });

  it('takes the one before it back and leaves the rest of the method', () => {
    const jsd = { kind: 'jsd', beta: 0.3 } as const;
    const own = {
      ...VIGOS_PAPER,
      temperature: 2,
      divergence: { ...VIGOS_PAPER.divergence, reasoning: jsd },
    };
    for (const { value } of ABLATION.options)
      expect(withAblation(withAblation(own, value), 'none')).toEqual(own);
  });
});
