import { describe, expect, it } from 'vitest';
import { figure, nats, plain, say, term, together } from './sentence.ts';

const lines = (sentence: ReturnType<typeof say>) => together(sentence).map(plain);

describe('the end of a line', () => {
  it('comes neither between a figure and its unit nor before the sign that ends a clause', () => {
    expect(lines(say`Forward it is ${nats(5.6414)}: a KL is no distance.`)).toEqual([
      'Forward it is ',
      '5.641\u00a0nats:',
      ' a KL is no distance.',
    ]);
    expect(lines(say`It ends at ${[figure('89.5'), '\u202f%']}. So it is.`)).toEqual([
      'It ends at ',
      '89.5\u202f%',
      '. So it is.',
    ]);
    expect(lines(say`with ${term('clip', 'its clip')}, and without`)).toEqual([
      'with ',
      'its clip,',
      ' and without',
    ]);
  });

  it('changes no word', () => {
    const sentence = say`${nats(1)} and ${nats(2)}, ${term('clip', 'clipped')}`;
    expect(together(sentence).map(plain).join('')).toBe(plain(sentence));
  });
});
