/** The columns of the table of scored tokens. */

import type { ScoredToken } from '../contract/rollouts/rollout-scores.ts';

/** A token and where it stands. */
export interface PlacedToken {
  readonly file: string;
  readonly line: number;
  readonly row: number;
  readonly position: number;
  readonly token: ScoredToken;
}

/** Those of one rollout after another. */
export type PlacedTokens = AsyncIterable<readonly PlacedToken[]>;

export interface TokenColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'figure' | 'flag';
  /** Of a figure. */
  readonly unit?: 'nats';
  readonly what: string;
  /** Some tokens have none. */
  readonly nullable?: true;
  readonly of: (placed: PlacedToken) => string | number | boolean | null;
}

const figure = (name: string, what: string, of: (token: ScoredToken) => number | null) =>
  ({
    name,
    type: 'figure',
    unit: 'nats',
    nullable: true,
    what,
    of: ({ token }) => {
      const value = of(token);
      return value === null || Number.isNaN(value) ? null : value;
    },
  }) as const satisfies TokenColumn;

export const TOKEN_COLUMNS: readonly TokenColumn[] = [
  { name: 'file', type: 'text', what: 'the file of the rollout', of: ({ file }) => file },
  {
    name: 'line',
    type: 'integer',
    what: 'its place there, as the file counts: from 1',
    of: ({ line }) => line,
  },
  { name: 'row', type: 'integer', what: 'number of the rollout, from 0', of: ({ row }) => row },
  {
    name: 'position',
    type: 'integer',
    what: 'place of the token in the completion, from 0',
    of: ({ position }) => position,
  },
  {
    name: 'id',
    type: 'integer',
    what: 'of the token, by the scoring model’s tokenizer',
    of: ({ token }) => token.id,
  },
  { name: 'text', type: 'text', what: 'of the token', of: ({ token }) => token.text },
  {
    name: 'segment',
    type: 'text',
    what: 'description, reasoning, answer, delimiter or trailing',
    of: ({ token }) => token.segment,
  },
  {
    name: 'teacher',
    type: 'text',
    nullable: true,
    what: 'who supervises it; null for nobody, then it has no figure but its own',
    of: ({ token }) => token.teacher,
  },
  { name: 'rule', type: 'text', what: 'why', of: ({ token }) => token.rule },
  figure(
    'student_log_prob',
    'ln p of the token under the student',
    ({ studentLogProb }) => studentLogProb,
  ),
  figure(
    'teacher_log_prob',
    'ln p of the token under its teacher',
    ({ teacherLogProb }) => teacherLogProb,
  ),
  figure('forward_kl', 'KL(teacher ‖ student)', ({ forwardKl }) => forwardKl),
  figure('reverse_kl', 'KL(student ‖ teacher)', ({ reverseKl }) => reverseKl),
  figure('divergence', 'what the loss is made of, before the clip', ({ divergence }) => divergence),
  figure('loss', 'after the clip', ({ loss }) => loss),
  {
    name: 'clipped',
    type: 'flag',
    what: 'the clip took it: no gradient',
    of: ({ token }) => token.clipped,
  },
];
