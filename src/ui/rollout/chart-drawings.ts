/** The charts over a rollout as drawings: divergence, and what drives the push. Pure. */

import {
  type Drawing,
  FONT_SIZE,
  line,
  rect,
  rounded,
  type Shape,
  shape,
  text,
} from '../charts/drawing.ts';
import {
  chartPaths,
  clipPlace,
  divergenceTicks,
  HEIGHT,
  leakageTicks,
  levelLines,
  sharedBars,
} from './chart-paths.ts';
import { type DrawnAbout, drawnHead, drawnSource, EDGE } from './drawn-frame.ts';
import type { HeatScale, ScaleMark } from './heat-scale.ts';
import { leakagePaths, type MethodLeakage } from './leakage-view.ts';
import type { RolloutColors } from './rollout-colors.ts';
import type { StripToken } from './view.ts';

const AXIS = 84;
const PLOT = 120;

interface Chart {
  readonly about: DrawnAbout;
  /** Tokens. */
  readonly count: number;
  readonly ticks: readonly ScaleMark[];
  readonly selected: number | null;
  /** In units of a token and of {@link HEIGHT}. */
  readonly bars: readonly Shape[];
  /** Place of a dashed line over everything, 0 to 1. */
  readonly dashed?: number;
  readonly below?: string | undefined;
}

export interface DivergenceDrawing {
  readonly about: DrawnAbout;
  readonly tokens: readonly StripToken[];
  readonly scale: HeatScale;
  /** The clip of whole tokens, nats, or null. */
  readonly clip: number | null;
  /** Each token's value before the last change. */
  readonly before: readonly (number | null)[] | null;
  readonly selected: number | null;
}

export function divergenceDrawing(
  { about, tokens, scale, clip, before, selected }: DivergenceDrawing,
  width: number,
  colors: RolloutColors,
): Drawing {
  const { paths, cuts, share } = chartPaths(tokens, scale);
  const bars = paths.flatMap(({ teacher, clipped, bars: d, feet }) => [
    shape(`feet ${teacher} ${clipped}`, 'path', { d: feet, fill: colors.bar(teacher) }),
    shape(`bars ${teacher} ${clipped}`, 'path', {
      d,
      fill: colors.bar(teacher),
      'fill-opacity': clipped ? 1 : 0.75,
    }),
  ]);
  const ground = colors.paper === 'none' ? colors.onInk : colors.paper;
  const ghost =
    before === null
      ? []
      : [
          shape('before', 'path', {
            d: levelLines(before, scale),
            fill: 'none',
            stroke: colors.ink,
            'stroke-width': 1.5,
            'vector-effect': 'non-scaling-stroke',
          }),
        ];
  return chart(
    {
      about,
      count: tokens.length,
      ticks: divergenceTicks(scale, clip),
      selected,
      bars: [...bars, shape('cuts', 'path', { d: cuts, fill: ground }), ...ghost],
      dashed: clipPlace(scale, clip),
      below: sharedBars(share, 'the largest'),
    },
    width,
    colors,
  );
}

export interface LeakageDrawing {
  readonly about: DrawnAbout;
  readonly leakage: Pick<MethodLeakage, 'parts'>;
  /** At its top, nats². */
  readonly top: number;
  readonly selected: number | null;
}

export function leakageDrawing(
  { about, leakage, top, selected }: LeakageDrawing,
  width: number,
  colors: RolloutColors,
): Drawing {
  const { answer, image, share } = leakagePaths(leakage, top);
  return chart(
    {
      about,
      count: leakage.parts.length,
      ticks: leakageTicks(top),
      selected,
      bars: [
        shape('image', 'path', { d: image, fill: colors.image }),
        shape('answer', 'path', { d: answer, fill: colors.answer }),
      ],
      below: sharedBars(share, 'their mean'),
    },
    width,
    colors,
  );
}

function chart(
  { about, count, ticks, selected, bars, dashed = 0, below }: Chart,
  width: number,
  colors: RolloutColors,
): Drawing {
  const head = drawnHead(about, width, colors);
  const left = EDGE + AXIS;
  const room = width - left - EDGE;
  const top = head.below + 6;
  const floor = top + PLOT;
  const at = (share: number) => rounded(floor - share * PLOT);
  const source = drawnSource(
    { ...about, source: below === undefined ? about.source : [below, ...about.source] },
    floor + 10,
    width,
    colors,
  );
  const height = Math.ceil(source.below);
  return {
    width,
    height,
    shapes: [
      rect('paper', { x: 0, y: 0, width, height, fill: colors.paper }),
      ...head.shapes,
      ...(selected === null
        ? []
        : [
            rect('column', {
              x: rounded(left + (selected / count) * room),
              y: top,
              width: rounded(Math.max(room / count, 2)),
              height: PLOT,
              fill: colors.ink,
              'fill-opacity': 0.12,
            }),
          ]),
      shape(
        'bars',
        'g',
        {
          transform: `translate(${left} ${top}) scale(${room / Math.max(1, count)} ${PLOT / HEIGHT})`,
        },
        bars,
      ),
      line('floor', { x1: left, x2: left + room, y1: floor, y2: floor, stroke: colors.strong }),
      ...(dashed > 0
        ? [
            line('clip', {
              x1: left,
              x2: left + room,
              y1: at(dashed),
              y2: at(dashed),
              stroke: colors.ink,
              'stroke-dasharray': '4 3',
            }),
          ]
        : []),
      ...ticks.map((tick) =>
        text(`tick ${tick.text}`, tick.text, {
          x: left - 8,
          y: rounded(at(tick.at) + (tick.at > 0.9 ? 9 : tick.at < 0.1 ? 0 : 4)),
          fill: colors.soft,
          'font-size': FONT_SIZE - 1,
          'text-anchor': 'end',
        }),
      ),
      ...source.shapes,
    ],
  };
}
