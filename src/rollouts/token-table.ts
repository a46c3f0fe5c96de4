/** Scored rows as a table of tokens, a row each, for other programs: as CSV or Parquet. */

import Papa from 'papaparse';
import { part } from '../base/part.ts';
import type { ScoringRecord, TokenTableKind } from '../contract/rollouts/rollout-scores.ts';
import { scoredRows } from './scored-rows.ts';
import { fileOf, type OpenSet } from './set-store.ts';
import { type PlacedToken, type PlacedTokens, TOKEN_COLUMNS } from './token-columns.ts';

/**
 * Every token of a scoring, in the order in which its rollouts were scored: log-probabilities and divergences in nats,
 * 32-bit figures, at the method's temperature.
 */
export async function tokenTable(
  set: OpenSet,
  scored: Blob,
  record: ScoringRecord,
  as: TokenTableKind,
): Promise<Blob> {
  if (as === 'csv') return csvTable(placedTokens(set, scored));
  const { parquetTable } = await part('The writer of Parquet', () => import('./token-parquet.ts'));
  return parquetTable(placedTokens(set, scored), set.record.name, record);
}

/** The tokens of one rollout after another. */
async function* placedTokens(set: OpenSet, scored: Blob): AsyncGenerator<PlacedToken[]> {
  for await (const { row } of scoredRows(scored)) {
    const at = { file: fileOf(set, row.row), line: set.columns.get('line')[row.row], row: row.row };
    yield row.tokens.map((token, position) => ({ ...at, position, token }));
  }
}

/** Letters that are held as text before they are handed to the browser. */
const TOGETHER = 4 * 2 ** 20;

/** CSV (RFC 4180, UTF-8), empty where a token has no value. */
async function csvTable(rollouts: PlacedTokens): Promise<Blob> {
  const parts: Blob[] = [];
  let text = csv([TOKEN_COLUMNS.map(({ name }) => name)]);
  for await (const tokens of rollouts) {
    text += csv(tokens.map((token) => TOKEN_COLUMNS.map(({ of }) => of(token))));
    if (text.length < TOGETHER) continue;
    parts.push(new Blob([text]));
    text = '';
  }
  return new Blob([...parts, text], { type: 'text/csv' });
}

const csv = (lines: readonly (readonly unknown[])[]): string =>
  lines.length === 0 ? '' : `${Papa.unparse(lines as unknown[][], { newline: '\r\n' })}\r\n`;
