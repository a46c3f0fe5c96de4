/** A method said in few words: the named method that comes nearest to it, and what differs from that. */
import { NAMED_METHODS, type NamedMethod, withReading } from '../../method/named-methods.ts';
import type { MethodConfig } from '../../method/types.ts';
import { METHOD_FIELDS } from './method-fields.ts';
import { READING, valueAt } from './method-settings.ts';

export interface NearestMethod {
  readonly named: NamedMethod;
  /** By path (`method.clip.value`), as `withMethodSettings` takes them: it makes the method of the named one. */
  readonly changes: Readonly<Record<string, unknown>>;
}

/** The named method from which the fewest settings make this method; the first of several. */
export function nearestMethod(method: MethodConfig): NearestMethod {
  const [first, ...others] = NAMED_METHODS.filter((named) => named.method.name === method.name);
  return others
    .map((named) => ({ named, changes: changesFrom(named.method, method) }))
    .reduce((best, one) => (count(one.changes) < count(best.changes) ? one : best), {
      named: first,
      changes: changesFrom(first.method, method),
    });
}

/** The settings that make one method of another with its name; a reading brings its switches along. */
export function changesFrom(from: MethodConfig, to: MethodConfig): NearestMethod['changes'] {
  const reads = from.reading === to.reading ? from : withReading(from, to.reading);
  const changes: Record<string, unknown> = reads === from ? {} : { [READING]: to.reading };
  for (const { path } of METHOD_FIELDS) {
    const value = valueAt({ method: to }, path);
    if (value !== undefined && value !== valueAt({ method: reads }, path)) changes[path] = value;
  }
  return changes;
}

/** Whether two methods are one: the same name and every setting. */
export const sameMethod = (a: MethodConfig, b: MethodConfig): boolean =>
  a.name === b.name &&
  METHOD_FIELDS.every(({ path }) => valueAt({ method: a }, path) === valueAt({ method: b }, path));

const count = (changes: NearestMethod['changes']) => Object.keys(changes).length;
