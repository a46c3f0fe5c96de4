import { expect, it } from 'vitest';
import { resultTable } from '../../../contract/evaluation/evaluation-tables.ts';
import { svgText } from '../../charts/drawing.ts';
import { evaluationOf } from '../fixtures/results.ts';
import { forest } from './forest.ts';

const COLORS = {
  ink: '#111',
  soft: '#555',
  line: '#ccc',
  paper: '#fff',
  results: ['#111', '#080'],
};

it('draws each share where it is, with its interval, and a key where there are several', () => {
  const results = [
    evaluationOf('a', 'Base & <co>', (item) => item % 3 === 0),
    evaluationOf('b', 'Run', () => true),
  ].map(({ record }) => record);
  const drawing = forest(resultTable(results), 600, COLORS);
  const marks = drawing.shapes.filter(({ key }) => key.startsWith('mark score.F'));
  expect(marks.map(({ attributes }) => attributes.fill)).toEqual(['#111', '#080']);
  const [none, all] = marks.map(({ attributes }) => Number(attributes.cx));
  const ticks = drawing.shapes.filter(({ key }) => key.startsWith('grid'));
  expect([none, all]).toEqual([ticks[0].attributes.x1, ticks[4].attributes.x1]);
  const range = drawing.shapes.find(({ key }) => key === 'range score.F 0');
  expect(Number(range?.attributes.x2)).toBeGreaterThan(none);
  for (const { attributes } of drawing.shapes)
    for (const value of Object.values(attributes)) expect(value).not.toBeNaN();
  const svg = svgText(drawing);
  expect(svg).toContain('Base &amp; &lt;co&gt;');
  expect(svg).toMatch(/^<svg xmlns.*<\/svg>$/);
});

it('of nothing is an empty picture', () => {
  expect(forest(resultTable([]), 300, COLORS).shapes.map(({ name }) => name)).not.toContain(
    'circle',
  );
});
