/** The token in the panel: the one that was picked, or else where the two disagree most. */

import { useMemo } from 'react';
import { largestDivergence } from '../../rollout/view.ts';
import { useLab } from '../context.tsx';

/** Where the panel stands in the page, for what leads to it. */
export const TOKEN_PANEL_ID = 'token-panel';

export function useCurrentToken(): number | null {
  const picked = useLab((s) => s.settings.token);
  const trace = useLab((s) => s.shown?.trace ?? null);
  const first = useMemo(() => (trace === null ? null : largestDivergence(trace)), [trace]);
  if (trace === null) return null;
  return picked !== null && picked < trace.tokens.length ? picked : first;
}
