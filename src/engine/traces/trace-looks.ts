/** Whether what a trace says of its teachers' looking is of its own tokens. Pure. */

import type { Trace } from '../../contract/trace/trace.ts';
import { SIGHT } from '../../method/sight.ts';
import type { TraceFault } from './trace-reading.ts';

/** Divergences of the same logits, computed in two batches in float32: relative, and nats. */
const TOLERANCE = { relative: 1e-3, nats: 1e-5 };

type Pair = readonly [field: string, expected: unknown, found: unknown];

/** The first figure or name that does not go with the rest of the trace; null where all do. */
export function looksFault({ looks, tokens, method, instead }: Trace): TraceFault | null {
  if (looks === undefined) return null;
  const pairs: Pair[] = [
    ['looks.methods.vigos.name', 'vigos', looks.methods.vigos.name],
    ['looks.methods.opsd.name', 'opsd', looks.methods.opsd.name],
  ];
  for (const name of ['vigos', 'opsd'] as const) {
    const list = looks.tokens[name];
    const field = `looks.tokens.${name}`;
    const own = method.name === name;
    const taught = tokens.filter(({ teacher }) => teacher !== null).length;
    if (own) pairs.push([field, `${taught} tokens`, `${list.length} tokens`]);
    for (const [i, { token, segment, teacher, student, wrongAnswer }] of list.entries()) {
      const at = `${field}.${i}`;
      const there = tokens[token];
      pairs.push([
        `${at}.token`,
        true,
        (i === 0 || list[i - 1].token < token) && there !== undefined,
      ]);
      if (there === undefined) break;
      pairs.push([`${at}.segment`, there.segment, segment]);
      const answered = SIGHT[teacher].answer && looks.wrongAnswer !== null;
      pairs.push([`${at}.wrongAnswer`, answered, wrongAnswer !== null]);
      if (!own) continue;
      pairs.push([`${at}.teacher`, there.teacher, teacher]);
      const { forwardKl } = there;
      if (instead !== undefined || looks.temperature !== method.temperature || forwardKl === null)
        continue;
      const most = Math.max(TOLERANCE.nats, TOLERANCE.relative * Math.abs(forwardKl));
      if (Math.abs(forwardKl - student) > most) pairs.push([`${at}.student`, forwardKl, student]);
    }
  }
  const other = pairs.find(([, expected, found]) => expected !== found);
  return other === undefined
    ? null
    : { field: other[0], expected: String(other[1]), found: String(other[2]) };
}
