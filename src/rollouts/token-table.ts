/** Scored rows as a table of tokens, a line each, for other programs. */

import Papa from 'papaparse';
import type { ScoredRow } from '../contract/rollout-scores.ts';
import { scoredRows } from './scored-rows.ts';
import { fileOf, type OpenSet } from './set-store.ts';

const COLUMNS = [
  'file',
  'line',
  'row',
  'position',
  'id',
  'text',
  'segment',
  'teacher',
  'rule',
  'student_log_prob',
  'teacher_log_prob',
  'forward_kl',
  'reverse_kl',
  'divergence',
  'loss',
  'clipped',
] as const;

/** Letters that are held as text before they are handed to the browser. */
const TOGETHER = 4 * 2 ** 20;

/**
 * CSV (RFC 4180, UTF-8) of every scored token: nats, 32-bit figures, empty where a token has no teacher; `row` and
 * `position` count from 0, `line` as the file does.
 */
export async function tokenTable(set: OpenSet, scored: Blob): Promise<Blob> {
  const parts: Blob[] = [];
  let text = csv([COLUMNS]);
  for await (const { row } of scoredRows(scored)) {
    text += csv(linesOf(set, row));
    if (text.length < TOGETHER) continue;
    parts.push(new Blob([text]));
    text = '';
  }
  return new Blob([...parts, text], { type: 'text/csv' });
}

const csv = (lines: readonly (readonly unknown[])[]): string =>
  lines.length === 0 ? '' : `${Papa.unparse(lines as unknown[][], { newline: '\r\n' })}\r\n`;

function linesOf(set: OpenSet, { row, tokens }: ScoredRow): unknown[][] {
  const file = fileOf(set, row);
  const line = set.columns.get('line')[row];
  return tokens.map((token, position) => [
    file,
    line,
    row,
    position,
    token.id,
    token.text,
    token.segment,
    token.teacher,
    token.rule,
    token.studentLogProb,
    token.teacherLogProb,
    token.forwardKl,
    token.reverseKl,
    token.divergence,
    token.loss,
    token.clipped,
  ]);
}
