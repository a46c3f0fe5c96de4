import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTrace } from '../../../engine/trace.ts';
import { methodOf, sameMethod } from './method.ts';
import { RECORDINGS, recordedSettings, recordingFor } from './recordings.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { subjectOf } from './subject.ts';

describe('recorded rollouts', () => {
  for (const recording of RECORDINGS) {
    const file = `public/recorded/${recording.id}.json`;
    const settings = recordedSettings({ settings: DEFAULT_SETTINGS }, recording);

    it(`${recording.id} is a whole trace of what its settings ask for`, () => {
      const trace = parseTrace(readFileSync(file, 'utf8'));
      const { question, answer } = subjectOf(settings, null);
      expect(trace.input).toEqual({ question, answer });
      expect(trace.seed).toBe(settings.seed);
      expect(sameMethod(trace.method, methodOf(settings))).toBe(true);
      expect(trace.sampling).toMatchObject({ temperature: settings.temperature, count: 1 });
      expect(trace.tokens.length).toBeGreaterThan(10);
      expect(statSync(file).size).toBeLessThan(200_000);
    });

    it(`${recording.id} is found by its settings`, () => {
      expect(recordingFor(settings)).toBe(recording);
      expect(recordingFor({ ...settings, level: 'parse', token: 3 })).toBe(recording);
      expect(recordingFor({ ...settings, answer: 'nothing of the kind' })).toBeNull();
    });
  }

  it('the page opens with one of them', () => {
    expect(recordingFor(DEFAULT_SETTINGS)).not.toBeNull();
  });
});
