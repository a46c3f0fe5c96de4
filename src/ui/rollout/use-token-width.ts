/** How wide a token is drawn, so that a long strip can be cut into lines without laying it out. */

import { type RefObject, useLayoutEffect, useMemo, useState } from 'react';
import { type TokenWidths, tokenWidths } from './token-widths.ts';

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
  return useMemo(() => (fonts === null ? null : tokenWidths(fonts.family, fonts.rem)), [fonts]);
}
