/** What goes out as a drawing is what stands on the page. */

import { expect, it, onTestFinished } from 'vitest';
import { VIGOS_PAPER } from '../../method/named-methods.ts';
import { svgText } from '../charts/drawing.ts';
import { pngOf } from '../charts/save-drawing.ts';
import { render } from '../shared/fixtures/render.tsx';
import { paintTeachers } from '../shared/teacher-colours.ts';
import { divergenceDrawing } from './chart-drawings.ts';
import { DivergenceChart } from './DivergenceChart.tsx';
import { traceOf, VALID } from './fixtures/trace.ts';
import { LOG_SCALE } from './heat-scale.ts';
import { rolloutColors } from './rollout-colors.ts';
import { stripDrawing } from './strip-drawing.ts';
import { TokenStrip } from './TokenStrip.tsx';
import { type TokenWidths, tokenWidths } from './token-widths.ts';
import { clipOf, lanesOf, tracedTokens } from './view.ts';

paintTeachers();

const about = {
  question: 'What is <here> & "now"?',
  shows: 'Divergence, nats.',
  picture: null,
  source: ['Recorded: test on WebAssembly made this earlier.'],
};

function drawn(texts: readonly string[]) {
  const trace = traceOf(
    [...texts],
    VIGOS_PAPER,
    texts.map((_, i) => 10 ** ((i % 7) - 5)),
  );
  const tokens = tracedTokens(trace, 'used');
  const lanes = lanesOf(tokens, trace.spans);
  const clip = clipOf(trace, 'used');
  const shown = { about, scale: LOG_SCALE, clip, selected: 1 };
  const widths = tokenWidths('monospace', 16) as TokenWidths;
  return {
    lanes,
    tokens,
    clip,
    strip: () =>
      stripDrawing(
        { ...shown, lanes, unit: 'nats' },
        widths,
        1100,
        rolloutColors(document.body, 'page'),
      ),
    chart: () =>
      divergenceDrawing(
        { ...shown, tokens, before: null },
        1100,
        rolloutColors(document.body, 'page'),
      ),
  };
}

/** An SVG text as elements, laid out. */
function parsed(text: string): SVGSVGElement {
  const place = document.createElement('div');
  const { documentElement } = new DOMParser().parseFromString(text, 'image/svg+xml');
  place.append(document.importNode(documentElement, true));
  document.body.append(place);
  onTestFinished(() => place.remove());
  return place.querySelector('svg') as SVGSVGElement;
}

const pixel = new OffscreenCanvas(1, 1).getContext('2d') as OffscreenCanvasRenderingContext2D;
function bytes(color: string): string {
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = color;
  pixel.fillRect(0, 0, 1, 1);
  return pixel.getImageData(0, 0, 1, 1).data.join();
}

it('a drawn strip has the page’s tokens: their texts, letters, colours, and the hatching of the clip', () => {
  const { lanes, strip } = drawn([...VALID, '<|im_end|>']);
  render(<TokenStrip lanes={lanes} scale={LOG_SCALE} selected={1} onSelect={() => undefined} />);
  const svg = parsed(svgText(strip()));
  const cells = [...document.querySelectorAll<HTMLElement>('button[role="option"]')];
  const groups = [...svg.querySelectorAll('[data-token]')];
  expect(groups).toHaveLength(cells.length);
  cells.forEach((cell, i) => {
    const [text, ribbon] = cell.children as unknown as HTMLElement[];
    const rects = groups[i].querySelectorAll('rect');
    const fillOf = (at: number) => rects[at].getAttribute('fill') ?? '';
    expect(groups[i].querySelector('text')?.textContent).toBe(text.textContent);
    expect(bytes(fillOf(0))).toBe(bytes(getComputedStyle(text).backgroundColor));
    if (cell.dataset.clipped === undefined)
      expect(bytes(fillOf(1))).toBe(bytes(getComputedStyle(ribbon).backgroundColor));
    else expect(fillOf(1)).toMatch(/^url\(#hatch-/);
    expect(groups[i].textContent).toContain(ribbon.textContent);
  });
  expect(cells.some(({ dataset }) => dataset.clipped !== undefined)).toBe(true);
  for (const words of [
    'Description',
    'Reasoning',
    'Answer',
    'no gradient',
    'clip 0.05',
    'Recorded: test',
  ])
    expect(svg.textContent).toContain(words);
  expect(svg.textContent).toContain(about.question);
});

it('a drawn chart has the page’s bars and its clip, in the teachers’ colours', () => {
  const { tokens, clip, chart } = drawn(VALID);
  render(
    <DivergenceChart
      tokens={tokens}
      scale={LOG_SCALE}
      clip={clip}
      selected={1}
      onSelect={() => undefined}
    />,
  );
  const svg = parsed(svgText(chart()));
  const own = [...document.querySelectorAll('g[data-teacher] > path')].map((path) => [
    path.getAttribute('d'),
    bytes(getComputedStyle(path).fill),
  ]);
  const out = [...svg.querySelectorAll('g > path')].map((path) => [
    path.getAttribute('d'),
    bytes(path.getAttribute('fill') ?? ''),
  ]);
  expect(own.length).toBeGreaterThan(3);
  for (const path of own) expect(out).toContainEqual(path);
  expect(svg.querySelectorAll('line[stroke-dasharray]')).toHaveLength(1);
  expect(svg.textContent).toContain('clip 0.05');
});

it('a strip of 4,096 tokens is drawn in lines that fit', () => {
  const { strip } = drawn([...Array.from({ length: 4087 }, (_, i) => ` w${i}`), ...VALID]);
  const { width, height, shapes } = strip();
  const groups = shapes.filter(({ key }) => key.startsWith('token '));
  expect(groups).toHaveLength(4096);
  for (const { inside = [] } of groups)
    for (const { attributes } of inside.filter(({ name }) => name === 'rect')) {
      expect(Number(attributes.x) + Number(attributes.width)).toBeLessThanOrEqual(width);
      expect(Number(attributes.y) + Number(attributes.height)).toBeLessThan(height);
    }
});

it('a PNG has twice the drawing’s size, and without paper is transparent where nothing is drawn', async () => {
  const { strip } = drawn(VALID);
  const whole = strip();
  const shapes = whole.shapes.map((one) =>
    one.key === 'paper' ? { ...one, attributes: { ...one.attributes, fill: 'none' } } : one,
  );
  const image = await createImageBitmap(await pngOf({ ...whole, shapes }));
  expect([image.width, image.height]).toEqual([2 * whole.width, 2 * whole.height]);
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.drawImage(image, 0, 0);
  expect(context.getImageData(2, 2, 1, 1).data[3]).toBe(0);
});
