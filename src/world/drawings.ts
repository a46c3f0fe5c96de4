/** A table of flat illustrations: each kind as layers of paths in local units, radius 1, y down. */

import type { Tone } from './palette.ts';
import {
  curve,
  ellipse,
  grown,
  hole,
  type Path,
  placed,
  polygon,
  rectangle,
  stroke,
} from './paths.ts';
import type { Kind } from './scene.ts';

/** One painting step; `clip` keeps it inside another outline. */
export interface Layer {
  paths: readonly Path[];
  tone: Tone;
  clip?: readonly Path[];
}

/** The layers of a kind, back to front; `parts` counts star points or clover leaves. */
export type Drawing = (parts: number) => readonly Layer[];

const OUTLINE = 0.075;

/** Layers of one tone, without an outline. */
function plain(tone: Tone, ...paths: Path[]): Layer[] {
  return [{ paths, tone }];
}

/** A body with an outline, and a crescent of shade to the lower right. */
function solid(paths: readonly Path[], tone: Tone = 'base', shade: Tone = 'shade'): Layer[] {
  return [
    { paths: paths.map((path) => grown(path, OUTLINE)), tone: 'outline' },
    { paths, tone: shade },
    { paths: paths.map((path) => placed(path, -0.1, -0.1)), tone, clip: paths },
  ];
}

function once(layers: readonly Layer[]): Drawing {
  return () => layers;
}

/** The same layers turned (radians, clockwise) and scaled about the centre. */
function turned(layers: readonly Layer[], turn: number, scale = 1, x = 0, y = 0): Layer[] {
  const move = (paths: readonly Path[]) => paths.map((path) => placed(path, x, y, scale, turn));
  return layers.map(({ paths, tone, clip }) => ({
    paths: move(paths),
    tone,
    ...(clip === undefined ? {} : { clip: move(clip) }),
  }));
}

const shine = (x: number, y: number, rx: number, ry: number, turn = -0.6) =>
  plain('light', ellipse(x, y, rx, ry, turn));

const eyes = (x: number, y: number, r: number) => plain('ink', ellipse(-x, y, r), ellipse(x, y, r));

const HEART = curve(
  'M0 .94 C-.4 .62 -.98 .2 -.98 -.3 C-.98 -.7 -.72 -.88 -.48 -.88 C-.24 -.88 -.06 -.72 0 -.5 C.06 -.72 .24 -.88 .48 -.88 C.72 -.88 .98 -.7 .98 -.3 C.98 .2 .4 .62 0 .94 Z',
);

function star(points: number): Layer[] {
  const inner = [0.36, 0.43, 0.49, 0.52][points - 4] ?? 0.45;
  const corners: number[] = [];
  for (let i = 0; i < 2 * points; i++) {
    const angle = -Math.PI / 2 + (Math.PI * i) / points;
    const radius = i % 2 === 0 ? 1.04 : inner;
    corners.push(radius * Math.cos(angle), radius * Math.sin(angle));
  }
  return [...solid([polygon(corners, 0.07)]), ...shine(-0.14, -0.16, 0.14, 0.08)];
}

function clover(leaves: number): Layer[] {
  const half = [0.5, 0.47, 0.39, 0.31][leaves - 2] ?? 0.31;
  const blade = curve(
    `M0 -.12 C${-0.3 * half} -.3 ${-half} -.46 ${-half} -.74 C${-half} -.98 ${-0.62 * half} -1.05 ${-0.45 * half} -1.05 C${-0.25 * half} -1.05 ${-0.06 * half} -1 0 -.9 C${0.06 * half} -1 ${0.25 * half} -1.05 ${0.45 * half} -1.05 C${0.62 * half} -1.05 ${half} -.98 ${half} -.74 C${half} -.46 ${0.3 * half} -.3 0 -.12 Z`,
  );
  const vein = stroke('M0 -.1 L0 -.66', 0.055);
  const layers = plain('stem', stroke('M0 0 C.02 .4 .06 .7 .2 1.02', 0.13));
  for (let k = 0; k < leaves; k++) {
    // Two leaves are raised like a sprout's; more are spread evenly, with the stem in a gap.
    const angle = leaves === 2 ? (k - 0.5) * 2 : Math.PI + (2 * Math.PI * (k + 0.5)) / leaves;
    layers.push(
      ...solid([placed(blade, 0, 0, 1, angle)]),
      ...plain('dark', placed(vein, 0, 0, 1, angle)),
    );
  }
  return layers;
}

function grapes(): Layer[] {
  const balls: Path[] = [];
  for (const [row, count] of [3, 2, 1].entries())
    for (let i = 0; i < count; i++)
      balls.push(ellipse((i - (count - 1) / 2) * 0.66, -0.33 + row * 0.53, 0.37));
  const layers = [...plain('stem', stroke('M0 -.5 C0 -.7 .05 -.85 .2 -1', 0.13))];
  for (const ball of [...balls].reverse()) layers.push(...solid([ball]));
  for (const ball of balls)
    layers.push(...plain('light', ellipse(ball[0] - 0.5, ball[1] - 0.13, 0.09, 0.06, -0.6)));
  return layers;
}

function sun(): Layer[] {
  const rays: Path[] = [];
  for (let i = 0; i < 10; i++)
    rays.push(
      placed(polygon([-0.17, -0.7, 0, -1.02, 0.17, -0.7], 0.06), 0, 0, 1, (Math.PI * i) / 5),
    );
  return [
    ...solid(rays),
    ...solid([ellipse(0, 0, 0.6)]),
    ...eyes(0.2, -0.08, 0.07),
    ...plain('ink', stroke('M-.22 .14 C-.12 .28 .12 .28 .22 .14', 0.06)),
  ];
}

function carrot(): Layer[] {
  const fronds = [
    'M0 -.42 C-.1 -.7 -.3 -.8 -.42 -.88',
    'M0 -.42 C0 -.7 0 -.9 .02 -1.06',
    'M0 -.42 C.1 -.7 .3 -.8 .42 -.88',
  ];
  const body = curve(
    'M0 1.06 C-.16 1.02 -.54 -.05 -.5 -.3 C-.46 -.62 .46 -.62 .5 -.3 C.54 -.05 .16 1.02 0 1.06 Z',
  );
  const upright = [
    ...plain('stem', ...fronds.map((frond) => stroke(frond, 0.17))),
    ...solid([body]),
    ...plain(
      'dark',
      stroke('M-.46 -.06 L-.16 -.02', 0.06),
      stroke('M.4 .16 L.12 .2', 0.06),
      stroke('M-.28 .48 L-.04 .5', 0.06),
    ),
  ];
  return turned(upright, 0.5);
}

const STRAWBERRY = curve(
  'M0 1 C-.38 .96 -.92 .2 -.88 -.26 C-.84 -.68 -.36 -.72 0 -.6 C.36 -.72 .84 -.68 .88 -.26 C.92 .2 .38 .96 0 1 Z',
);
const LEAF = curve('M.86 -.88 C1.02 .2 .4 1.02 -.56 .64 C-1.04 -.24 -.24 -1 .86 -.88 Z');
const BANANA = curve('M-.84 -.74 C-1.06 .1 -.42 1 .86 .5 L.98 .24 C.26 .34 -.3 .0 -.52 -.78 Z');
const ACORN_CAP = curve('M-.84 -.06 C-.9 -.78 .9 -.78 .84 -.06 C.5 .1 -.5 .1 -.84 -.06 Z');
const WHALE = curve(
  'M-1 .2 C-1 -.36 -.5 -.48 -.16 -.46 C.24 -.42 .38 .02 .56 .02 C.68 .02 .7 -.12 .68 -.24 C.5 -.28 .42 -.46 .44 -.62 C.6 -.62 .72 -.54 .77 -.42 C.82 -.54 .9 -.62 1.04 -.62 C1.06 -.46 1 -.3 .86 -.24 C.96 .3 .66 .78 -.1 .78 C-.66 .78 -1 .6 -1 .2 Z',
);
const TREE_CROWN = [
  ellipse(0, -0.48, 0.5),
  ellipse(-0.46, -0.06, 0.44),
  ellipse(0.46, -0.06, 0.44),
  ellipse(0, 0.08, 0.46),
];

export const DRAWINGS: Readonly<Record<Kind, Drawing>> = {
  circle: once([...solid([ellipse(0, 0, 0.93)]), ...shine(-0.4, -0.42, 0.22, 0.13)]),
  square: once([
    ...solid([rectangle(-0.84, -0.84, 0.84, 0.84, 0.2)]),
    ...shine(-0.45, -0.52, 0.2, 0.09, 0),
  ]),
  triangle: once([
    ...solid([polygon([0, -1.02, 1.04, 0.84, -1.04, 0.84], 0.2)]),
    ...shine(-0.2, -0.22, 0.2, 0.08, -1.05),
  ]),
  ring: once([
    ...solid([ellipse(0, 0, 0.94), hole(ellipse(0, 0, 0.48))]),
    ...shine(-0.5, -0.5, 0.2, 0.08, -0.78),
  ]),
  diamond: once([
    ...solid([polygon([0, -1.06, 0.78, 0, 0, 1.06, -0.78, 0], 0.12)]),
    ...plain('light', polygon([-0.06, -0.72, -0.06, -0.3, -0.38, -0.18, -0.44, -0.2], 0.05)),
  ]),
  strawberry: once([
    ...solid([STRAWBERRY]),
    ...plain(
      'light',
      ...[-0.45, -0.12, 0, -0.05, 0.45, -0.12, -0.24, 0.26, 0.24, 0.26, 0, 0.6].flatMap(
        (v, i, all) => (i % 2 === 0 ? [ellipse(v, all[i + 1], 0.055, 0.085)] : []),
      ),
    ),
    ...plain(
      'stem',
      curve('M0 -.72 L.5 -.84 L.4 -.5 L.12 -.54 L0 -.26 L-.12 -.54 L-.4 -.5 L-.5 -.84 Z'),
    ),
    ...plain('stem', stroke('M0 -.68 C0 -.84 .04 -.94 .12 -1.02', 0.11)),
  ]),
  carrot: once(carrot()),
  banana: once([
    ...solid([BANANA]),
    ...plain('dark', stroke('M-.66 -.5 C-.6 .1 -.1 .5 .6 .42', 0.05)),
    ...plain('ink', curve('M-.84 -.76 L-.54 -.8 L-.56 -.98 L-.74 -.98 Z')),
    ...plain('ink', curve('M.84 .52 L1.02 .44 L1.06 .24 L.94 .23 Z')),
  ]),
  leaf: once([
    ...plain('outline', stroke('M-.5 .58 L-.92 .96', 0.14)),
    ...solid([LEAF]),
    ...plain(
      'dark',
      stroke('M-.5 .58 C-.2 .3 .3 -.2 .62 -.62', 0.075),
      stroke('M-.16 .25 C-.2 0 -.24 -.14 -.3 -.26', 0.055),
      stroke('M-.16 .25 C.1 .3 .24 .34 .36 .36', 0.055),
      stroke('M.2 -.12 C.16 -.32 .12 -.44 .06 -.54', 0.055),
      stroke('M.2 -.12 C.42 -.06 .54 -.04 .64 -.04', 0.055),
    ),
  ]),
  drop: once([
    ...solid([
      curve(
        'M0 -1.02 C.2 -.55 .76 -.1 .76 .32 C.76 .74 .42 1 0 1 C-.42 1 -.76 .74 -.76 .32 C-.76 -.1 -.2 -.55 0 -1.02 Z',
      ),
    ]),
    ...plain('light', stroke('M-.46 .34 C-.44 .56 -.3 .7 -.14 .74', 0.13)),
  ]),
  grapes: once(grapes()),
  pig: once([
    ...solid(
      [
        polygon([-0.86, -0.92, -0.22, -0.66, -0.74, -0.22], 0.12),
        polygon([0.86, -0.92, 0.22, -0.66, 0.74, -0.22], 0.12),
      ],
      'dark',
      'dark',
    ),
    ...solid([ellipse(0, 0.12, 0.92, 0.82)]),
    ...plain('dark', grown(ellipse(0, 0.32, 0.36, 0.26), 0.05)),
    ...plain('light', ellipse(0, 0.32, 0.36, 0.26)),
    ...plain('outline', ellipse(-0.13, 0.32, 0.07, 0.1), ellipse(0.13, 0.32, 0.07, 0.1)),
    ...eyes(0.4, -0.12, 0.09),
  ]),
  acorn: once([
    ...solid([curve('M-.66 -.16 C-.68 .5 -.3 .78 0 1.02 C.3 .78 .68 .5 .66 -.16 Z')]),
    ...shine(-0.32, 0.3, 0.2, 0.08, 1.35),
    ...plain('outline', stroke('M0 -.5 C0 -.75 .04 -.85 .14 -.96', 0.15)),
    ...solid([ACORN_CAP], 'dark', 'dark'),
    {
      paths: [-0.6, -0.2, 0.2, 0.6].flatMap((x) => [
        stroke(`M${x} -.7 L${x + 0.24} .1`, 0.045),
        stroke(`M${x} -.7 L${x - 0.24} .1`, 0.045),
      ]),
      tone: 'outline',
      clip: [ACORN_CAP],
    },
  ]),
  sun: once(sun()),
  heart: once([...solid([HEART]), ...shine(-0.52, -0.46, 0.2, 0.12)]),
  whale: once([
    ...plain(
      'mist',
      stroke('M-.4 -.5 C-.4 -.76 -.5 -.9 -.68 -.92', 0.1),
      stroke('M-.4 -.5 C-.4 -.76 -.3 -.9 -.12 -.92', 0.1),
    ),
    ...solid([WHALE]),
    { paths: [ellipse(-0.4, 0.92, 0.78, 0.5, 0.08)], tone: 'light', clip: [WHALE] },
    ...plain('ink', ellipse(-0.6, 0.06, 0.085)),
    ...plain('dark', curve('M-.1 .26 C.06 .3 .3 .42 .3 .58 C.08 .6 -.08 .46 -.1 .26 Z')),
  ]),
  tree: once([
    ...plain('stem', curve('M-.15 .2 L.15 .2 L.13 .86 L.24 1.02 L-.24 1.02 L-.13 .86 Z')),
    ...solid(TREE_CROWN),
    ...plain(
      'dark',
      stroke('M-.5 .02 C-.4 .12 -.26 .12 -.18 .04', 0.05),
      stroke('M.12 -.3 C.22 -.2 .36 -.2 .44 -.28', 0.05),
    ),
    ...shine(-0.22, -0.62, 0.16, 0.09),
  ]),
  star,
  clover,
};
