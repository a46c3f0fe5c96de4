/** Values as table libraries give them, in the terms of JSON; bytes stay bytes. */

const DEPTH = 12;

export function plainValue(value: unknown, depth = DEPTH): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return value;
  if (value instanceof Date) return value.toISOString();
  if (depth <= 0) return null;
  if (Array.isArray(value)) return value.map((item) => plainValue(item, depth - 1));
  if (ArrayBuffer.isView(value) || Symbol.iterator in value)
    return Array.from(value as unknown as Iterable<unknown>, (item) => plainValue(item, depth - 1));
  const json: unknown =
    'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value;
  return Object.fromEntries(
    Object.entries(json as object).map(([key, inner]) => [key, plainValue(inner, depth - 1)]),
  );
}
