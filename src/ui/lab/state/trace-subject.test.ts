import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTrace } from '../../../engine/traces/trace-file.ts';
import { OPSD, VIGOS_CODE, VIGOS_PAPER } from '../../../method/named-methods.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { type Shown, UNTOUCHED } from './state.ts';
import { subjectOf } from './subject.ts';
import { settingsOfTrace, traceToSave } from './trace-subject.ts';

const trace = parseTrace(readFileSync('public/recorded/pink-sun-opsd.json', 'utf8'));
const shown: Shown = {
  ...UNTOUCHED,
  trace,
  subject: subjectOf(DEFAULT_SETTINGS, null),
  timings: null,
  seen: { teacherImage: 'swapped', imageOf: 'privileged' },
};

describe('a trace and its picture', () => {
  it('a scene is named in the file, and found again from it', () => {
    const saved = parseTrace(JSON.stringify(traceToSave(shown, null)));
    expect(saved.picture).toEqual({ kind: 'scene', split: 'prior-test', index: 10 });
    const settings = { ...DEFAULT_SETTINGS, ...settingsOfTrace(saved, DEFAULT_SETTINGS) };
    expect(settings).toMatchObject({
      split: 'prior-test',
      index: 10,
      fact: true,
      question: null,
      answer: null,
      teacherImage: 'swapped',
      imageOf: 'privileged',
    });
    expect(settings.method).toEqual(trace.method);
    expect(subjectOf(settings, null)).toMatchObject(trace.input);
  });

  it('keeps a question and an answer of a person’s own, and the setting without the fact', () => {
    const about = (question: string, answer: string) =>
      settingsOfTrace(
        {
          ...trace,
          picture: { kind: 'scene', split: 'prior-test', index: 10 },
          input: { question, answer },
        },
        DEFAULT_SETTINGS,
      );
    expect(about('Why?', 'green')).toMatchObject({ question: 'Why?', answer: 'green' });
    const bare = subjectOf({ ...DEFAULT_SETTINGS, fact: false }, null);
    expect(about(bare.question, bare.answer)).toMatchObject({
      fact: false,
      question: null,
      answer: null,
    });
  });

  it('its method is the page’s, also of a code trace from before there were opener and clips', () => {
    const old = { ...VIGOS_CODE, opener: false, boundaryClip: { kind: 'none' } } as const;
    for (const method of [old, { ...OPSD, temperature: 3 }, VIGOS_CODE])
      expect(settingsOfTrace({ ...trace, method }, DEFAULT_SETTINGS)).toMatchObject({ method });
  });

  it('leaves the page’s other method as it was', () => {
    const own = { ...VIGOS_PAPER, temperature: 3 };
    const settings = { ...DEFAULT_SETTINGS, method: own };
    expect(settingsOfTrace(trace, settings)).toMatchObject({ method: OPSD, other: own });
  });

  it('an own picture is in the file only where it is given', () => {
    const own = {
      name: 'a.png',
      width: 1,
      height: 1,
      data: new Uint8ClampedArray(4),
      originalWidth: 1,
      originalHeight: 1,
    };
    const mine = { ...shown, subject: subjectOf(DEFAULT_SETTINGS, own) };
    expect(traceToSave(mine, null).picture).toBeUndefined();
    const png = { kind: 'png', name: 'a.png', data: 'data:image/png;base64,AAAA' } as const;
    expect(traceToSave(mine, png).picture).toEqual(png);
    expect(traceToSave({ ...mine, subject: null }, null)).toBe(trace);
  });
});
