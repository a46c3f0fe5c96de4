import { describe, expect, it } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { readArguments } from './arguments.ts';

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
      seed: 1,
      method: 'vigos',
      backend: 'auto',
      json: false,
    });
  });

  it('name an item of the world, or a picture with question and answer', () => {
    expect(readArguments('--split prior-test --index 7 --seed 3 --json'.split(' '))).toMatchObject({
      subject: { kind: 'item', split: 'prior-test', index: 7 },
      seed: 3,
      json: true,
    });
    const own = ['--image', 'a.png', '--question', 'What?', '--answer', 'red'];
    expect(readArguments(own)).toMatchObject({
      subject: { kind: 'picture', file: 'a.png', question: 'What?', answer: 'red' },
    });
  });

  it.each([
    [['--split', 'nowhere'], '--split'],
    [['--index', '-1'], '--index'],
    [['--index', '1.5'], '--index'],
    [['--seed', '4294967296'], '--seed'],
    [['--method', 'sft'], '--method'],
    [['--backend', 'cuda'], '--backend'],
    [['--image', 'a.png', '--answer', 'red'], '--question'],
    [['--image', 'a.png', '--question', 'What?'], '--answer'],
    [['--image', 'a.png', '--question', 'What?', '--answer', 'red', '--index', '1'], '--index'],
    [['--question', 'What?'], '--question'],
    [['--model', ''], '--model'],
    [['--unknown'], 'arguments'],
    [['test'], 'arguments'],
  ])('%j is refused because of %s', (args, where) => {
    expect(whereOf(args)).toBe(where);
  });
});
