import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { OPSD, VIGOS_CODE, VIGOS_PAPER } from '../../src/method/named-methods.ts';
import { type MethodConfig, TEACHER_NAMES } from '../../src/method/types.ts';
import { readArguments, USAGE } from './arguments.ts';
import { METHOD_FLAGS } from './method-flags.ts';

function whereOf(args: string[]): string | undefined {
  try {
    readArguments(args);
  } catch (error) {
    if (error instanceof PlaygroundError) return error.record.where;
  }
  throw new Error('expected a PlaygroundError');
}

describe('the flags of inspect', () => {
  it('have defaults for everything', () => {
    expect(readArguments([])).toEqual({
      subject: { kind: 'item', split: 'test', index: 0 },
      sampling: { temperature: 1.1, topP: 0.95, topK: 20, seed: 1, maxNewTokens: 96, count: 1 },
      method: VIGOS_PAPER,
      measure: 'exact',
      backend: 'auto',
      json: false,
      looks: false,
      teachersSee: 'same',
      wrongAnswers: null,
    });
  });

  it('name an item of the world, or a picture with question and answer', () => {
    expect(readArguments('--split prior-test --index 7 --seed 3 --json'.split(' '))).toMatchObject({
      subject: { kind: 'item', split: 'prior-test', index: 7 },
      sampling: { seed: 3, temperature: 1.1 },
      json: true,
    });
    const own = ['--image', 'a.png', '--question', 'What?', '--answer', 'red'];
    expect(readArguments(own)).toMatchObject({
      subject: { kind: 'picture', file: 'a.png', question: 'What?', answer: 'red', megapixels: 16 },
    });
    expect(readArguments([...own, '--megapixels', '0.5'])).toMatchObject({
      subject: { megapixels: 0.5 },
    });
  });

  it('grade the world’s questions as the paper does, and a person’s as people write answers', () => {
    const own = ['--image', 'a.png', '--question', 'What?', '--answer', '5'];
    expect(readArguments([])).toMatchObject({ measure: 'exact' });
    expect(readArguments(own)).toMatchObject({ measure: 'mathematical' });
    expect(readArguments([...own, '--measure', 'exact'])).toMatchObject({ measure: 'exact' });
  });

  it('say how to sample', () => {
    const args = '--temperature 0 --top-p 1 --top-k 0 --max-new-tokens 30'.split(' ');
    const sampling = { temperature: 0, topP: 1, topK: 0, seed: 1, maxNewTokens: 30, count: 1 };
    expect(readArguments(args)).toMatchObject({ sampling });
  });

  it.each([
    [['--split', 'nowhere'], '--split'],
    [['--index', '-1'], '--index'],
    [['--index', '1.5'], '--index'],
    [['--seed', '4294967296'], '--seed'],
    [['--temperature', 'hot'], '--temperature'],
    [['--temperature', '0.001'], '--temperature'],
    [['--top-p', '0'], '--top-p'],
    [['--top-k', '-1'], '--top-k'],
    [['--max-new-tokens', '0'], '--max-new-tokens'],
    [['--max-new-tokens', '1025'], '--max-new-tokens'],
    [['--rollout-text', 'a.txt', '--top-k', '1'], '--top-k'],
    [['--method', 'sft'], '--method'],
    [['--backend', 'cuda'], '--backend'],
    [['--measure', 'judge'], '--measure'],
    [['--image', 'a.png', '--answer', 'red'], '--question'],
    [['--image', 'a.png', '--question', 'What?'], '--answer'],
    [['--image', 'a.png', '--question', 'What?', '--answer', 'red', '--index', '1'], '--index'],
    [['--question', 'What?'], '--question'],
    [['--megapixels', '2'], '--megapixels'],
    [['--image', 'a.png', '--question', 'a', '--answer', 'b', '--megapixels', '0'], '--megapixels'],
    [['--model', ''], '--model'],
    [['--unknown'], 'arguments'],
    [['test'], 'arguments'],
  ])('%j is refused because of %s', (args, where) => {
    expect(whereOf(args)).toBe(where);
  });
});

describe('the method of inspect', () => {
  const method = (...args: string[]) => {
    const options = readArguments(args);
    if (options === 'help') throw new Error('help');
    return options.method;
  };

  it('is any method that trains, by its name', () => {
    expect(method('--method', 'vigos-code')).toEqual(VIGOS_CODE);
    expect(method('--method', 'opsd')).toEqual(OPSD);
    expect(method('--method', 'without-perception').teachers.perception).toBe(false);
  });

  it('brings opener and boundary clips with the reading, which their own flags overrule', () => {
    const code = ['--reading', 'code', '--validity', 'lenient'];
    expect(method(...code)).toEqual(VIGOS_CODE);
    expect(method('--opener', 'off', '--boundary-clip', 'none', ...code)).toEqual({
      ...VIGOS_CODE,
      opener: false,
      boundaryClip: { kind: 'none' },
    });
  });

  it('can be set in every field, and the help names each flag', () => {
    const args = {
      reading: 'code',
      validity: 'lenient',
      'distillation-temperature': '1.5',
      clip: 'entry',
      'clip-value': '0.2',
      opener: 'off',
      'boundary-clip': 'token',
      'boundary-clip-value': '0.3',
      ...Object.fromEntries(
        TEACHER_NAMES.flatMap((name, i) => [
          [name, name === 'privileged' ? 'on' : 'off'],
          [`${name}-weight`, String(i + 3)],
          [`${name}-divergence`, 'jsd'],
          [`${name}-beta`, `0.${i + 1}`],
        ]),
      ),
    };
    expect(new Set(Object.keys(args))).toEqual(new Set(METHOD_FLAGS.keys()));
    const given = Object.entries(args).map(([flag, value]) => `--${flag}=${value}`);
    const expected: MethodConfig = {
      name: 'vigos',
      reading: 'code',
      validity: 'lenient',
      temperature: 1.5,
      clip: { kind: 'entry', value: 0.2 },
      opener: false,
      boundaryClip: { kind: 'token', value: 0.3 },
      teachers: { perception: false, reasoning: false, reference: false, privileged: true },
      lambdas: { perception: 3, reasoning: 4, reference: 5, privileged: 6 },
      divergence: {
        perception: { kind: 'jsd', beta: 0.1 },
        reasoning: { kind: 'jsd', beta: 0.2 },
        reference: { kind: 'jsd', beta: 0.3 },
        privileged: { kind: 'jsd', beta: 0.4 },
      },
    };
    expect(method(...given)).toEqual(expected);
    expect(method(...given.toReversed())).toEqual(expected);
    for (const flag of METHOD_FLAGS.keys()) expect(USAGE).toContain(`--${flag} `);
  });

  it.each([
    [['--method', 'sft'], '--method'],
    [['--reading', 'other'], '--reading'],
    [['--opener', 'yes'], '--opener'],
    [['--clip-value', '0'], '--clip-value'],
    [['--clip', 'none', '--clip-value', '0.1'], '--clip-value'],
    [['--boundary-clip-value', '0.1'], '--boundary-clip-value'],
    [['--reference-beta', '0.5'], '--reference-beta'],
    [['--reference-weight', '-1'], '--reference-weight'],
    [['--distillation-temperature', '0'], '--distillation-temperature'],
  ])('%j is refused because of %s', (args, where) => {
    expect(whereOf(args)).toBe(where);
  });
});
