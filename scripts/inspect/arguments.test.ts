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
      sampling: { temperature: 1.1, topP: 0.95, topK: 20, seed: 1, maxNewTokens: 96, count: 1 },
      method: 'vigos',
      measure: 'exact',
      backend: 'auto',
      json: false,
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
