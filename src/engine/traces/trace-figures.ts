/** Whether a token's figures can be of two probability distributions, and its loss of their divergence. Pure. */

import type { TokenTrace, Trace, TraceTopEntry } from '../../contract/trace/trace.ts';
import { termAndSlope } from '../../kernels/entry-terms.ts';
import { boundaryTokens, tokenCap } from '../../method/supervision.ts';
import type { MethodConfig } from '../../method/types.ts';
import type { TraceFault } from './trace-reading.ts';

/** Figures are computed in float32 and written with seven digits. */
const TOLERANCE = 1e-4;
/** Far above any divergence of finite logits, nats. */
const MAX_NATS = 1e10;

type Fault = Omit<TraceFault, 'field'>;
/** Name of a figure and what is wrong with it. */
type Checked = readonly [figure: string, fault: Fault | null];

/** The first figure that contradicts the others; null where all go together. */
export function figureFault(trace: Trace): TraceFault | null {
  const boundary = new Set(boundaryTokens(trace.tokens));
  const texts = listedTexts(trace);
  for (const [i, token] of trace.tokens.entries()) {
    const checks = [
      ...idChecks(trace, token, texts),
      ...sideChecks(trace, token, 'student'),
      ...(token.teacher === null
        ? absentChecks(token)
        : [...sideChecks(trace, token, 'teacher'), ...pairChecks(trace, token, boundary.has(i))]),
    ];
    const wrong = checks.find(([, fault]) => fault !== null);
    if (wrong !== undefined && wrong[1] !== null)
      return { field: `tokens.${i}.${wrong[0]}`, ...wrong[1] };
  }
  return null;
}

/** The text of every id that a list has, as it is alone. */
function listedTexts({ tokens }: Trace): Map<number, string> {
  const lists = tokens.flatMap(({ studentTop, teacherTop }) => [
    ...studentTop,
    ...(teacherTop ?? []),
  ]);
  return new Map(lists.map(({ id, text }) => [id, text]));
}

function idChecks({ model }: Trace, token: TokenTrace, texts: Map<number, string>): Checked[] {
  const below = (id: number) => bounded(id, 0, model.vocabSize - 1);
  const lists = [
    ['studentTop', token.studentTop],
    ['teacherTop', token.teacherTop ?? []],
  ] as const;
  const listed = lists.flatMap(([name, list]) =>
    list.flatMap(({ id, text }, i): Checked[] => [
      [`${name}.${i}.id`, below(id)],
      [`${name}.${i}.text`, sameText(id, text, texts)],
    ]),
  );
  // Bytes of a character that several tokens make are another text among them than alone.
  const part = [token.text, texts.get(token.id) ?? ''].some((text) => /^$|\ufffd/.test(text));
  return [
    ['id', below(token.id)],
    ...listed,
    ['text', part ? null : sameText(token.id, token.text, texts)],
  ];
}

function sameText(id: number, text: string, texts: Map<number, string>): Fault | null {
  const other = texts.get(id);
  if (other === undefined || other === text) return null;
  return { expected: `“${other}”, the text of id ${id} elsewhere`, found: `“${text}”` };
}

/** Without a teacher there is nothing on its side. */
function absentChecks(token: TokenTrace): Checked[] {
  const nothing = (value: unknown): Fault | null =>
    value === null ? null : { expected: 'null, since nobody teaches it', found: String(value) };
  const figures = ['teacherLogProb', 'forwardKl', 'reverseKl', 'loss', 'teacherEntropy'] as const;
  return [
    ...[...figures, 'teacherTail', 'teacherTop'].map(
      (name): Checked => [name, nothing(Reflect.get(token, name))],
    ),
    ['clipped', token.clipped ? { expected: 'false without a loss', found: 'true' } : null],
    ['jsd', unasked(token.jsd)],
    ...token.studentTop.map(({ term }, i): Checked => [`studentTop.${i}.term`, unasked(term)]),
    ...token.studentTop.map(
      (entry, i): Checked => [`studentTop.${i}.otherP`, nothing(entry.otherP)],
    ),
  ];
}

const unasked = (value: number | undefined): Fault | null =>
  value === undefined ? null : { expected: 'no such figure', found: String(value) };

type Side = 'student' | 'teacher';

function sideChecks({ model }: Trace, token: TokenTrace, side: Side): Checked[] {
  const own = (figure: 'LogProb' | 'Entropy' | 'Tail' | 'Top') => `${side}${figure}` as const;
  const logProb = token[`${side}LogProb`];
  const entropy = token[`${side}Entropy`];
  const tail = token[`${side}Tail`];
  const top = token[`${side}Top`];
  if (logProb === null) return [[own('LogProb'), missing]];
  if (entropy === null) return [[own('Entropy'), missing]];
  if (tail === null) return [[own('Tail'), missing]];
  if (top === null) return [[own('Top'), missing]];
  const mass = top.reduce((sum, { p }) => sum + p, 0);
  const found = top.find(({ id }) => id === token.id);
  const p = Math.exp(logProb);
  const most = Math.min(tail, top.at(-1)?.p ?? 1);
  const unsorted = top.findIndex((entry, i) => i > 0 && entry.p > top[i - 1].p + 1e-9);
  const ids = new Set(top.map(({ id }) => id));
  return [
    [own('LogProb'), bounded(logProb, -MAX_NATS, TOLERANCE)],
    [own('Tail'), top.length === 0 ? null : near(mass + tail, 1, 'with the list a sum of 1')],
    [
      own('Top'),
      ids.size < top.length || top.length > model.vocabSize
        ? { expected: 'each entry once', found: 'one twice' }
        : null,
    ],
    [
      own('Top'),
      unsorted < 0 ? null : { expected: 'the most probable first', found: `entry ${unsorted}` },
    ],
    [own('Entropy'), entropyFault(entropy, top, tail, model.vocabSize)],
    [
      own('LogProb'),
      top.length === 0 || found?.p === 0
        ? null
        : found === undefined
          ? bounded(p, 0, most + TOLERANCE)
          : near(logProb, Math.log(found.p), 'the logarithm of its probability in the list'),
    ],
  ];
}

/** The tail adds least as one entry and most when it is spread over all that are not listed. */
function entropyFault(
  entropy: number,
  top: readonly TraceTopEntry[],
  tail: number,
  vocabSize: number,
): Fault | null {
  const parts = top.length === 0 ? [] : [...top.map(({ p }) => p), tail];
  const least = parts.reduce((sum, p) => sum - (p > 0 ? p * Math.log(p) : 0), 0);
  const spread = Math.log(Math.max(1, vocabSize - top.length));
  const most = top.length === 0 ? spread : least + tail * spread;
  const slack = TOLERANCE * (1 + spread);
  return bounded(entropy, least - slack, Math.min(most, Math.log(vocabSize)) + slack);
}

function pairChecks({ method }: Trace, token: TokenTrace, boundary: boolean): Checked[] {
  const { forwardKl, reverseKl, loss } = token;
  const studentTop = token.studentTop;
  const teacherTop = token.teacherTop ?? [];
  if (forwardKl === null) return [['forwardKl', missing]];
  if (reverseKl === null) return [['reverseKl', missing]];
  if (loss === null) return [['loss', missing]];
  const both = jointEntries(studentTop, teacherTop);
  const forward = coarseKl(both.map(([s, t]) => [t, s]));
  const reverse = coarseKl(both);
  return [
    ...otherChecks('studentTop', studentTop, token.teacherLogProb, token.id, teacherTop),
    ...otherChecks('teacherTop', teacherTop, token.studentLogProb, token.id, studentTop),
    ['forwardKl', bounded(forwardKl, forward - slackOf(forward), MAX_NATS)],
    ['reverseKl', bounded(reverseKl, reverse - slackOf(reverse), MAX_NATS)],
    ...jsdChecks(method, token),
    ...termChecks('studentTop', method, token),
    ...termChecks('teacherTop', method, token),
    ...lossChecks(method, token, boundary),
  ];
}

/** The other side's probability of an entry is what that side's own list and log-probability say. */
function otherChecks(
  name: 'studentTop' | 'teacherTop',
  list: readonly TraceTopEntry[],
  logProb: number | null,
  sampled: number,
  other: readonly TraceTopEntry[],
): Checked[] {
  const mass = list.reduce((sum, { otherP }) => sum + (otherP ?? 0), 0);
  const entries = list.map(({ id, otherP }, i): Checked => {
    const field = `${name}.${i}.otherP`;
    if (otherP === null) return [field, missing];
    const there = other.find((entry) => entry.id === id)?.p;
    if (there !== undefined) return [field, near(otherP, there, 'as in the other list')];
    if (id === sampled && logProb !== null)
      return [field, near(otherP, Math.exp(logProb), 'as its log-probability says')];
    const least = other.at(-1)?.p ?? 1;
    return [field, bounded(otherP, 0, least + TOLERANCE)];
  });
  return [...entries, [name, mass <= 1 + 1e-3 ? null : notOne(mass)]];
}

/** A mixture's divergence stands where the loss is made of it, and at its ends is one of the others. */
function jsdChecks(
  { divergence }: MethodConfig,
  { teacher, jsd, forwardKl, reverseKl }: TokenTrace,
): Checked[] {
  const own = teacher === null ? null : divergence[teacher];
  if (own?.kind !== 'jsd') return [['jsd', unasked(jsd)]];
  if (jsd === undefined) return [];
  if (own.beta === 0) return [['jsd', near(jsd, forwardKl ?? 0, 'the forward KL')]];
  if (own.beta === 1) return [['jsd', near(jsd, reverseKl ?? 0, 'the reverse KL')]];
  return [['jsd', bounded(jsd, -TOLERANCE, mostJsd(own) + TOLERANCE)]];
}

/** What an entry adds follows from both of its probabilities, unless one of them was rounded to nothing. */
function termChecks(
  name: 'studentTop' | 'teacherTop',
  { divergence }: MethodConfig,
  token: TokenTrace,
): Checked[] {
  const { teacher } = token;
  if (teacher === null) return [];
  return (token[name] ?? []).map(({ p, otherP, term }, i): Checked => {
    const field = `${name}.${i}.term`;
    if (term === undefined || p === 0 || otherP === 0 || otherP === null) return [field, null];
    const [ps, pt] = name === 'studentTop' ? [p, otherP] : [otherP, p];
    const [expected] = termAndSlope(divergence[teacher], ps, pt, Math.log(pt) - Math.log(ps));
    return [field, near(term, expected, 'what its probabilities make of it')];
  });
}

/** [student, teacher] of every entry that is in either list, and of all others together. */
function jointEntries(
  studentTop: readonly TraceTopEntry[],
  teacherTop: readonly TraceTopEntry[],
): (readonly [number, number])[] {
  const pairs = new Map<number, readonly [number, number]>();
  for (const { id, p, otherP } of studentTop) if (otherP !== null) pairs.set(id, [p, otherP]);
  for (const { id, p, otherP } of teacherTop) if (otherP !== null) pairs.set(id, [otherP, p]);
  if (pairs.size === 0) return [];
  const listed = [...pairs.values()];
  const rest = (side: 0 | 1) => Math.max(0, 1 - listed.reduce((sum, pair) => sum + pair[side], 0));
  return [...listed, [rest(0), rest(1)]];
}

/** KL(p‖q) of distributions whose entries were put together: never more than before (data processing inequality). */
function coarseKl(pairs: readonly (readonly [p: number, q: number])[]): number {
  // What is as small as the tolerance says nothing about a ratio.
  return pairs.reduce(
    (sum, [p, q]) => (p > 0 ? sum + p * Math.log(p / Math.max(q, 1e-12)) : sum),
    0,
  );
}

const slackOf = (kl: number): number => 1e-3 + 0.02 * Math.abs(kl);

function lossChecks(method: MethodConfig, token: TokenTrace, boundary: boolean): Checked[] {
  const { teacher, loss, clipped } = token;
  if (teacher === null || loss === null) return [];
  const divergence = method.divergence[teacher];
  const { clip, boundaryClip } = method;
  const boundaryCap = boundary && boundaryClip.kind === 'token' ? boundaryClip.value : null;
  const cap = tokenCap({ clip, boundaryCap });
  const used = usedOf(divergence, token);
  const atMost: Checked = [
    'loss',
    bounded(loss, -1, Math.min(cap, used ?? mostJsd(divergence)) + small(loss)),
  ];
  // Cut entry by entry, it is anything below.
  if (method.clip.kind === 'entry') return [atMost];
  if (used === null)
    return [atMost, ['loss', clipped ? near(loss, cap, 'the clip') : bounded(loss, 0, MAX_NATS)]];
  const close = Math.abs(used - cap) <= small(used);
  return [
    [
      'loss',
      Math.abs(loss - Math.min(used, cap)) <= small(used)
        ? null
        : { expected: `the divergence after the clip, ${Math.min(used, cap)}`, found: `${loss}` },
    ],
    [
      'clipped',
      close || clipped === used > cap
        ? null
        : { expected: `${used > cap}, since the divergence is ${used}`, found: `${clipped}` },
    ],
  ];
}

/** The divergence of the token's loss before any clip; null for a mixture in a file that does not hold it. */
function usedOf(
  divergence: MethodConfig['divergence']['reference'],
  { forwardKl, reverseKl, jsd }: TokenTrace,
): number | null {
  if (divergence.kind === 'forward-kl') return forwardKl;
  if (divergence.kind === 'reverse-kl') return reverseKl;
  if (jsd !== undefined) return jsd;
  if (divergence.beta === 0) return forwardKl;
  return divergence.beta === 1 ? reverseKl : null;
}

/** A Jensen-Shannon divergence is at most the entropy of its mixture's shares. */
function mostJsd(divergence: MethodConfig['divergence']['reference']): number {
  if (divergence.kind !== 'jsd') return MAX_NATS;
  const { beta } = divergence;
  return -beta * Math.log(beta) - (1 - beta) * Math.log(1 - beta);
}

const missing: Fault = { expected: 'a figure, since a teacher stands beside it', found: 'null' };
const notOne = (mass: number): Fault => ({ expected: 'at most 1 in all', found: String(mass) });
/** What rounding alone may do to two figures that are one. */
const small = (value: number): number => 1e-6 + 1e-5 * Math.abs(value);

function near(found: number, expected: number, what: string): Fault | null {
  return Math.abs(found - expected) <= TOLERANCE * (1 + Math.abs(expected))
    ? null
    : { expected: `${what}, ${expected}`, found: String(found) };
}

function bounded(value: number, least: number, most: number): Fault | null {
  return value >= least && value <= most
    ? null
    : { expected: `from ${least} to ${most}`, found: String(value) };
}
