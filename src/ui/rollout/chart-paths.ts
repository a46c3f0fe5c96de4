/** The divergence chart as a few paths, however many tokens there are. Pure. */

import { formatPlain } from '../shared/format.ts';
import type { TeacherMark } from '../shared/teachers.ts';
import type { HeatScale, ScaleMark } from './heat-scale.ts';
import type { StripToken } from './view.ts';

export const HEIGHT = 100;
/** More bars than this would be thinner than a pixel; then neighbours share one. */
const MAX_BARS = 512;
const FOOT = 3;
/** Free space between two bars, as a part of a bar. */
const GAP = 0.12;

export interface ChartPath {
  teacher: TeacherMark | null;
  clipped: boolean;
  bars: string;
  feet: string;
}

export interface ChartPaths {
  /** One for each teacher and kind of bar, in units of a token and of {@link HEIGHT}. */
  paths: readonly ChartPath[];
  /** Marks bars that go beyond the scale. */
  cuts: string;
  /** Tokens that share a bar, which is as high as the largest of them. */
  share: number;
}

export const tokensABar = (tokens: number): number => Math.max(1, Math.ceil(tokens / MAX_BARS));

export function chartPaths(tokens: readonly StripToken[], scale: HeatScale): ChartPaths {
  const share = tokensABar(tokens.length);
  const paths = new Map<string, ChartPath>();
  let cuts = '';
  for (let start = 0; start < tokens.length; start += share) {
    const end = Math.min(tokens.length, start + share);
    const { teacher, value, noGradient: clipped } = largest(tokens, start, end);
    const key = `${teacher} ${clipped}`;
    const path = paths.get(key) ?? { teacher, clipped, bars: '', feet: '' };
    paths.set(key, path);
    const x = start + (GAP / 2) * share;
    const width = end - start - GAP * share;
    path.feet += box(x, width, FOOT);
    if (value !== null) path.bars += box(x, width, HEIGHT * scale.at(value));
    if (value !== null && value > scale.top) cuts += `M${start} 4h${end - start}v3h${start - end}z`;
  }
  return { paths: [...paths.values()], cuts, share };
}

/** Where the clip of whole tokens lies on the scale, 0 to 1; 0 where it is not to be drawn. */
export const clipPlace = (scale: HeatScale, clip: number | null): number =>
  clip !== null && scale.top > clip ? scale.at(clip) : 0;

/** Both ends first, then the clip, then what stands between; of those that would overlap the first stays. */
export function divergenceTicks(scale: HeatScale, clip: number | null): ScaleMark[] {
  const { marks } = scale;
  const ends = marks.flatMap((mark, i) =>
    i === 0 || i === marks.length - 1
      ? [{ ...mark, text: i === 0 ? mark.text : `${mark.text} nats` }]
      : [],
  );
  const at = clipPlace(scale, clip);
  const own = at > 0 ? [{ at, text: `clip ${clip}` }] : [];
  return apart([...ends, ...own, ...marks.slice(1, -1)]);
}

/** Of a linear scale that ends at `top`, nats². */
export const leakageTicks = (top: number): ScaleMark[] =>
  top > 0
    ? [
        { at: 0, text: '0' },
        { at: 1, text: `${formatPlain(top)} nats²` },
      ]
    : [{ at: 0, text: '0 nats²' }];

/** Ticks nearer to one before than this part of the height are left out. */
const LEAST_GAP = 0.13;

function apart(ticks: readonly ScaleMark[]): ScaleMark[] {
  const kept: ScaleMark[] = [];
  for (const tick of ticks)
    if (kept.every(({ at }) => Math.abs(at - tick.at) >= LEAST_GAP)) kept.push(tick);
  return kept;
}

/** What is said below a chart whose bars stand for several tokens each. */
export const sharedBars = (share: number, what: string): string | undefined =>
  share > 1 ? `A bar stands for ${share} tokens and shows ${what}.` : undefined;

/** A short level line over each token that had a value, or over those that share a bar. */
export function levelLines(values: readonly (number | null)[], scale: HeatScale): string {
  const share = tokensABar(values.length);
  let lines = '';
  for (let start = 0; start < values.length; start += share) {
    const known = values.slice(start, start + share).filter((v): v is number => v !== null);
    if (known.length === 0) continue;
    const y = HEIGHT * (1 - scale.at(Math.max(...known)));
    lines += `M${start} ${short(y)}h${Math.min(share, values.length - start)}`;
  }
  return lines;
}

/** The token of `[start, end)` with the largest value; one without a value only if none has any. */
function largest(tokens: readonly StripToken[], start: number, end: number): StripToken {
  let best = tokens[start];
  for (let i = start + 1; i < end; i++) {
    const { value } = tokens[i];
    if (value !== null && (best.value === null || value > best.value)) best = tokens[i];
  }
  return best;
}

const short = (n: number): string => String(Number(n.toFixed(2)));

const box = (x: number, width: number, height: number): string =>
  `M${short(x)} ${HEIGHT}v${short(-height)}h${short(width)}v${short(height)}z`;
