/** Where the scales of a chart over steps begin and end, and what is marked between. Pure. */

/** A single step has a scale too. */
export function ends(steps: ArrayLike<number>): [number, number] {
  const first = steps[0] ?? 0;
  const last = steps[steps.length - 1] ?? first;
  return [first, Math.max(last, first + 1)];
}

/** A little room above and below, and a scale also for values that are all the same. */
export function padded(min: number, max: number): [number, number] {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const room = max > min ? (max - min) * 0.08 : Math.max(Math.abs(max) * 0.1, 1e-9);
  const low = min - room;
  return [min >= 0 && low < 0 ? 0 : low, max + room];
}

/** Round values from `min` to `max`, about as many as asked. */
export function roundMarks(min: number, max: number, about: number): number[] {
  if (!(max > min)) return [min];
  const rough = (max - min) / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((n) => n * power >= rough * 0.999) ?? 10) * power;
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}
