/** What the page draws of a run: groups, rows, bars. */

import type { BenchResult, Contender, Doing, Op, Shape } from '../../kernel-bench/contract.ts';
import { CONTENDER_NAMES, shapeKey, shapeName } from './names.ts';
import type { Run } from './state.ts';

export type Row = { readonly contender: Contender } & (
  | { readonly kind: 'result'; readonly result: BenchResult }
  | { readonly kind: 'failure'; readonly reason: string }
  | { readonly kind: 'waiting'; readonly what: string }
);

/** One operation at one shape. */
export interface Group {
  readonly key: string;
  readonly op: Op;
  readonly shape: Shape;
  readonly rows: readonly Row[];
  /** What ours reads in a full queue, GB/s, where that was measured: forward KL alone. */
  readonly queuedGBps: number | null;
}

/** Groups in the order they are measured, as far as the run has come; fastest first once measured. */
export function groupsOf(run: Run): Group[] {
  const groups: Group[] = [];
  for (const shape of run.request.shapes) {
    for (const op of run.request.ops) {
      const rows = rowsOf(run, op, shape);
      if (rows.length === 0) continue;
      const queued = run.queued.find(
        (rate) => shapeKey([rate.tokens, rate.vocab]) === shapeKey(shape),
      );
      const queuedGBps = op === 'forwardKl' ? (queued?.floorGBps ?? null) : null;
      groups.push({ key: `${op} ${shapeKey(shape)}`, op, shape, rows, queuedGBps });
    }
  }
  return groups;
}

function rowsOf(run: Run, op: Op, shape: Shape): Row[] {
  const isHere = (entry: { op: Op | null; tokens: number; vocab: number }) =>
    entry.op === op && entry.tokens === shape[0] && entry.vocab === shape[1];
  const results = run.results.filter(isHere).sort((a, b) => a.ms - b.ms);
  const failures = run.failures.filter(isHere);
  const doing = run.doing !== null && isHere(run.doing) ? run.doing : null;
  const waiting = doing === null || results.length > 0 ? [] : run.request.contenders;
  return [
    ...results.map((result): Row => ({ kind: 'result', contender: result.contender, result })),
    ...waiting
      .filter((contender) => failures.every((failure) => failure.contender !== contender))
      .map(
        (contender): Row => ({ kind: 'waiting', contender, what: waitOf(run, doing, contender) }),
      ),
    ...failures.map(
      ({ contender, error }): Row => ({
        kind: 'failure',
        contender,
        // What to do about a GPU that is not there is said once, beside the machine.
        reason: error.code === 'gpu.unavailable' ? error.message : `${error.message} ${error.fix}`,
      }),
    ),
  ];
}

/** How far a contender of the group under way has come. */
function waitOf(run: Run, doing: Doing | null, contender: Contender): string {
  const { contenders, repeats } = run.request;
  if (doing === null || doing.contender === null) return 'waits';
  const [at, now] = [contenders.indexOf(contender), contenders.indexOf(doing.contender)];
  if (doing.run === 0) return at < now ? 'ready' : at === now ? 'prepares' : 'waits';
  return `run ${at <= now ? doing.run : doing.run - 1} of ${repeats}`;
}

/** What is done at the moment, in words. */
export function doingText({ what, op, tokens, vocab, contender }: Doing, opName: string): string {
  const place = shapeName([tokens, vocab]);
  if (op === null || contender === null) return `Logits of ${place}`;
  const verb = what === 'prepare' ? 'prepare and check' : 'measure';
  return `${opName}, ${place}: ${verb} ${CONTENDER_NAMES[contender].name}`;
}

export type ScaleKind = 'linear' | 'log';

/** Where bars begin and end, in milliseconds. */
export interface Scale {
  readonly kind: ScaleKind;
  readonly from: number;
  readonly to: number;
}

/** A scale that holds every time of a group: from 0, or from the power of ten below the fastest. */
export function scaleOf(rows: readonly Row[], kind: ScaleKind): Scale {
  const times = rows.flatMap((row) =>
    row.kind === 'result' ? [row.result.ms, row.result.minMs, row.result.maxMs] : [],
  );
  // A single slow outlier must not flatten all bars, so whiskers may leave the scale.
  const medians = rows.flatMap((row) => (row.kind === 'result' ? [row.result.ms] : []));
  const to = 1.15 * Math.max(...medians, 0.001);
  if (kind === 'linear') return { kind, from: 0, to };
  return { kind, from: 10 ** Math.floor(Math.log10(Math.max(Math.min(...times), 0.001))), to };
}

/** Share of the scale's length at which a time lies, in [0, 1]. */
export function positionOf(ms: number, { kind, from, to }: Scale): number {
  const share =
    kind === 'linear'
      ? (ms - from) / (to - from)
      : Math.log(Math.max(ms, from) / from) / Math.log(to / from);
  return Math.min(1, Math.max(0, share));
}

/** `0.84×`, `2.3×`, `31×`. */
export function formatTimes(times: number): string {
  return `${times.toFixed(times < 1 ? 2 : times < 10 ? 1 : 0)}×`;
}

/** The browser's name and version, out of its user agent string. */
export function browserName(userAgent: string): string {
  const names = [
    [/Edg\/(\d+)/, 'Edge'],
    [/Firefox\/(\d+)/, 'Firefox'],
    [/HeadlessChrome\/(\d+)/, 'Chromium, headless,'],
    [/Chrome\/(\d+)/, 'Chrome'],
    [/Version\/(\d+).*Safari/, 'Safari'],
  ] as const;
  for (const [pattern, name] of names) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version}`;
  }
  return userAgent;
}
