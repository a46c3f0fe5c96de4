import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type LabSettings, SETTINGS } from './settings.ts';
import { settingsFromQuery, settingsToQuery } from './url.ts';

const arbitrary: fc.Arbitrary<LabSettings> = fc.record({
  split: fc.constantFrom(...SETTINGS.split.options.map((o) => o.value)),
  index: fc.nat(999_999),
  shuffle: fc.nat(999_999),
  fact: fc.boolean(),
  question: fc.option(fc.string({ maxLength: 80 })),
  answer: fc.option(fc.string({ maxLength: 40 })),
  seed: fc.nat(4_294_967_295),
  temperature: fc.integer({ min: 0, max: 40 }).map((n) => Number((n * 0.05).toFixed(4))),
  topP: fc.integer({ min: 1, max: 20 }).map((n) => Number((n * 0.05).toFixed(4))),
  topK: fc.nat(200),
  maxTokens: fc.integer({ min: 1, max: 512 }),
  method: fc.constantFrom('vigos', 'opsd'),
  reading: fc.constantFrom('paper', 'code'),
  validity: fc.constantFrom('strict', 'lenient'),
  measure: fc.constantFrom('used', 'forwardKl', 'reverseKl', 'loss'),
  count: fc.integer({ min: 1, max: 8 }),
  pick: fc.nat(7),
  typed: fc.option(fc.string({ maxLength: 80 })),
  ablation: fc.constantFrom(...SETTINGS.ablation.options.map((o) => o.value)),
  clip: fc.constantFrom('method', 'none'),
  teacherImage: fc.constantFrom('same', 'blank', 'swapped'),
  imageOf: fc.constantFrom(...SETTINGS.imageOf.options.map((o) => o.value)),
  compare: fc.boolean(),
  level: fc.constantFrom('all', 'sample', 'parse', 'assign', 'score', 'loss'),
  backend: fc.constantFrom('auto', 'webgpu', 'wasm'),
  token: fc.option(fc.nat(999)),
});

describe('the Lab in the URL', () => {
  it('a shared link gives the same settings', () => {
    fc.assert(
      fc.property(arbitrary, (settings) => {
        expect(settingsFromQuery(settingsToQuery(settings))).toEqual(settings);
      }),
    );
  });

  it('says nothing when everything is at its default', () => {
    expect(settingsToQuery(DEFAULT_SETTINGS)).toBe('');
    expect(settingsFromQuery('')).toEqual(DEFAULT_SETTINGS);
  });

  it('keeps an empty answer apart from the scene’s own answer', () => {
    const settings = { ...DEFAULT_SETTINGS, answer: '' };
    expect(settingsFromQuery(settingsToQuery(settings)).answer).toBe('');
  });

  it('ignores unknown keys and keeps the default for values it cannot hold', () => {
    expect(
      settingsFromQuery('split=moon&index=-4&seed=x&t=99&fact=maybe&method=sft&token=-1&zzz=1'),
    ).toEqual({ ...DEFAULT_SETTINGS, index: 0, temperature: 2 });
  });

  it('any query string gives usable settings', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), (query) => {
        const settings = settingsFromQuery(query);
        expect(settings.index).toBeGreaterThanOrEqual(0);
        expect(Number.isInteger(settings.index)).toBe(true);
      }),
    );
  });
});

describe('a temperature between greedy and the least the engine takes', () => {
  it.each([
    [0.001, 0],
    [0.004, 0],
    [0.006, 0.01],
    [0.01, 0.01],
    [0.7, 0.7],
  ])('%f becomes %f', (typed, kept) => {
    const key = SETTINGS.temperature.key;
    expect(settingsFromQuery(`${key}=${typed}`).temperature).toBe(kept);
  });
});
