import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineOf, linesOf, tokenOnNextLine } from './lines.ts';
import type { Lane, StripToken } from './view.ts';

const token = (index: number, text: string): StripToken => ({
  index,
  text,
  segment: null,
  teacher: null,
  value: null,
  noGradient: false,
});
const lanesOf = (...texts: string[][]): Lane[] => {
  let at = 0;
  const names = ['description', 'reasoning', 'answer'] as const;
  return texts.map((lane, i) => ({
    name: names[i],
    tokens: lane.map((text) => token(at++, text)),
  }));
};
const widthOf = ({ text }: StripToken) => text.length * 10;

describe('lines of a long strip', () => {
  it('are filled greedily, and each lane begins a new one', () => {
    const lines = linesOf(lanesOf(['aa', 'bb', 'cc'], ['dd'], []), widthOf, 40, 0);
    expect(lines.map(({ start, end, first }) => [start, end, first])).toEqual([
      [0, 2, true],
      [2, 3, false],
      [3, 4, true],
      [4, 4, true],
    ]);
  });

  it('leave room for what stands before the first token', () => {
    expect(linesOf(lanesOf(['aa', 'bb']), widthOf, 40, 30)).toMatchObject([
      { start: 0, end: 0 },
      { start: 0, end: 2, indent: 0 },
    ]);
  });

  it('give a token that is too wide a line of its own', () => {
    expect(linesOf(lanesOf(['a', 'bbbbbbb', 'c']), widthOf, 40, 0)).toMatchObject([
      { start: 0, end: 1 },
      { start: 1, end: 2 },
      { start: 2, end: 3 },
    ]);
  });

  it('hold every token once, in order, and none is wider than the room unless one token is', () => {
    const lane = fc.array(fc.string({ minLength: 1, maxLength: 9 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.tuple(lane, lane, lane), fc.integer({ min: 10, max: 300 }), (texts, room) => {
        const lanes = lanesOf(...texts);
        const tokens = lanes.flatMap((l) => l.tokens);
        const lines = linesOf(lanes, widthOf, room, 20);
        expect(lines.flatMap(({ start, end }) => tokens.slice(start, end))).toEqual(tokens);
        for (const [i, line] of lines.entries()) {
          const used = tokens.slice(line.start, line.end).reduce((w, t) => w + widthOf(t), 0);
          if (line.end - line.start > 1) expect(line.indent + used).toBeLessThanOrEqual(room);
          for (let at = line.start; at < line.end; at++) expect(lineOf(lines, at)).toBe(i);
        }
        expect(lineOf(lines, tokens.length)).toBe(-1);
      }),
    );
  });

  it('arrow up and down find the nearest token of the next line that has any', () => {
    const lanes = lanesOf(['aaaa', 'b', 'c', 'dd', 'ee', 'ff'], [], ['gg']);
    const tokens = lanes.flatMap((lane) => lane.tokens);
    const lines = linesOf(lanes, widthOf, 60, 0);
    const next = (at: number, by: 1 | -1) => tokenOnNextLine(lines, tokens, widthOf, at, by);
    expect([next(0, 1), next(2, 1), next(5, -1), next(3, -1)]).toEqual([3, 5, 1, 0]);
    expect([next(0, -1), next(4, 1), next(6, -1), next(6, 1)]).toEqual([0, 6, 3, 6]);
  });
});
