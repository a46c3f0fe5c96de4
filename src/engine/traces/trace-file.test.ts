/** A trace is taken as what it is only if all of it goes together. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../base/errors.ts';
import type { TokenTrace, Trace } from '../../contract/trace/trace.ts';
import { VIGOS_CODE, VIGOS_PAPER } from '../../method/named-methods.ts';
import { parseTrace } from './trace-file.ts';

const token: TokenTrace = {
  id: 5,
  text: ' red',
  segment: 'description',
  teacher: 'reference',
  rule: 'vigos.invalid',
  studentLogProb: Math.log(0.6),
  teacherLogProb: Math.log(0.8),
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
  rule: 'ablation.without-reference',
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
    reference: { rendered: '…', image: null, prefill: '' },
  },
  text: ' red red',
  answer: null,
  valid: false,
  reason: {
    code: 'no-description-close',
    message: 'The description is never closed: there is no </description>.',
    char: 8,
    token: 2,
  },
  spans: { description: { start: 0, end: 2 } },
  tokens: [token, { ...token }],
};

/** Both sides agree. */
const agreed: TokenTrace = {
  ...token,
  teacherLogProb: token.studentLogProb,
  forwardKl: 0,
  reverseKl: 0,
  loss: 0,
  clipped: false,
  teacherEntropy: 1,
  studentTop: [{ id: 5, text: ' red', p: 0.6, otherP: 0.6 }],
  teacherTop: [{ id: 5, text: ' red', p: 0.6, otherP: 0.6 }],
  teacherTail: 0.4,
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
    const negative = [{ ...token, forwardKl: -0.1 }, token];
    expect(where({ tokens: negative })).toMatchObject(broken('tokens.0.forwardKl'));
    const past = { description: { start: 0, end: 3 } };
    expect(where({ spans: past })).toMatchObject(broken('spans.description.end'));
    const turned = { description: { start: 2, end: 1 } };
    expect(where({ spans: turned })).toMatchObject(broken('spans.description'));
    const rounded = [{ ...agreed, forwardKl: -1e-7 }, token];
    expect(parseTrace(JSON.stringify({ ...trace, tokens: rounded })).tokens).toHaveLength(2);
  });

  it('that names a rule or a fault of a later version is not taken for one of this', () => {
    const later = { ...trace, reason: { ...trace.reason, code: 'a-later-fault' } };
    const rule = { ...trace, tokens: [token, { ...token, rule: 'later.rule' }] };
    for (const [one, name] of [
      [later, 'a-later-fault'],
      [rule, 'later.rule'],
    ] as const) {
      const error = errorOf(JSON.stringify(one));
      expect(error.code).toBe('trace.later-rule');
      expect(error.message).toContain(name);
    }
  });

  it('has nothing on the side of a teacher that is not there', () => {
    const off = { ...VIGOS_PAPER, teachers: { ...VIGOS_PAPER.teachers, reference: false } };
    const alone = { ...trace, method: off, tokens: [untaught, untaught] };
    expect(read(alone)).toEqual(alone);
    for (const name of ['teacherLogProb', 'forwardKl', 'loss', 'teacherTail', 'teacherTop']) {
      const value = name === 'teacherTop' ? [] : 0;
      const broken = { ...alone, tokens: [untaught, { ...untaught, [name]: value }] };
      expect(errorOf(JSON.stringify(broken))).toMatchObject({
        code: 'trace.contradiction',
        where: `tokens.1.${name}`,
      });
      const absent = { ...trace, tokens: [token, { ...token, [name]: null }] };
      expect(errorOf(JSON.stringify(absent)).code).toBe('trace.contradiction');
    }
  });

  const list = (id: number, p: number) => [{ id, text: ' red', p, otherP: 0.8 }];
  const one = (change: object) => ({ tokens: [{ ...token, ...change }, token] });
  it.each<[string, object, string]>([
    ['texts that do not spell its text', { text: ' red blue' }, 'text'],
    ['a flipped validity', { valid: true }, 'valid'],
    ['an answer that no box holds', { answer: 'red' }, 'answer'],
    [
      'another fault than its form has',
      { reason: { ...trace.reason, code: 'no-box' } },
      'reason.code',
    ],
    ['spans that are not of its tags', { spans: { description: { start: 0, end: 1 } } }, 'spans'],
    ['a segment of its own', one({ segment: 'answer' }), 'tokens.0.segment'],
    ['another teacher than the plan’s', one({ teacher: 'reasoning' }), 'tokens.0.teacher'],
    ['another rule than the plan’s', one({ rule: 'vigos.answer' }), 'tokens.0.rule'],
    ['a log-probability of 5', one({ studentLogProb: 5 }), 'tokens.0.studentLogProb'],
    [
      'a log-probability that its list denies',
      one({ studentLogProb: -3 }),
      'tokens.0.studentLogProb',
    ],
    ['a loss of −1e9', one({ loss: -1e9 }), 'tokens.0.loss'],
    ['a loss above its clip', one({ loss: 0.06 }), 'tokens.0.loss'],
    ['a clip that did not bind', one({ clipped: false }), 'tokens.0.clipped'],
    ['an id beyond the vocabulary', one({ id: 1536 }), 'tokens.0.id'],
    ['a listed id beyond it', one({ studentTop: list(9999, 0.6) }), 'tokens.0.studentTop.0.id'],
    ['one id with two texts', { ...one({ text: ' sun' }), text: ' sun red' }, 'tokens.0.text'],
    ['a KL of 1e308', one({ forwardKl: 1e308 }), 'tokens.0.forwardKl'],
    ['a KL below what its lists leave', one({ forwardKl: 0.01 }), 'tokens.0.forwardKl'],
    ['a list of more than all', one({ studentTail: 0.9 }), 'tokens.0.studentTail'],
    [
      'lists that disagree',
      one({ studentTop: list(5, 0.5), studentTail: 0.5 }),
      'tokens.0.studentLogProb',
    ],
    ['an entropy above ln V', one({ studentEntropy: 8 }), 'tokens.0.studentEntropy'],
    ['an entropy below its list’s', one({ studentEntropy: 0.1 }), 'tokens.0.studentEntropy'],
    ['a seed that was not sampled with', { seed: 8 }, 'seed'],
    [
      'a teacher that saw nothing',
      { prompts: { student: trace.prompts.student } },
      'prompts.reference',
    ],
  ])('with %s contradicts itself', (_, change, field) => {
    const error = errorOf(JSON.stringify({ ...trace, ...change }));
    expect(error).toMatchObject({ code: 'trace.contradiction', where: field });
    expect(error.message.length).toBeLessThan(400);
  });

  it.each<[string, object]>([
    ['method.temperature', { method: { ...VIGOS_PAPER, temperature: 0 } }],
    [
      'method.lambdas.reference',
      { method: { ...VIGOS_PAPER, lambdas: { ...VIGOS_PAPER.lambdas, reference: -1 } } },
    ],
    ['method.clip.value', { method: { ...VIGOS_PAPER, clip: { kind: 'token', value: -1 } } }],
    ['sampling.topP', { sampling: { ...trace.sampling, topP: 2 } }],
    ['sampling.maxNewTokens', { sampling: { ...trace.sampling, maxNewTokens: 1e15 } }],
    ['model.vocabSize', { model: { ...trace.model, vocabSize: 0 } }],
  ])('with %s out of its bounds is refused', (field, change) => {
    expect(errorOf(JSON.stringify({ ...trace, ...change }))).toMatchObject({
      code: 'trace.field',
      where: field,
    });
  });

  it.each(['pink-sun', 'pink-sun-opsd', 'purple-strawberry'])(
    'of the page, %s, goes together',
    (id) => {
      const text = readFileSync(`public/recorded/${id}.json`, 'utf8');
      expect(parseTrace(text).tokens.length).toBeGreaterThan(20);
    },
  );

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
    for (const letters of ['%%%%', 'AAA', 'A===', 'AA AA'])
      expect(png(`data:image/png;base64,${letters}`)).toThrow(/picture\.data/);
    expect(png(`data:image/png;base64,${'A'.repeat(6_000_000)}`)).toThrow(/picture\.data/);
    const odd = { ...trace, picture: { kind: 'scene', split: 'moon', index: 1 } };
    expect(() => parseTrace(JSON.stringify(odd))).toThrow(/picture\.split/);
  });
});
