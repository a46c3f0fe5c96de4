import { expect, it } from 'vitest';
import { shape, svgText, text, wrapped } from './drawing.ts';

it('words are wrapped at so many letters, and a longer word is cut into several', () => {
  expect(wrapped('one two  three', 7)).toEqual(['one two', 'three']);
  expect(wrapped('abcdefgh', 3)).toEqual(['abc', 'def', 'gh']);
  expect(wrapped(' ', 3)).toEqual([]);
});

it('any text is one of the file: no markup, and nothing that XML cannot say', () => {
  const words = '<script>"&\u0000\u001b\ud800';
  const svg = svgText({
    width: 1,
    height: 1,
    shapes: [shape('g', 'g', { 'data-x': words }, [text('t', words, {})])],
  });
  expect(svg).toContain('>&lt;script&gt;&quot;&amp;\ufffd\ufffd\ufffd</text>');
  expect(svg.match(/<script/g)).toBeNull();
});
