import { describe, expect, it } from 'vitest';
import type { Rgb } from './canvas.ts';
import { DIAMETER } from './generate.ts';
import { GROUNDS, PAINTS } from './palette.ts';
import { type Picture, renderScene } from './render.ts';
import {
  BACKGROUNDS,
  COLORS,
  type ColorName,
  KINDS,
  type Kind,
  PARTED_THINGS,
  type Scene,
  type Size,
  USUAL_PARTS,
} from './scene.ts';

function sceneOf(kind: Kind, color: ColorName, size: Size = 'large', parts?: number): Scene {
  const object = { kind, color, size, cell: 4, x: 0.5, y: 0.5 };
  return {
    type: 'objects',
    background: 5,
    objects: [parts === undefined ? object : { ...object, parts }],
  };
}

/** FNV-1a of the bytes, as eight hexadecimal digits. */
function hashOf(picture: Picture): string {
  let hash = 0x811c9dc5;
  for (const byte of picture.data) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** CIELAB (D65) of an sRGB colour. */
function lab(rgb: Rgb): [number, number, number] {
  const [r, g, b] = rgb.map((v) => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : ((24389 / 27) * t + 16) / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function labDistance(a: Rgb, b: Rgb): number {
  const [p, q] = [lab(a), lab(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

/** Mean absolute difference of two pictures of one size, in 0..255. */
function difference(a: Picture, b: Picture): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Math.abs(a.data[i] - b.data[i]);
  return sum / a.data.length;
}

/** Mean colour of the pixels that differ much from the ground, within half an object's radius. */
function coreColor(picture: Picture, size: Size): Rgb {
  const n = picture.width;
  const radius = (DIAMETER[size] / 2) * 0.6;
  const sum = [0, 0, 0];
  let count = 0;
  for (let y = 0; y < n; y++)
    for (let x = 0; x < n; x++) {
      if (Math.hypot((x + 0.5) / n - 0.5, (y + 0.5) / n - 0.5) > radius) continue;
      const at = 4 * (y * n + x);
      const pixel: Rgb = [picture.data[at], picture.data[at + 1], picture.data[at + 2]];
      if (labDistance(pixel, GROUNDS[5]) < 22) continue;
      for (let c = 0; c < 3; c++) sum[c] += pixel[c];
      count++;
    }
  return [sum[0] / count, sum[1] / count, sum[2] / count];
}

function nearest(color: Rgb): ColorName {
  return [...COLORS].sort(
    (a, b) => labDistance(color, PAINTS[a]) - labDistance(color, PAINTS[b]),
  )[0];
}

/** The picture averaged over square blocks. */
function shrunk(picture: Picture, factor: number): Picture {
  const n = picture.width / factor;
  const data = new Uint8ClampedArray(4 * n * n);
  for (let y = 0; y < n; y++)
    for (let x = 0; x < n; x++)
      for (let c = 0; c < 4; c++) {
        let sum = 0;
        for (let j = 0; j < factor; j++)
          for (let i = 0; i < factor; i++)
            sum += picture.data[4 * ((y * factor + j) * picture.width + x * factor + i) + c];
        data[4 * (y * n + x) + c] = sum / factor ** 2;
      }
  return { width: n, height: n, data };
}

const TOOLS: readonly Scene[] = [
  { type: 'jar', background: 0, coins: 7, seed: 11 },
  {
    type: 'chart',
    background: 1,
    bars: [
      { color: 'red', value: 2 },
      { color: 'blue', value: 6 },
    ],
  },
  {
    type: 'dice',
    background: 2,
    seed: 3,
    dice: [
      { color: 'green', value: 5 },
      { color: 'yellow', value: 6 },
    ],
  },
  { type: 'clock', background: 3, hour: 4, color: 'purple', seed: 5 },
];

describe('colours', () => {
  it('lie well apart, from each other and from every ground', () => {
    for (const a of COLORS) {
      for (const b of COLORS)
        if (a !== b) expect(labDistance(PAINTS[a], PAINTS[b])).toBeGreaterThan(30);
      for (const ground of GROUNDS) expect(labDistance(PAINTS[a], ground)).toBeGreaterThan(30);
    }
    expect(GROUNDS).toHaveLength(BACKGROUNDS);
  });

  it.each(KINDS)('%s shows its own colour above all others', (kind) => {
    for (const color of COLORS)
      for (const size of ['large', 'small'] as const)
        expect(nearest(coreColor(renderScene(sceneOf(kind, color, size), 112), size))).toBe(color);
  });
});

describe('pictures', () => {
  const scenes = [...KINDS.map((kind, i) => sceneOf(kind, COLORS[i % 8])), ...TOOLS];

  it('are the same bytes each time, opaque, and as large as asked', () => {
    for (const scene of scenes) {
      const picture = renderScene(scene, 112);
      expect([picture.width, picture.height, picture.data.length]).toEqual([
        112,
        112,
        4 * 112 ** 2,
      ]);
      expect(hashOf(renderScene(scene, 112))).toBe(hashOf(picture));
      expect(picture.data.every((byte, i) => i % 4 !== 3 || byte === 255)).toBe(true);
    }
  });

  it('stay as they were when the model was trained on them', () => {
    expect(scenes.map((scene) => hashOf(renderScene(scene, 112)))).toMatchInlineSnapshot(`
      [
        "fa164e42",
        "5fab6ebf",
        "1b4fc3e2",
        "2d334e71",
        "2aca1bc1",
        "39fec3a4",
        "d925e4d1",
        "dd85c3e7",
        "c0c24bfd",
        "11a8a54e",
        "dcad7fc0",
        "ff1c446e",
        "4c80a4f0",
        "d123b115",
        "f3b0da30",
        "148fbfec",
        "0f54b13e",
        "1c29dfb2",
        "c7c975d4",
        "59b96b15",
        "c12a5817",
        "19aa538e",
        "18854f7f",
      ]
    `);
  });

  it('are the same picture for a person at 448 pixels and for the model at 112', () => {
    for (const scene of scenes) {
      const small = renderScene(scene, 112);
      const large = shrunk(renderScene(scene, 448), 4);
      expect(difference(small, large)).toBeLessThan(0.6);
    }
  });

  it('change nothing outside the object’s own place', () => {
    const reach = DIAMETER.large / 2 + 0.04;
    for (const kind of KINDS) {
      const { data } = renderScene(sceneOf(kind, 'red'), 112);
      for (let y = 0; y < 112; y++)
        for (let x = 0; x < 112; x++) {
          const far = Math.max(Math.abs((x + 0.5) / 112 - 0.5), Math.abs((y + 0.5) / 112 - 0.5));
          if (far > reach && data[4 * (y * 112 + x)] !== GROUNDS[5][0])
            expect.fail(`${kind} paints pixel ${x}, ${y}`);
        }
    }
  });

  it('put later objects in front', () => {
    const back = { kind: 'square', color: 'red', size: 'large', cell: 4, x: 0.5, y: 0.5 } as const;
    const front = {
      kind: 'circle',
      color: 'blue',
      size: 'small',
      cell: 4,
      x: 0.5,
      y: 0.5,
    } as const;
    const scene = { type: 'objects', background: 0, objects: [back, front] } as const;
    const centre = 4 * (56 * 112 + 58);
    const { data } = renderScene({ ...scene, objects: [...scene.objects] }, 112);
    expect([...data.slice(centre, centre + 3)]).toEqual([...PAINTS.blue]);
    const turned = renderScene({ ...scene, objects: [front, back] }, 112).data;
    expect([...turned.slice(centre, centre + 3)]).toEqual([...PAINTS.red]);
  });

  it('differ clearly between kinds, and between small and large', () => {
    for (const [i, a] of KINDS.entries()) {
      const one = renderScene(sceneOf(a, 'blue'), 112);
      for (const b of KINDS.slice(i + 1))
        expect(difference(one, renderScene(sceneOf(b, 'blue'), 112))).toBeGreaterThan(1);
      expect(difference(one, renderScene(sceneOf(a, 'blue', 'small'), 112))).toBeGreaterThan(1);
    }
  });

  it.each(PARTED_THINGS)('differ clearly between numbers of parts of a %s', (kind) => {
    const pictures = USUAL_PARTS[kind].range.map((parts) =>
      renderScene(sceneOf(kind, 'green', 'large', parts), 112),
    );
    for (const [i, one] of pictures.entries())
      for (const other of pictures.slice(i + 1))
        expect(difference(one, other)).toBeGreaterThan(0.8);
  });

  it('draw a thing without a stated number of parts with its usual number', () => {
    for (const kind of PARTED_THINGS) {
      const stated = sceneOf(kind, 'red', 'large', USUAL_PARTS[kind].usual);
      expect(hashOf(renderScene(sceneOf(kind, 'red'), 56))).toBe(hashOf(renderScene(stated, 56)));
    }
  });
});

describe('counts that can be read off', () => {
  /** Pixels of a picture within `tolerance` of a colour, as a share of the picture. */
  const share = ({ data, width }: Picture, [r, g, b]: Rgb, tolerance = 12) => {
    let count = 0;
    for (let i = 0; i < data.length; i += 4)
      if (Math.hypot(data[i] - r, data[i + 1] - g, data[i + 2] - b) < tolerance) count++;
    return count / width ** 2;
  };
  const gold: Rgb = [240, 184, 40];

  it('coins in the jar lie free of each other, whatever the seed', () => {
    const jar = (coins: number, seed: number) =>
      share(renderScene({ type: 'jar', background: 0, coins, seed }, 224), gold);
    const one = jar(1, 0);
    for (let coins = 1; coins <= 9; coins++)
      for (const seed of [1, 22, 333, 4095]) {
        const ratio = jar(coins, seed) / one;
        expect(Math.abs(ratio - coins)).toBeLessThan(0.35);
      }
  });

  it('bars are as high as their values', () => {
    const bar = (value: number) =>
      share(
        renderScene(
          {
            type: 'chart',
            background: 0,
            bars: [
              { color: 'blue', value },
              { color: 'red', value: 1 },
            ],
          },
          224,
        ),
        PAINTS.blue,
      );
    const step = bar(6) - bar(5);
    for (let value = 2; value <= 6; value++)
      expect(bar(value) - bar(value - 1)).toBeCloseTo(step, 2);
    expect(step).toBeGreaterThan(0.005);
  });

  it('dice show as many pips as their value', () => {
    const pips = (value: number) =>
      share(
        renderScene({ type: 'dice', background: 0, seed: 1, dice: [{ color: 'red', value }] }, 224),
        [255, 255, 255],
      );
    for (let value = 2; value <= 6; value++) expect(pips(value) / pips(1)).toBeCloseTo(value, 0);
  });

  it('hours differ clearly on one clock', () => {
    const clock = (hour: number): Picture =>
      renderScene({ type: 'clock', background: 0, hour, color: 'blue', seed: 9 }, 112);
    // The clock's place follows from its hour as well, so neighbours differ more than by the hand.
    for (let hour = 1; hour <= 12; hour++)
      expect(difference(clock(hour), clock((hour % 12) + 1))).toBeGreaterThan(0.8);
  });
});
