import { expect, it } from 'vitest';
import { svgText } from './drawing.ts';
import { padded, roundMarks } from './scale-ends.ts';
import { stepsDrawing } from './steps-drawing.ts';

const COLORS = { ink: '#000', soft: '#555', line: '#ddd', paper: '#fff', results: ['#000'] };
const chart = {
  id: 'score',
  title: 'Score',
  unit: '% of answers',
  sentence: '',
  format: (value: number) => `${Math.round(100 * value)} %`,
  range: [0, 1] as const,
};

it('round values are marked, about as many as asked, within the scale', () => {
  expect(roundMarks(0, 1, 4)).toEqual([0, 0.5, 1]);
  expect(roundMarks(20, 100, 6)).toEqual([20, 40, 60, 80, 100]);
  expect(roundMarks(-0.3, 0.31, 6)).toEqual([-0.2, 0, 0.2]);
  expect(roundMarks(2, 2, 4)).toEqual([2]);
});

it('a scale of equal values has room, and none below zero where nothing is', () => {
  expect(padded(0, 0)[0]).toBe(0);
  expect(padded(3, 3)[1]).toBeGreaterThan(3);
});

it('a chart over steps is drawn with its dashes, interval, borders, gaps and names', () => {
  const line = { runId: 'a', runName: 'Run A', runIndex: 0, lineId: 'score', label: 'Score' };
  const svg = svgText(
    stepsDrawing(
      {
        chart,
        columns: {
          steps: [10, 20, 30],
          lines: [
            { ...line, values: [0.4, null, 0.6], low: [0.3, null, 0.5], high: [0.5, null, 0.7] },
            { ...line, runId: 'b', runName: 'B & C', runIndex: 1, values: [0.1, 0.2, 0.3] },
          ],
          borders: [{ step: 20, label: 'reasoning' }],
        },
        nameOf: ({ runName }) => runName,
        dashesOf: ({ runIndex }) => (runIndex === 0 ? [] : [8, 4]),
        colorOf: ({ runIndex }) => (runIndex === 0 ? '#111111' : '#222222'),
        source: ['Run A.'],
      },
      640,
      COLORS,
    ),
  );
  expect(svg).toContain('Score, % of answers, by step');
  expect(svg).toContain('>B &amp; C</text>');
  expect(
    svg.match(
      /<polyline[^>]*stroke="#111111"[^>]*points="[^"]*"|points="([^"]*)"[^>]*stroke="#111111"/,
    ),
  ).not.toBeNull();
  // The step without a value is passed over: two points, two marks.
  expect(svg.match(/<circle/g)).toHaveLength(2);
  expect(svg.match(/stroke="#222222"[^>]*stroke-dasharray="8 4"/g)).toHaveLength(2);
  expect(svg.match(/<path/g)).toHaveLength(1);
  expect(svg).toContain('>reasoning</text>');
  expect(svg).toContain('>100 %</text>');
});
