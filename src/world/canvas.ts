/** A tiny rasteriser: closed paths to exact area coverage to opaque RGBA pixels. */

import type { Path } from './paths.ts';

/** Red, green and blue in 0..255 (sRGB). */
export type Rgb = readonly [number, number, number];

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A square picture; every coordinate is in picture units, 0..1 from the left and from the top. */
export class Canvas {
  readonly size: number;
  /** RGBA, opaque, `size * size * 4` bytes, row by row from the top. */
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  #cover = new Float64Array(0);
  #mask = new Float64Array(0);

  /** @param size edge in pixels */
  constructor(size: number, background: Rgb) {
    this.size = size;
    this.data = new Uint8ClampedArray(size * size * 4);
    for (let i = 0; i < this.data.length; i += 4) {
      this.data[i] = background[0];
      this.data[i + 1] = background[1];
      this.data[i + 2] = background[2];
      this.data[i + 3] = 255;
    }
  }

  /** Paints the union of `paths` (holes cut out), only where `clip` lies if it is given. */
  fill(paths: readonly Path[], color: Rgb, alpha = 1, clip?: readonly Path[]): void {
    // One box for both, so that the clip's own edges fall inside it.
    const box = this.#boxOf(clip === undefined ? paths : [...paths, ...clip]);
    if (box === undefined) return;
    const cells = box.width * box.height;
    if (this.#cover.length < cells) {
      this.#cover = new Float64Array(cells);
      this.#mask = new Float64Array(cells);
    }
    this.#accumulate(paths, box, this.#cover);
    if (clip !== undefined) this.#accumulate(clip, box, this.#mask);
    this.#blend(box, color, alpha, clip !== undefined);
  }

  /** Darkens an ellipse with a smooth edge: a soft shadow. */
  shadow(cx: number, cy: number, rx: number, ry: number, color: Rgb, alpha: number): void {
    const n = this.size;
    const top = Math.max(0, Math.floor((cy - ry) * n));
    const bottom = Math.min(n, Math.ceil((cy + ry) * n));
    const left = Math.max(0, Math.floor((cx - rx) * n));
    const right = Math.min(n, Math.ceil((cx + rx) * n));
    for (let y = top; y < bottom; y++) {
      const v = ((y + 0.5) / n - cy) / ry;
      for (let x = left; x < right; x++) {
        const u = ((x + 0.5) / n - cx) / rx;
        const inside = 1 - u * u - v * v;
        if (inside > 0) this.#mix(4 * (y * n + x), color, alpha * inside * (2 - inside));
      }
    }
  }

  #mix(at: number, color: Rgb, a: number): void {
    const data = this.data;
    data[at] += (color[0] - data[at]) * a;
    data[at + 1] += (color[1] - data[at + 1]) * a;
    data[at + 2] += (color[2] - data[at + 2]) * a;
  }

  /** Pixel box of the paths: cut off above and below, whole to the sides, where the sums run. */
  #boxOf(paths: readonly Path[]): Box | undefined {
    let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const path of paths) {
      for (let i = 0; i < path.length; i += 2) {
        x0 = Math.min(x0, path[i]);
        x1 = Math.max(x1, path[i]);
        y0 = Math.min(y0, path[i + 1]);
        y1 = Math.max(y1, path[i + 1]);
      }
    }
    const left = Math.floor(x0 * this.size);
    const top = Math.max(0, Math.floor(y0 * this.size));
    const width = Math.ceil(x1 * this.size) - left + 2;
    const height = Math.min(this.size, Math.ceil(y1 * this.size)) - top;
    return height > 0 && width > 2 ? { left, top, width, height } : undefined;
  }

  /** Signed area coverage differences, as in font-rs (R. Levien): a running sum gives coverage. */
  #accumulate(paths: readonly Path[], box: Box, into: Float64Array): void {
    into.fill(0, 0, box.width * box.height);
    for (const path of paths) {
      for (let i = 0; i < path.length; i += 2) {
        const j = i + 2 === path.length ? 0 : i + 2;
        this.#edge(path[i], path[i + 1], path[j], path[j + 1], box, into);
      }
    }
  }

  #edge(ax: number, ay: number, bx: number, by: number, box: Box, into: Float64Array): void {
    const down = ay < by;
    const n = this.size;
    const x0 = (down ? ax : bx) * n - box.left;
    const y0 = (down ? ay : by) * n - box.top;
    const x1 = (down ? bx : ax) * n - box.left;
    const y1 = (down ? by : ay) * n - box.top;
    if (y0 === y1) return;
    const slope = (x1 - x0) / (y1 - y0);
    const last = Math.min(box.height, Math.ceil(y1));
    let x = y0 < 0 ? x0 - y0 * slope : x0;
    for (let row = Math.max(0, Math.floor(y0)); row < last; row++) {
      const dy = Math.min(row + 1, y1) - Math.max(row, y0);
      const next = x + slope * dy;
      spread(into, row * box.width, Math.min(x, next), Math.max(x, next), down ? -dy : dy);
      x = next;
    }
  }

  #blend(box: Box, color: Rgb, alpha: number, masked: boolean): void {
    const n = this.size;
    const right = Math.min(box.width, n - box.left);
    for (let row = 0; row < box.height; row++) {
      let [cover, mask] = [0, 0];
      for (let x = 0; x < right; x++) {
        const cell = row * box.width + x;
        cover += this.#cover[cell];
        if (masked) mask += this.#mask[cell];
        if (box.left + x < 0) continue;
        let a = alpha * Math.min(1, cover);
        if (masked) a *= Math.max(0, Math.min(1, mask));
        if (a > 1e-3) this.#mix(4 * ((box.top + row) * n + box.left + x), color, a);
      }
    }
  }
}

/** Spreads one row's piece of an edge, from `x0` to `x1` with signed height `d`, over its cells. */
function spread(into: Float64Array, start: number, x0: number, x1: number, d: number): void {
  const limit = into.length - 1;
  const first = Math.floor(x0);
  const end = Math.ceil(x1);
  const at = start + first;
  if (at < 0 || start + end > limit) return;
  if (end <= first + 1) {
    const right = 0.5 * (x0 + x1) - first;
    into[at] += d - d * right;
    into[at + 1] += d * right;
    return;
  }
  const s = 1 / (x1 - x0);
  const before = x0 - first;
  const after = x1 - end + 1;
  const a0 = 0.5 * s * (1 - before) * (1 - before);
  const am = 0.5 * s * after * after;
  into[at] += d * a0;
  if (end === first + 2) into[at + 1] += d * (1 - a0 - am);
  else {
    const a1 = s * (1.5 - before);
    into[at + 1] += d * (a1 - a0);
    for (let x = first + 2; x < end - 1; x++) into[start + x] += d * s;
    into[start + end - 1] += d * (1 - (a1 + (end - first - 3) * s) - am);
  }
  into[start + end] += d * am;
}
