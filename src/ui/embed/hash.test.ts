import { expect, it } from 'vitest';
import { readHash } from './hash.ts';

it('an address names a rollout, a token counted from 1, and a theme', () => {
  expect(readHash('#rollout=a-1&token=12&theme=dark')).toEqual({
    rollout: 'a-1',
    token: 11,
    theme: 'dark',
  });
});

it.each(['', '#token=0&theme=pink', '#token=-1', '#token=1e3', '#token=12345678'])(
  '“%s” asks for nothing',
  (hash) => {
    expect(readHash(hash)).toEqual({ rollout: null, token: null, theme: null });
  },
);
