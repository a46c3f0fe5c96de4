/** How wide a token is drawn, so that a long strip can be cut into lines without laying it out. */

import { type RefObject, useLayoutEffect, useMemo, useState } from 'react';
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

/** Null before the strip is on the page. Measures anew when fonts arrive or their size changes with the window's. */
export function useTokenWidth(strip: RefObject<HTMLElement | null>): TokenWidths | null {
  const [fonts, setFonts] = useState<{ family: string; rem: number; version: number } | null>(null);
  useLayoutEffect(() => {
    const element = strip.current;
    if (element === null) return;
    const look = (arrived: 0 | 1) => {
      const family = getComputedStyle(element).fontFamily;
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setFonts((before) => {
        const version = (before?.version ?? 0) + arrived;
        const same = before?.rem === rem && before.version === version;
        return same ? before : { family, rem, version };
      });
    };
    look(0);
    const listening = new AbortController();
    const { signal } = listening;
    document.fonts.addEventListener('loadingdone', () => look(1), { signal });
    addEventListener('resize', () => look(0), { signal });
    return () => listening.abort();
  }, [strip]);
  return useMemo(() => (fonts === null ? null : measureWith(fonts.family, fonts.rem)), [fonts]);
}

function measureWith(family: string, rem: number): TokenWidths | null {
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
