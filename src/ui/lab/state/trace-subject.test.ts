import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseTrace } from '../../../engine/traces/trace-file.ts';
import { OPSD, VIGOS_CODE } from '../../../method/presets.ts';
import { methodOf, sameMethod } from './method.ts';
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
    expect(sameMethod(methodOf(settings), trace.method)).toBe(true);
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

  it('finds opener and boundary clips, also of a code trace from before there were any', () => {
    for (const [opener, boundaryClip, found] of [
      [true, { kind: 'token', value: 0.05 }, ['reading', 'reading']],
      [false, { kind: 'none' }, ['off', 'off']],
      [false, { kind: 'token', value: 0.05 }, ['off', 'reading']],
    ] as const) {
      const method = { ...VIGOS_CODE, opener, boundaryClip };
      const settings = {
        ...DEFAULT_SETTINGS,
        ...settingsOfTrace({ ...trace, method }, DEFAULT_SETTINGS),
      };
      expect([settings.opener, settings.boundary]).toEqual(found);
      expect(methodOf(settings)).toEqual(method);
    }
    const opsd = { ...trace, method: { ...OPSD, reading: 'code' } } as const;
    expect(settingsOfTrace(opsd, DEFAULT_SETTINGS)).toMatchObject({
      opener: 'reading',
      boundary: 'reading',
    });
  });

  it('finds the ablation that a trace was made with', () => {
    const method = methodOf({ ...DEFAULT_SETTINGS, ablation: 'without-perception' });
    expect(settingsOfTrace({ ...trace, method }, DEFAULT_SETTINGS)).toMatchObject({
      method: 'vigos',
      ablation: 'without-perception',
    });
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
