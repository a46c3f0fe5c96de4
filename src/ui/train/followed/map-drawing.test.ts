import { expect, it } from 'vitest';
import { svgText } from '../../charts/drawing.ts';
import { LOG_SCALE } from '../../rollout/heat-scale.ts';
import type { RolloutColors } from '../../rollout/rollout-colors.ts';
import { heatMapOf } from './heat-map.ts';
import { mapDrawing, mapPixels } from './map-drawing.ts';

const rollout = {
  ...{ item: 0, question: 'What color?', answer: 'pink', ids: [5, 6] },
  texts: [' pink', '</'],
  teachers: ['perception', null] as const,
};
const map = heatMapOf(rollout, [
  { step: 0, divergence: [10, null] },
  { step: 5, divergence: [0.01, null] },
]);

it('a cell has its teacher’s colour, as strong as on the scale, and nobody’s has none', () => {
  const { width, height, data } = mapPixels(
    rollout.teachers,
    map,
    LOG_SCALE,
    () => 'rgb(0, 114, 178)',
  );
  expect([width, height]).toEqual([2, 2]);
  const half = Math.round(255 * LOG_SCALE.at(0.01));
  expect([...data]).toEqual([0, 114, 178, 255, 0, 114, 178, half, 0, 0, 0, 0, 0, 0, 0, 0]);
});

it('the drawing names tokens, teachers, steps, the scale with its clip, and where it is from', () => {
  const colors: RolloutColors = {
    ...{ ink: 'i', soft: 's', line: 'l', paper: 'none', results: [], strong: 'g', onInk: 'o' },
    ...{ answer: 'a', image: 'm', ramp: ['w', 'v'], bar: () => 'b' },
    token: () => ({ text: 't', second: null, ribbon: 'r', letter: 'e' }),
    badge: () => ({ fill: 'f', ink: 'k' }),
  };
  const about = { question: rollout.question, shows: 'Nats.', picture: null, source: ['Run 1.'] };
  const drawn = { about, rollout, map, scale: LOG_SCALE, clip: 0.05, cells: 'data:cells' };
  const svg = svgText(mapDrawing(drawn, 600, colors));
  for (const words of ['·pink', '>P<', '“What color?”', 'step 0', 'step 5', 'clip 0.05', 'Run 1.'])
    expect(svg).toContain(words);
  expect(svg).toContain('href="data:cells"');
});
