/** Colours of a drawing: the page's own where it stands, or those of white paper. */

import type { DrawingColors } from './drawing.ts';
import { RUN_COLORS, resolved } from './looks.ts';

/** What lies below a drawing. White paper has the light theme's colours, whatever the page has. */
export type Background = 'white' | 'page' | 'transparent';

export const BACKGROUNDS: readonly { readonly value: Background; readonly label: string }[] = [
  { value: 'white', label: 'on white' },
  { value: 'page', label: 'as on the page' },
  { value: 'transparent', label: 'transparent' },
];

/** Resolves the page's colours, custom properties and mixtures of them, for this background. */
export function colorReader(element: HTMLElement, background: Background) {
  const scheme = background === 'white' ? 'light' : null;
  return (color: string) => plain(resolved(element, color, scheme));
}

export function drawingColors(element: HTMLElement, background: Background): DrawingColors {
  const read = colorReader(element, background);
  return {
    ink: read('var(--ink)'),
    soft: read('var(--ink-soft)'),
    line: read('var(--line)'),
    paper: PAPER[background] ?? read('var(--paper)'),
    results: RUN_COLORS.map((property) => read(`var(${property})`)),
  };
}

const PAPER: Readonly<Partial<Record<Background, string>>> = {
  white: '#ffffff',
  transparent: 'none',
};

const pixel = document.createElement('canvas').getContext('2d', { willReadFrequently: true });

/** A colour as every program reads it: mixtures come from a browser as `oklab(…)`. */
function plain(color: string): string {
  if (pixel === null || color.startsWith('rgb(')) return color;
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = color;
  pixel.fillRect(0, 0, 1, 1);
  const [r, g, b] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgb(${r}, ${g}, ${b})`;
}
