/** Whether a trace's leakage is of its own tokens. Pure. */

import type { Trace, TraceLeakage } from '../../contract/trace/trace.ts';
import { SIGHT } from '../../method/sight.ts';
import type { MethodName } from '../../method/types.ts';
import type { TraceFault } from './trace-reading.ts';

/** The student's log-probability is computed in two batches, in float32. */
const TOLERANCE = 1e-3;

type Pair = readonly [field: string, expected: unknown, found: unknown];

/** The first figure or name of the leakage that does not go with the rest of the trace; null where all do. */
export function leakageFault(trace: Trace): TraceFault | null {
  const { leakage } = trace;
  if (leakage === undefined) return null;
  const pairs: Pair[] = [
    ['valid', true, trace.valid],
    ['leakage.methods.vigos.name', 'vigos', leakage.methods.vigos.name],
    ['leakage.methods.opsd.name', 'opsd', leakage.methods.opsd.name],
    ...(['vigos', 'opsd'] as const).flatMap((name) => tokenPairs(trace, leakage, name)),
  ];
  const other = pairs.find(([, expected, found]) => expected !== found);
  return other === undefined
    ? null
    : { field: other[0], expected: String(other[1]), found: String(other[2]) };
}

function tokenPairs(trace: Trace, leakage: TraceLeakage, name: MethodName): Pair[] {
  const list = leakage.tokens[name];
  const field = `leakage.tokens.${name}`;
  const pairs: Pair[] = [];
  const own = trace.method.name === name;
  if (own) {
    const taught = trace.tokens.filter(({ teacher }) => teacher !== null).length;
    pairs.push([field, `${taught} tokens`, `${list.length} tokens`]);
  }
  for (const [i, { token, segment, teacher, student, wrongAnswers }] of list.entries()) {
    const at = `${field}.${i}`;
    const there = trace.tokens[token];
    const rising = i === 0 || list[i - 1].token < token;
    pairs.push([`${at}.token`, true, rising && there !== undefined]);
    if (there === undefined) break;
    const k = SIGHT[teacher].answer ? leakage.wrongAnswers.length : 0;
    pairs.push([`${at}.segment`, there.segment, segment]);
    pairs.push([`${at}.wrongAnswers`, `${k} figures`, `${wrongAnswers.length} figures`]);
    if (own) pairs.push([`${at}.teacher`, there.teacher, teacher]);
    if (trace.method.temperature === 1 && Math.abs(there.studentLogProb - student) > TOLERANCE)
      pairs.push([`${at}.student`, there.studentLogProb, student]);
  }
  return pairs;
}
