/** Two whole distributions of one token, and any divergence between them, by the kernels' own float64 twin. */

import type { TokenTrace, Trace, TraceTopEntry } from '../../../contract/trace/trace.ts';
import { measureOnCpu } from '../../../kernels/divergence-cpu.ts';
import type { DivergenceRow, TopEntry } from '../../../kernels/types.ts';
import type { MethodConfig, TeacherName } from '../../../method/types.ts';
import { type Knobs, knobsOf, type Turned } from './turned.ts';

/** Everything that is to be said and drawn of a pair as it was turned. */
export interface MeasuredNow extends Measured {
  readonly pair: Pair;
  /** Length of the gradient if there were no clip. */
  readonly unclipped: number;
  /** The token with the figures as they were measured here. */
  readonly token: TokenTrace;
  /** The method with what was turned of it. */
  readonly method: MethodConfig;
}

/** Logits before any temperature, `[vocab]` each. */
export interface Pair {
  readonly id: string;
  readonly label: string;
  /** Index of the token in the rollout. */
  readonly token: number;
  readonly teacher: TeacherName;
  /** What the teacher saw. */
  readonly shown: 'as it is' | 'another picture';
  readonly student: Float32Array;
  readonly teacherLogits: Float32Array;
  /** Texts of the entries that either side finds probable, by id. */
  readonly texts: Readonly<Record<number, string>>;
}

interface Measured {
  readonly row: DivergenceRow;
  /** Euclidean length of the gradient by the student's logits; 0 where the clip takes it away. */
  readonly gradient: number;
}

const LISTED = 6;

/** @throws PlaygroundError of the kernels for a setting out of bounds. */
function measurePair(pair: Pair, id: number, knobs: Knobs): Measured {
  const vocab = pair.student.length;
  const matrix = (data: Float32Array) => ({ data, rows: 1, cols: vocab });
  const gradient = new Float32Array(vocab);
  const [row] = measureOnCpu(
    matrix(pair.student),
    matrix(pair.teacherLogits),
    {
      vocab,
      rows: [{ student: 0, teacher: 0, sampledId: id }],
      temperature: knobs.temperature,
      divergence: knobs.divergence,
      clip: knobs.clip,
      jsdBeta: knobs.divergence.kind === 'jsd' ? knobs.divergence.beta : 0.5,
      topK: LISTED,
    },
    matrix(gradient),
  );
  return { row, gradient: Math.hypot(...gradient) };
}

/** The token of a trace with its figures as they were measured anew, for the widgets that draw tokens. */
function tokenWith(trace: Trace, pair: Pair, knobs: Knobs, { row }: Measured): TokenTrace {
  const token = trace.tokens[pair.token];
  const listed = (entries: readonly TopEntry[]): TraceTopEntry[] =>
    entries.map((entry) => ({ ...entry, text: pair.texts[entry.id] ?? `#${entry.id}` }));
  return {
    ...token,
    teacher: pair.teacher,
    studentLogProb: row.studentLogProb,
    teacherLogProb: row.teacherLogProb,
    forwardKl: row.forwardKl,
    reverseKl: row.reverseKl,
    jsd: row.jsd ?? undefined,
    loss: row.loss,
    clipped: row.clipped && knobs.clip.kind === 'token',
    studentEntropy: row.studentEntropy,
    teacherEntropy: row.teacherEntropy,
    studentTop: listed(row.studentTop),
    teacherTop: listed(row.teacherTop),
    studentTail: row.studentTail,
    teacherTail: row.teacherTail,
  };
}

/** @param pairs at least one */
export function measuredNow(trace: Trace, pairs: readonly Pair[], turned: Turned): MeasuredNow {
  const pair = pairs.find(({ id }) => id === turned.pair) ?? pairs[0];
  const knobs = knobsOf(turned);
  const { id } = trace.tokens[pair.token];
  const measured = measurePair(pair, id, knobs);
  const { gradient: unclipped } = measurePair(pair, id, { ...knobs, clip: { kind: 'none' } });
  const { method } = trace;
  return {
    ...measured,
    pair,
    unclipped,
    token: tokenWith(trace, pair, knobs, measured),
    method: {
      ...method,
      temperature: turned.temperature,
      clip: knobs.clip,
      boundaryClip: { kind: 'none' },
      divergence: { ...method.divergence, [pair.teacher]: knobs.divergence },
    },
  };
}

/** The entropy of β, nats: no generalised JSD is above it. */
export const mostJsd = (beta: number): number =>
  -beta * Math.log(beta) - (1 - beta) * Math.log(1 - beta);
