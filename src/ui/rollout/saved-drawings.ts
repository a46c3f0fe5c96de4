/** The drawings of a rollout that leave a page: strip and chart of what stands there, of any page that shows it. */

import { PlaygroundError } from '../../base/errors.ts';
import type { Trace } from '../../contract/trace/trace.ts';
import type { Background } from '../charts/drawing-colors.ts';
import type { ExportButtonsProps } from '../charts/ExportButtons.tsx';
import { type DivergenceDrawing, divergenceDrawing, leakageDrawing } from './chart-drawings.ts';
import type { DrawnAbout } from './drawn-frame.ts';
import { LOG_SCALE } from './heat-scale.ts';
import { leakageTokens, METHOD_LABELS, type MethodLeakage, topOf } from './leakage-view.ts';
import { rolloutColors } from './rollout-colors.ts';
import { type StripDrawing, stripDrawing } from './strip-drawing.ts';
import { type TokenWidths, tokenWidths } from './token-widths.ts';
import { lanesOf } from './view.ts';

/** Pixels. */
const WIDTH = 1100;
const REM = 16;

export interface SavedDrawing {
  readonly what: string;
  readonly draw: ExportButtonsProps['draw'];
}

/** What stands around it, of a sentence on what is drawn. */
export type About = (shows: string) => Promise<DrawnAbout>;

export const savedStrip = (
  what: string,
  drawn: Omit<StripDrawing, 'about'>,
  about: About,
  shows: string,
): SavedDrawing => ({
  what,
  draw: async (element: HTMLElement, background: Background) =>
    stripDrawing(
      { ...drawn, about: await about(shows) },
      widthsOf(element),
      WIDTH,
      rolloutColors(element, background),
    ),
});

export const savedChart = (
  drawn: Omit<DivergenceDrawing, 'about'>,
  about: About,
  shows: string,
): SavedDrawing => ({
  what: 'Chart',
  draw: async (element, background) =>
    divergenceDrawing(
      { ...drawn, about: await about(shows) },
      WIDTH,
      rolloutColors(element, background),
    ),
});

/** Strip and chart of each method, on the scale that all of them share. */
export function savedLeakage(
  trace: Trace,
  methods: readonly MethodLeakage[],
  selected: number,
  about: About,
): SavedDrawing[] {
  const top = topOf(methods);
  return methods.flatMap((leakage) => {
    const name = METHOD_LABELS[leakage.name];
    const shows = `What pushes each token under ${name}’s teachers, nats²: red from the answer, blue from the picture.`;
    const lanes = lanesOf(leakageTokens(trace, leakage), trace.spans);
    return [
      savedStrip(
        `${name} strip`,
        { lanes, scale: LOG_SCALE, clip: null, selected, unit: 'nats²' },
        about,
        shows,
      ),
      {
        what: `${name} chart`,
        draw: async (element: HTMLElement, background: Background) =>
          leakageDrawing(
            { about: await about(shows), leakage, top, selected },
            WIDTH,
            rolloutColors(element, background),
          ),
      },
    ];
  });
}

function widthsOf(element: HTMLElement): TokenWidths {
  const family = getComputedStyle(element).getPropertyValue('--mono');
  const widths = tokenWidths(family, REM);
  if (widths === null)
    throw new PlaygroundError({
      code: 'drawing.no-canvas',
      message:
        'This browser does not say how wide texts are, so the strip cannot be cut into lines.',
      fix: 'Save the HTML page instead.',
    });
  return widths;
}
