import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { anyMethod } from '../../../contract/settings/fixtures/any-method.ts';
import { SAMPLING_BOUNDS, samplingSchema } from '../../../contract/settings/sampling-bounds.ts';
import { trainSettings } from '../../../contract/train/train-settings.ts';
import { withSetting } from '../../../contract/train/train-validate.ts';
import { checkSampling } from '../../../inference/checks.ts';
import { linkNote } from './link-words.ts';
import { withMethod } from './method.ts';
import { samplingOf } from './requests.ts';
import { DEFAULT_SETTINGS, type LabSettings, SETTINGS } from './settings.ts';
import { readLink, settingsToQuery } from './url.ts';

const arbitrary: fc.Arbitrary<LabSettings> = fc.record({
  split: fc.constantFrom(...SETTINGS.split.options.map((o) => o.value)),
  index: fc.nat(4_999_999),
  usualShare: fc.constant(null),
  difficulty: fc.constant('mixed'),
  seeing: fc.option(
    fc.record({
      noise: fc.constantFrom(1, 20.5),
      pictureEdge: fc.integer({ min: 8, max: 112 }),
      occlusion: fc.constantFrom(0, 0.25, 1),
    }),
  ),
  shuffle: fc.nat(999_999),
  fact: fc.boolean(),
  question: fc.option(fc.string({ maxLength: 80 })),
  answer: fc.option(fc.string({ maxLength: 40 })),
  seed: fc.nat(4_294_967_295),
  temperature: fc.integer({ min: 0, max: 40 }).map((n) => Number((n * 0.05).toFixed(4))),
  topP: fc.integer({ min: 1, max: 20 }).map((n) => Number((n * 0.05).toFixed(4))),
  topK: fc.nat(200),
  maxTokens: fc.integer({ min: 1, max: 512 }),
  method: anyMethod,
  other: fc.option(anyMethod),
  formatShare: fc.constantFrom(0, 0.1, 1),
  klCoefficient: fc.constantFrom(0, 0.01, 10),
  ratioClip: fc.constantFrom(0.001, 0.2, 10),
  averaging: fc.constantFrom('sequence', 'token'),
  groupFigure: fc.constantFrom('ratio', 'kl', 'loss'),
  measure: fc.constantFrom('used', 'forwardKl', 'reverseKl', 'loss'),
  scale: fc.constantFrom('log', 'linear', 'percentile'),
  wrongCount: fc.integer({ min: 1, max: 8 }),
  wrongAnswers: fc.option(fc.string({ maxLength: 80 })),
  mismatched: fc.constantFrom('next', 'blank', 'own'),
  epsilon: fc.constantFrom(0, 1e-8, 0.5),
  count: fc.integer({ min: 1, max: 8 }),
  pick: fc.constant(0),
  typed: fc.option(fc.string({ maxLength: 80 })),
  teacherImage: fc.constantFrom('same', 'blank', 'swapped'),
  imageOf: fc.constantFrom(...SETTINGS.imageOf.options.map((o) => o.value)),
  compare: fc.boolean(),
  level: fc.constantFrom('all', 'group', 'sample', 'parse', 'assign', 'score', 'loss', 'leakage'),
  view: fc.constantFrom('start', 'all'),
  worksheet: fc.boolean(),
  backend: fc.constantFrom('auto', 'webgpu', 'wasm'),
  megapixels: fc.integer({ min: 1, max: 144_000 }).map((n) => n / 1000),
  token: fc.option(fc.nat(999)),
  student: fc.option(fc.string({ maxLength: 80 })),
  model: fc.option(fc.string({ maxLength: 80 })),
  ownPicture: fc.boolean(),
  from: fc.constantFrom('here', 'trace', 'training'),
});

describe('the Lab in the URL', () => {
  it('a shared link gives the same settings', () => {
    fc.assert(
      fc.property(arbitrary, (any) => {
        const { method, other } = any;
        const name = method.name === 'opsd' ? 'vigos' : 'opsd';
        const both = withMethod({ method: { ...(other ?? method), name }, other: null }, method);
        const settings = { ...any, ...(other === null ? { other } : both) };
        expect(readLink(settingsToQuery(settings)).settings).toEqual(settings);
      }),
    );
  });

  it('opens what it names: all controls where a setting is found only there', () => {
    const viewOf = (query: string) => readLink(query).settings.view;
    expect(['', 'see=swapped', 'token=33', 'model=x', 'utm_source=y'].map(viewOf)).toEqual(
      Array(5).fill('start'),
    );
    expect(['seed=2', 'method=opsd', 'index=4', 'level=loss', 'view=all'].map(viewOf)).toEqual(
      Array(5).fill('all'),
    );
    expect(viewOf('seed=2&view=start')).toBe('start');
    expect(settingsToQuery({ ...DEFAULT_SETTINGS, view: 'all' })).toBe('view=all');
    expect(settingsToQuery({ ...DEFAULT_SETTINGS, view: 'all', seed: 2 })).toBe('seed=2');
  });

  it('says nothing when everything is at its default', () => {
    expect(settingsToQuery(DEFAULT_SETTINGS)).toBe('');
    expect(readLink('').settings).toEqual(DEFAULT_SETTINGS);
  });

  it('keeps an empty answer apart from the scene’s own answer', () => {
    const settings = { ...DEFAULT_SETTINGS, answer: '' };
    expect(readLink(settingsToQuery(settings)).settings.answer).toBe('');
  });

  it('says each value that it cannot use, and what stands in its place', () => {
    const { settings, unused } = readLink('seed=x&t=999&fact=maybe&method=sft&token=-1&r=3&zzz=1');
    expect(settings).toEqual({ ...DEFAULT_SETTINGS, view: 'all', temperature: 100 });
    expect(unused.map(({ label, why }) => `${label} ${why}`)).toEqual([
      'Method is none of the choices',
      'Fact sentence is neither 1 nor 0',
      'Seed is not a number',
      'Sampling temperature became 100 (it goes from 0 to 100)',
      'Token is not a token’s number',
      'zzz means nothing to this version',
      'Rollout is not there: of 1 the first has number 0',
    ]);
  });

  it.each([
    'index=5000000000',
    'index=-4',
    'index=1.5',
    'split=moon',
    'split=train&index=4512341&usual=1.5',
    'split=train&index=4512341&hard=very',
  ])('a scene that it cannot show is refused with all that belongs to it: %s', (query) => {
    const link = readLink(`${query}&q=Why%3F&a=blue&seed=3`);
    expect(link.settings).toEqual({ ...DEFAULT_SETTINGS, view: 'all', seed: 3 });
    expect(link.otherScene).toBe(true);
    expect(linkNote(link)?.fix).toMatch(/^The scene it asks for is not shown/);
  });

  it('says nothing of a whole link, and nothing of what other sites add to it', () => {
    const link = readLink('split=train&index=4512341&usual=0.35&utm_source=x&page=lab');
    expect(link.settings).toMatchObject({ index: 4_512_341, usualShare: 0.35 });
    expect(linkNote(link)).toBeNull();
  });

  it('says what the view had that no address holds', () => {
    expect(linkNote(readLink('own=1'))?.message).toContain('your own picture');
    expect(linkNote(readLink('from=training'))?.message).toContain('rollout of the training step');
    expect(linkNote(readLink(''), 'moon')?.message).toContain('no page “moon”');
  });

  it('any query string gives usable settings', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), (query) => {
        const settings = readLink(query).settings;
        expect(settings.index).toBeGreaterThanOrEqual(0);
        expect(Number.isInteger(settings.index)).toBe(true);
      }),
    );
  });
});

describe('the bounds of sampling', () => {
  it('are those of the engine, of Train and of files: what one takes the others take', () => {
    const train = trainSettings('vigos', 'tiny');
    for (const name of ['temperature', 'topP', 'topK', 'maxNewTokens'] as const) {
      const { min, max } = SAMPLING_BOUNDS[name];
      const setting = SETTINGS[name === 'maxNewTokens' ? 'maxTokens' : name];
      for (const value of [min, max]) {
        const { settings, unused } = readLink(`${setting.key}=${value}`);
        expect(unused).toEqual([]);
        const sampling = samplingOf(settings);
        expect(sampling[name]).toBe(value);
        expect(() => checkSampling(sampling)).not.toThrow();
        expect(v.parse(samplingSchema, sampling)).toEqual(sampling);
        expect(withSetting(train, `sampling.${name}`, value).sampling[name]).toBe(value);
      }
      for (const value of [min - 1, max + 1]) {
        const wrong = { ...samplingOf(DEFAULT_SETTINGS), [name]: value };
        expect(() => checkSampling(wrong)).toThrow(name);
        expect(v.safeParse(samplingSchema, wrong).success).toBe(false);
        expect(() => withSetting(train, `sampling.${name}`, value)).toThrow(name);
        expect(readLink(`${setting.key}=${value}`).unused).toHaveLength(1);
      }
    }
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
    expect(readLink(`${key}=${typed}`).settings.temperature).toBe(kept);
  });
});
