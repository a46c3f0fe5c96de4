import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../base/errors.ts';
import { VIGOS_CODE, VIGOS_PAPER } from '../method/presets.ts';
import { parseTrace, type TokenTrace, type Trace } from './trace.ts';

const token: TokenTrace = {
  id: 5,
  text: ' red',
  segment: 'description',
  teacher: 'perception',
  rule: 'vigos.description',
  studentLogProb: -0.5,
  teacherLogProb: -0.25,
  forwardKl: 0.1,
  reverseKl: 0.2,
  loss: 0.05,
  clipped: true,
  studentEntropy: 1,
  teacherEntropy: 0.5,
  studentTop: [{ id: 5, text: ' red', p: 0.6, otherP: 0.8 }],
  teacherTop: [{ id: 5, text: ' red', p: 0.8, otherP: 0.6 }],
  studentTail: 0.4,
  teacherTail: 0.2,
};

const untaught: TokenTrace = {
  ...token,
  teacher: null,
  rule: 'vigos.delimiter',
  segment: 'delimiter',
  teacherLogProb: null,
  forwardKl: null,
  reverseKl: null,
  loss: null,
  clipped: false,
  teacherEntropy: null,
  studentTop: [{ id: 5, text: ' red', p: 0.6, otherP: null }],
  teacherTop: null,
  teacherTail: null,
};

const trace: Trace = {
  format: 'vigos-trace/1',
  model: { name: 'tiny', architecture: 'qwen2_5_vl', parameters: 10, vocabSize: 1536 },
  backend: 'wasm',
  seed: 7,
  sampling: { temperature: 1.1, topP: 0.95, topK: 20, seed: 7, maxNewTokens: 96, count: 1 },
  input: { question: 'What color?', answer: 'red' },
  method: VIGOS_PAPER,
  prompts: {
    student: {
      rendered: '…<description>',
      image: { width: 112, height: 112, visualTokens: 16 },
      prefill: '<description>',
    },
    perception: { rendered: '…', image: null, prefill: '' },
  },
  text: ' red red',
  answer: null,
  valid: false,
  reason: { code: 'no-box', message: 'There is no box.', char: 8, token: 2 },
  spans: { description: { start: 0, end: 2 } },
  tokens: [token, untaught],
};

function errorOf(text: string) {
  try {
    parseTrace(text);
  } catch (error) {
    if (error instanceof PlaygroundError) return error.record;
  }
  throw new Error('expected a PlaygroundError');
}

const read = (one: unknown) => parseTrace(JSON.stringify(one));

describe('an exported trace', () => {
  it('comes back as it was', () => {
    expect(parseTrace(JSON.stringify(trace))).toEqual(trace);
  });

  it('of a typed completion has neither seed nor sampling', () => {
    const typed = { ...trace, seed: null, sampling: null };
    expect(parseTrace(JSON.stringify(typed))).toEqual(typed);
  });

  it('of a newer format is refused with both versions named', () => {
    const error = errorOf(JSON.stringify({ ...trace, format: 'vigos-trace/2' }));
    expect(error.code).toBe('trace.version');
    expect(error.message).toContain('vigos-trace/2');
    expect(error.message).toContain('vigos-trace/1');
  });

  it('of before there were an opener and boundary clips was made without them', () => {
    const { opener, boundaryClip, ...method } = VIGOS_CODE;
    expect([opener, boundaryClip.kind]).toEqual([true, 'token']);
    expect(parseTrace(JSON.stringify({ ...trace, method })).method).toEqual({
      ...method,
      opener: false,
      boundaryClip: { kind: 'none' },
    });
    const own = { ...trace, method: VIGOS_CODE };
    expect(parseTrace(JSON.stringify(own)).method).toEqual(VIGOS_CODE);
  });

  it('is told from other files', () => {
    expect(errorOf('{"format":"other/1"}').code).toBe('trace.not-a-trace');
    expect(errorOf('[1, 2]').code).toBe('trace.not-a-trace');
    expect(errorOf(JSON.stringify(trace).slice(0, 100)).code).toBe('trace.not-json');
  });

  it.each([
    ['{"completion":"a"}\n{"completion":"b"}', 'JSON Lines with completions (2 records)'],
    ['{"completion_ids":[1]}\n{"completion_ids":[2]}', 'token ids of completions (2 records)'],
    ['{"messages":[]}', 'chat messages'],
    ['PK\u0003\u0004', 'a zip archive'],
  ])('is told by name from a trainer’s export: %j', (text, what) => {
    const error = errorOf(text);
    expect(error.code).toBe('trace.not-a-trace');
    expect(error.message).toContain(what);
    expect(error.message).toContain('opens single traces');
  });

  it('with a broken field is refused with the field’s path', () => {
    const broken = structuredClone(trace);
    Reflect.set(broken.tokens[1], 'studentEntropy', 'high');
    expect(errorOf(JSON.stringify(broken))).toMatchObject({
      code: 'trace.field',
      where: 'tokens.1.studentEntropy',
    });
  });

  it('with values that cannot be is refused with the field’s path', () => {
    const where = (change: object) => errorOf(JSON.stringify({ ...trace, ...change }));
    const broken = (path: string) => ({ code: 'trace.field', where: path });
    expect(where({ tokens: [] })).toMatchObject(broken('tokens'));
    const negative = [{ ...token, forwardKl: -0.1 }, untaught];
    expect(where({ tokens: negative })).toMatchObject(broken('tokens.0.forwardKl'));
    const past = { description: { start: 0, end: 3 } };
    expect(where({ spans: past })).toMatchObject(broken('spans.description.end'));
    const turned = { description: { start: 2, end: 1 } };
    expect(where({ spans: turned })).toMatchObject(broken('spans.description'));
    const rounded = [{ ...token, forwardKl: -1e-7 }, untaught];
    expect(parseTrace(JSON.stringify({ ...trace, tokens: rounded })).tokens).toHaveLength(2);
  });

  it('keeps rules and faults that a later version may add', () => {
    const later = { ...trace, reason: { ...trace.reason, code: 'a-later-fault' } };
    expect(parseTrace(JSON.stringify(later)).reason?.code).toBe('a-later-fault');
  });

  it('may say which picture it is about, and is as readable without', () => {
    const scene = { kind: 'scene', split: 'prior-test', index: 10 } as const;
    const instead = { picture: 'blank', of: 'all' } as const;
    expect(read({ ...trace, picture: scene, instead })).toMatchObject({ picture: scene, instead });
    expect(read(trace).picture).toBeUndefined();
  });

  it('holds a picture only as a PNG of bounded size', () => {
    const png = (data: string) => () =>
      read({ ...trace, picture: { kind: 'png', name: 'a', data } });
    expect(png('data:image/png;base64,AAAA')().picture).toMatchObject({ name: 'a' });
    expect(png('https://elsewhere.example/a.png')).toThrow(/picture\.data/);
    expect(png(`data:image/png;base64,${'A'.repeat(6_000_000)}`)).toThrow(/picture\.data/);
    const odd = { ...trace, picture: { kind: 'scene', split: 'moon', index: 1 } };
    expect(() => parseTrace(JSON.stringify(odd))).toThrow(/picture\.split/);
  });
});
