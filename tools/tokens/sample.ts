/**
 * Writes what tools/tokens/check.py holds against pyarrow: a scoring with seeded figures as the table of tokens that the
 * Rollouts page hands out, as Parquet and CSV, and its tokens as JSON Lines beside it.
 *
 * Usage: npx tsx tools/tokens/sample.ts OUT
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../../src/base/random.ts';
import {
  SCORES_FORMAT,
  type ScoredRow,
  type ScoredToken,
  type ScoringRecord,
} from '../../src/contract/rollouts/rollout-scores.ts';
import { writeScoredRow } from '../../src/rollouts/scored-rows.ts';
import type { OpenSet } from '../../src/rollouts/set-store.ts';
import { TOKEN_COLUMNS } from '../../src/rollouts/token-columns.ts';
import { tokenTable } from '../../src/rollouts/token-table.ts';

const ROWS = 900;
const TOKENS = 100;
const TEXTS = [' red', 'ä', '🍓', ',"\n', '\u0000', '', '\ufffd', '0', 'null'];
const FILES = ['step 25.jsonl', 'ä,"b".jsonl'];

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('Usage: npx tsx tools/tokens/sample.ts OUT');
mkdirSync(out, { recursive: true });

const random = new Random(1, 0);
const figure = () => Math.fround(-Math.log(random.next()) * 10 ** (8 * random.next() - 7));

function token(id: number): ScoredToken {
  const figures = { studentLogProb: -figure() };
  const text = TEXTS[id % TEXTS.length];
  if (id % 5 === 0)
    return {
      ...{ id, text, segment: 'delimiter', teacher: null, rule: 'delimiter', ...figures },
      ...{ teacherLogProb: null, forwardKl: null, reverseKl: null, divergence: null, loss: null },
      clipped: false,
    };
  const forwardKl = figure();
  return {
    ...{ id, text, segment: 'reasoning', teacher: 'reasoning', rule: 'reasoning', ...figures },
    ...{ teacherLogProb: -figure(), forwardKl, reverseKl: figure(), divergence: forwardKl },
    loss: Math.min(forwardKl, Math.fround(0.05)),
    clipped: forwardKl > 0.05,
  };
}

const rows = Array.from(
  { length: ROWS },
  (_, row): ScoredRow => ({
    row,
    lacks: null,
    valid: true,
    leakage: null,
    tokens: Array.from({ length: TOKENS }, (_, i) => token(row * TOKENS + i)),
  }),
);
const columns: Record<string, (row: number) => number> = {
  file: (row) => row % FILES.length,
  line: (row) => row + 1,
};
const set = {
  columns: { get: (name: string) => rows.map(({ row }) => columns[name](row)) },
  sources: FILES,
  record: { name: 'two files' },
} as unknown as OpenSet;
const record: ScoringRecord = {
  ...{ format: SCORES_FORMAT, id: 'sample', setId: 'sample', createdAt: 0, updatedAt: 0 },
  ...{ state: 'done', version: 'sample', backend: 'wasm', writer: 'nobody', method: 'vigos' },
  model: { name: 'seeded figures', parameters: 0, fingerprint: null, student: null },
  ...{ leakage: null, rows: ROWS, done: ROWS, lacking: 0, ms: 0 },
};

const scored = new Blob(rows.map(writeScoredRow) as BlobPart[]);
for (const as of ['csv', 'parquet'] as const) {
  const table = await tokenTable(set, scored, record, as);
  writeFileSync(path.join(out, `tokens.${as}`), new Uint8Array(await table.arrayBuffer()));
}
const lines = rows.flatMap(({ row, tokens }) =>
  tokens.map((own, position) => {
    const placed = { file: FILES[row % FILES.length], line: row + 1, row, position, token: own };
    return JSON.stringify(
      Object.fromEntries(TOKEN_COLUMNS.map(({ name, of }) => [name, of(placed)])),
    );
  }),
);
writeFileSync(path.join(out, 'tokens.jsonl'), `${lines.join('\n')}\n`);
