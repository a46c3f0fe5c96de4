/** How wide tokens are in a font, so that lines can be cut without laying them out. */

import { cutToken, visibleText } from '../shared/visible-text.ts';
import type { WidthOf } from './lines.ts';

/** Sizes of `TokenCell.module.css`, rem. */
const TEXT = 0.92;
const SPECIAL_TEXT = 0.72;
const PADDING = 0.2;
const LEAST = 0.8;
/** Room for the letters “end” of a token after the box. */
const LEAST_TRAILING = 1.15;
/** Between two tokens, px. */
const MARGIN = 1;

export interface TokenWidths {
  /** px with the margin, the same at every level of the walk. */
  widthOf: WidthOf;
  /** px of a text in the size of tokens. */
  textWidth: (text: string) => number;
  /** px of one rem. */
  rem: number;
}

/** Null where the browser has no canvas to measure with. */
export function tokenWidths(family: string, rem: number): TokenWidths | null {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return null;
  const measure = (text: string, size: number): number => {
    context.font = `${size * rem}px ${family}`;
    return context.measureText(text).width;
  };
  // A rollout has far fewer texts than tokens.
  const known = new Map<string, number>();
  const widthOf: WidthOf = ({ text, segment }) => {
    let width = known.get(text);
    if (width === undefined) {
      const size = text.startsWith('<|') ? SPECIAL_TEXT : TEXT;
      width = measure(visibleText(cutToken(text)), size) + PADDING * rem;
      known.set(text, width);
    }
    const least = (segment === 'trailing' ? LEAST_TRAILING : LEAST) * rem;
    return Math.max(least, width) + MARGIN;
  };
  return { widthOf, textWidth: (text) => measure(text, TEXT), rem };
}
