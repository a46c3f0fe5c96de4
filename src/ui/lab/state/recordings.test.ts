import { readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTrace } from '../../../engine/traces/trace-file.ts';
import { RECORDINGS, recordedSettings, recordingFor, withoutRecording } from './recordings.ts';
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
      expect(trace.method).toEqual(settings.method);
      expect(trace.sampling).toMatchObject({
        temperature: settings.temperature,
        maxNewTokens: settings.maxTokens,
        count: 1,
      });
      expect(trace.picture).toEqual({
        kind: 'scene',
        split: settings.split,
        index: settings.index,
      });
      expect(trace.tokens.length).toBeGreaterThan(10);
      expect(statSync(file).size).toBeLessThan(200_000);
    });

    it(`${recording.id} has every field that the page reads, which takes it unchecked`, () => {
      const text = readFileSync(file, 'utf8');
      expect(JSON.parse(text)).toMatchObject({ ...parseTrace(text) });
    });

    it(`${recording.id} is found by its settings`, () => {
      expect(recordingFor(settings)).toBe(recording);
      expect(recordingFor({ ...settings, level: 'parse', token: 3 })).toBe(recording);
      expect(recordingFor({ ...settings, answer: 'nothing of the kind' })).toBeNull();
    });
  }

  it('one of them is invalid: the reference teacher takes over', () => {
    const traces = RECORDINGS.map(({ id }) =>
      parseTrace(readFileSync(`public/recorded/${id}.json`, 'utf8')),
    );
    const invalid = traces.filter((trace) => !trace.valid);
    expect(invalid).toHaveLength(1);
    expect(new Set(invalid[0].tokens.map(({ teacher }) => teacher))).toEqual(
      new Set(['reference']),
    );
  });

  it('leave no length limit behind when another scene is chosen', () => {
    for (const recording of RECORDINGS) {
      const settings = recordedSettings({ settings: DEFAULT_SETTINGS }, recording);
      const { maxTokens } = { ...settings, ...withoutRecording(settings) };
      expect(maxTokens).toBe(DEFAULT_SETTINGS.maxTokens);
    }
    expect(withoutRecording({ ...DEFAULT_SETTINGS, maxTokens: 50 })).toEqual({});
  });

  it('the page opens with one of them', () => {
    expect(recordingFor(DEFAULT_SETTINGS)).not.toBeNull();
  });
});
