/** Settings of a method changed by their paths, each with whatever it needs beside it. */
import { PlaygroundError } from '../../base/errors.ts';
import { withReading } from '../../method/named-methods.ts';
import type { MethodConfig } from '../../method/types.ts';
import { validateMethod } from '../../method/validate.ts';

export const READING = 'method.reading';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A method with several settings changed, by path (`method.clip.value`). A reading brings its switches and a
 * kind its value or β, so these go first and the others may set them otherwise, in any order.
 * @throws PlaygroundError `method.invalid-setting`, and `method.idle-setting` for one that this method does not
 * have, the value of a clip that is off say: it would do nothing.
 */
export function withMethodSettings(method: MethodConfig, changes: Fields): MethodConfig {
  const result = inOrder(changes).reduce<MethodConfig>((own, [path, value]) => {
    const { method: next } = withValue({ method: own }, path.split('.'), value);
    const valid = validateMethod(completedMethod(next));
    return path === READING ? withReading(valid, valid.reading) : valid;
  }, method);
  refuseIdle({ method: result }, changes);
  return result;
}

/** Changes in the order in which none undoes another. */
export const inOrder = (changes: Fields): [path: string, value: unknown][] =>
  Object.entries(changes).toSorted(([a], [b]) => rank(a) - rank(b));

function rank(path: string): number {
  if (path === READING) return 0;
  return path.endsWith('.kind') ? 1 : 2;
}

/** Throws `method.idle-setting` for the first path at which the settings have nothing. */
export function refuseIdle(settings: Fields, changes: Fields): void {
  const idle = Object.keys(changes).find((path) => valueAt(settings, path) === undefined);
  if (idle === undefined) return;
  const kind = idle.replace(/\.(value|beta)$/, '.kind');
  throw new PlaygroundError({
    code: 'method.idle-setting',
    message: `The setting ${idle} would do nothing: these settings have none.`,
    fix: kind === idle ? 'Leave it out.' : `Set ${kind} too, or leave it out.`,
    where: idle,
  });
}

/** The value at a dotted path, or undefined. */
export function valueAt(settings: Fields, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
      settings,
    );
}

/** A copy with one value changed; objects on the way are made where there are none. */
export function withValue(value: unknown, keys: readonly string[], to: unknown): Fields {
  const [key, ...rest] = keys;
  const own: Fields = typeof value === 'object' && value !== null ? { ...value } : {};
  return { ...own, [key]: rest.length === 0 ? to : withValue(own[key], rest, to) };
}

/** Fills in what a changed kind asks for: a value for a clip, a β for a JSD. */
export function completedMethod(input: unknown): unknown {
  if (!isObject(input)) return input;
  const filled = (value: unknown, by: Fields) => (isObject(value) ? { ...by, ...value } : value);
  const divergence = isObject(input.divergence)
    ? Object.fromEntries(
        Object.entries(input.divergence).map(([name, own]) => [name, filled(own, { beta: 0.5 })]),
      )
    : input.divergence;
  const value = 0.05;
  return {
    ...input,
    divergence,
    clip: filled(input.clip, { value }),
    boundaryClip: filled(input.boundaryClip, { value }),
  };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
