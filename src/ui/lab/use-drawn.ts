/** What the rollout on the page is drawn as: by chart and strip, and by files that go out. */

import { useMemo } from 'react';
import { type HeatScale, heatScale } from '../rollout/heat-scale.ts';
import { lanesAt, levelViews, type Place, tokensAt } from '../rollout/levels.ts';
import { clipOf, type Lane, type StripToken, tracedTokens } from '../rollout/view.ts';
import { useLab } from './context.tsx';
import type { Shown } from './state/state.ts';

export interface Drawn {
  readonly tokens: readonly StripToken[];
  readonly lanes: readonly Lane[];
  readonly scale: HeatScale;
  /** The clip of whole tokens where it bounds what is on show, nats. */
  readonly clip: number | null;
  /** Each token's value before the last change. */
  readonly before: readonly (number | null)[] | null;
}

export function useDrawn({ trace, other, before: was }: Shown, place: Place): Drawn {
  const measure = useLab((s) => s.settings.measure);
  const scaleName = useLab((s) => s.settings.scale);
  const views = useMemo(() => levelViews(trace, measure), [trace, measure]);
  const tokens = useMemo(() => tokensAt(views, place), [views, place]);
  // A step moves lanes only while parsing; else only another list of tokens does.
  const parsing = place.level === 'parse' ? place.token : 0;
  const lanes = useMemo(
    () => lanesAt(tokens, trace.spans, { level: place.level, token: parsing }),
    [tokens, trace.spans, place.level, parsing],
  );
  const scale = useMemo(
    () =>
      heatScale(
        scaleName,
        // Side by side both are drawn on one scale.
        [...views.all, ...(other === null ? [] : tracedTokens(other, measure))].map(
          ({ value }) => value,
        ),
      ),
    [scaleName, views, other, measure],
  );
  const before = useMemo(
    () =>
      was === null || place.level !== 'all'
        ? null
        : tracedTokens(was.trace, measure).map(({ value }) => value),
    [was, measure, place.level],
  );
  return { tokens, lanes, scale, clip: clipOf(trace, measure), before };
}
