/** Closed outlines as flat point lists, and the few ways to make one: curves, strokes, growth, moves. */

/**
 * A closed polygon `[x0, y0, x1, y1, ...]`. A positive shoelace area (clockwise with y down) is
 * material, a negative one is a hole.
 */
export type Path = readonly number[];

const CURVE_STEPS = 14;

function shoelace(path: Path): number {
  let sum = 0;
  for (let i = 0; i < path.length; i += 2) {
    const j = (i + 2) % path.length;
    sum += path[i] * path[j + 1] - path[j] * path[i + 1];
  }
  return sum / 2;
}

function reversed(path: Path): Path {
  const result: number[] = [];
  for (let i = path.length - 2; i >= 0; i -= 2) result.push(path[i], path[i + 1]);
  return result;
}

/** The same outline, turned so that it is material. */
function material(path: Path): Path {
  return shoelace(path) < 0 ? reversed(path) : path;
}

/** The same outline, turned so that it cuts a hole. */
export function hole(path: Path): Path {
  return reversed(material(path));
}

export function ellipse(cx: number, cy: number, rx: number, ry = rx, turn = 0): Path {
  const steps = 56;
  const result: number[] = [];
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  for (let i = 0; i < steps; i++) {
    const a = (2 * Math.PI * i) / steps;
    const [x, y] = [rx * Math.cos(a), ry * Math.sin(a)];
    result.push(cx + x * c - y * s, cy + x * s + y * c);
  }
  return result;
}

/** Straight-sided outline through `points`, each corner rounded from `radius` away by a parabola. */
export function polygon(points: Path, radius = 0): Path {
  const outline = material(points);
  if (radius === 0) return outline;
  const result: number[] = [];
  const n = outline.length / 2;
  const point = (i: number) => [outline[2 * ((i + n) % n)], outline[2 * ((i + n) % n) + 1]];
  for (let i = 0; i < n; i++) {
    const [px, py] = point(i - 1);
    const [x, y] = point(i);
    const [nx, ny] = point(i + 1);
    const before = radius / Math.max(2 * radius, Math.hypot(px - x, py - y));
    const after = radius / Math.max(2 * radius, Math.hypot(nx - x, ny - y));
    const [ax, ay] = [x + (px - x) * before, y + (py - y) * before];
    const [bx, by] = [x + (nx - x) * after, y + (ny - y) * after];
    for (let k = 0; k <= 8; k++) {
      const t = k / 8;
      const [u, v, w] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t];
      result.push(u * ax + v * x + w * bx, u * ay + v * y + w * by);
    }
  }
  return result;
}

export function rectangle(
  left: number,
  top: number,
  right: number,
  bottom: number,
  radius = 0,
): Path {
  return polygon([left, top, right, top, right, bottom, left, bottom], radius);
}

/** Points along an open or closed curve given in SVG path letters (absolute M, L, C, Q, Z). */
function flatten(letters: string): number[] {
  const tokens = letters.match(/[MLCQZ]|-?\d*\.?\d+/g) ?? [];
  const result: number[] = [];
  let [x, y] = [0, 0];
  let at = 0;
  let letter = 'M';
  const take = () => Number(tokens[at++]);
  while (at < tokens.length) {
    if (/[MLCQZ]/.test(tokens[at])) letter = tokens[at++];
    if (letter === 'Z') break;
    const controls: number[] = [];
    const count = letter === 'C' ? 6 : letter === 'Q' ? 4 : 2;
    for (let i = 0; i < count; i++) controls.push(take());
    const [ex, ey] = controls.slice(-2);
    if (count === 2) result.push(ex, ey);
    else {
      const [ax, ay] = controls;
      // A quadratic curve is the cubic whose controls lie two thirds of the way to its own.
      const c =
        count === 6
          ? controls
          : [
              x + (2 / 3) * (ax - x),
              y + (2 / 3) * (ay - y),
              ex + (2 / 3) * (ax - ex),
              ey + (2 / 3) * (ay - ey),
            ];
      for (let k = 1; k <= CURVE_STEPS; k++) {
        const t = k / CURVE_STEPS;
        const s = 1 - t;
        const [w0, w1, w2, w3] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
        result.push(
          w0 * x + w1 * c[0] + w2 * c[2] + w3 * ex,
          w0 * y + w1 * c[1] + w2 * c[3] + w3 * ey,
        );
      }
    }
    [x, y] = [ex, ey];
  }
  return result;
}

/** A closed curve in SVG path letters (absolute M, L, C, Q, Z). */
export function curve(letters: string): Path {
  return material(flatten(letters));
}

/** A line of the given width with round ends, along an open curve in SVG path letters. */
export function stroke(letters: string, width: number): Path {
  const line = flatten(letters);
  const r = width / 2;
  const n = line.length / 2;
  const normals: number[] = [];
  for (let i = 0; i < n; i++) {
    const a = Math.max(0, i - 1);
    const b = Math.min(n - 1, i + 1);
    const [dx, dy] = [line[2 * b] - line[2 * a], line[2 * b + 1] - line[2 * a + 1]];
    const length = Math.hypot(dx, dy) || 1;
    normals.push(dy / length, -dx / length);
  }
  const result: number[] = [];
  const side = (i: number, sign: number) =>
    result.push(
      line[2 * i] + sign * r * normals[2 * i],
      line[2 * i + 1] + sign * r * normals[2 * i + 1],
    );
  const cap = (i: number, sign: number) => {
    const start = Math.atan2(sign * normals[2 * i + 1], sign * normals[2 * i]);
    for (let k = 1; k < 8; k++) {
      const a = start + (Math.PI * k) / 8;
      result.push(line[2 * i] + r * Math.cos(a), line[2 * i + 1] + r * Math.sin(a));
    }
  };
  for (let i = 0; i < n; i++) side(i, 1);
  cap(n - 1, 1);
  for (let i = n - 1; i >= 0; i--) side(i, -1);
  cap(0, -1);
  return material(result);
}

/** The outline moved outwards by `by`, with round outer corners; a hole gets smaller. */
export function grown(path: Path, by: number): Path {
  const points: number[] = [];
  for (let i = 0; i < path.length; i += 2) {
    const k = points.length;
    const repeats =
      k > 0 && Math.hypot(path[i] - points[k - 2], path[i + 1] - points[k - 1]) < 1e-9;
    if (!repeats) points.push(path[i], path[i + 1]);
  }
  const last = points.length - 2;
  if (Math.hypot(points[0] - points[last], points[1] - points[last + 1]) < 1e-9) points.length -= 2;
  const n = points.length / 2;
  const result: number[] = [];
  for (let i = 0; i < n; i++) {
    const [p, q] = [(i + n - 1) % n, (i + 1) % n];
    const [x, y] = [points[2 * i], points[2 * i + 1]];
    const [ax, ay] = [x - points[2 * p], y - points[2 * p + 1]];
    const [bx, by2] = [points[2 * q] - x, points[2 * q + 1] - y];
    const [la, lb] = [Math.hypot(ax, ay), Math.hypot(bx, by2)];
    const [nax, nay] = [ay / la, -ax / la];
    const [nbx, nby] = [by2 / lb, -bx / lb];
    const turn = Math.atan2(nax * nby - nay * nbx, nax * nbx + nay * nby);
    if (turn > 0.3) {
      const steps = Math.ceil(turn / 0.3);
      const start = Math.atan2(nay, nax);
      for (let k = 0; k <= steps; k++) {
        const a = start + (turn * k) / steps;
        result.push(x + by * Math.cos(a), y + by * Math.sin(a));
      }
    } else {
      const scale = by / Math.max(0.35, 1 + nax * nbx + nay * nby);
      result.push(x + scale * (nax + nbx), y + scale * (nay + nby));
    }
  }
  return result;
}

/** The outline scaled about the origin, then turned (radians, clockwise), then moved. */
export function placed(path: Path, x: number, y: number, scale = 1, turn = 0): Path {
  const [c, s] = [scale * Math.cos(turn), scale * Math.sin(turn)];
  const result = new Array<number>(path.length);
  for (let i = 0; i < path.length; i += 2) {
    result[i] = x + path[i] * c - path[i + 1] * s;
    result[i + 1] = y + path[i] * s + path[i + 1] * c;
  }
  return result;
}
