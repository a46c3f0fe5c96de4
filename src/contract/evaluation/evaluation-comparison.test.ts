import { describe, expect, it } from 'vitest';
import { compareLines, settingDifferences } from './evaluation-comparison.ts';
import type { EvaluationSettings } from './evaluation-settings.ts';
import { leakage, responseLine, settings } from './fixtures/evaluation-lines.ts';

describe('two results', () => {
  it('differ over what both were asked, with how many pictures changed either way', () => {
    const first = [0, 1, 2, 3, 4, 5].map((item) => responseLine(item, { correct: item !== 1 }));
    const second = [1, 2, 4, 5, 7].map((item) => responseLine(item, { correct: item !== 2 }));
    const compared = compareLines({ settings, lines: first }, { settings, lines: second });
    expect(compared.find(({ id }) => id === 'score.F')?.difference).toMatchObject({
      value: 0,
      pairs: 4,
      rose: 1,
      fell: 1,
    });
    expect(compared.find(({ id }) => id === 'prior.F')).toMatchObject({
      difference: null,
      why: expect.stringMatching(/same picture/),
    });
  });

  it('have no differences on different sets, and none of figures that are of unlike measures', () => {
    const lines = [responseLine(0), responseLine(1), leakage(0, 'opsd', 1, 4)];
    const why = (id: string, change: Partial<EvaluationSettings>) =>
      compareLines({ settings, lines }, { settings: { ...settings, ...change }, lines }).find(
        (found) => found.id === id,
      )?.why;
    expect(why('score.F', { set: { name: 'test', count: 1 } })).toMatch(/different sets/);
    expect(why('score.F', { grading: 'mathematical' })).toMatch(/graded/);
    expect(why('valid.strict', { grading: 'mathematical' })).toBeNull();
    const leakier = { ...settings.leakage, wrongAnswers: 1 };
    expect(why('palr.opsd.all', { leakage: leakier })).toMatch(/another K/);
    expect(why('score.F', { leakage: leakier })).toBeNull();
    expect(why('avg', { facts: ['P'] })).toMatch(/fact sentence/);
    expect(why('palr.opsd.all', {})).toBeNull();
  });

  it('that were sampled otherwise are compared, and what differs is named', () => {
    const lines = [responseLine(1), responseLine(2)];
    const sampling = { ...settings.sampling, temperature: 0, topK: 50 };
    const second = { ...settings, sampling, seeds: [1, 2] };
    expect(
      compareLines({ settings, lines }, { settings: second, lines }).find(
        ({ id }) => id === 'score.F',
      )?.difference?.pairs,
    ).toBe(2);
    const asked = { settings, backend: 'wasm', version: '1' } as const;
    expect(settingDifferences(asked, { ...asked, settings: second, backend: 'webgpu' })).toEqual([
      { what: 'seeds', first: '1', second: '1, 2' },
      { what: 'temperature', first: '1', second: '0' },
      { what: 'top-k', first: '20', second: '50' },
      { what: 'backend', first: 'wasm', second: 'webgpu' },
    ]);
    expect(settingDifferences(asked, asked)).toEqual([]);
  });
});
