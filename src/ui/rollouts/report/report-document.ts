/** Chosen rollouts of a file, and what the file has in common, as a document of its own. */

import { ROLLOUT_METHODS } from '../../../contract/rollouts/rollout-methods.ts';
import type { ScoredRow, ScoreStatistics } from '../../../contract/rollouts/rollout-scores.ts';
import type {
  OpenedRow,
  RolloutSetRecord,
  RolloutStatistics,
} from '../../../contract/rollouts/rollouts.ts';
import { decodePicture } from '../../../picture/decode.ts';
import type { EmbeddedDocument, EmbeddedRow, EmbeddedTable } from '../../embed/document.ts';
import { BACKEND_NAMES } from '../../shared/backends.ts';
import { PLAYGROUND } from '../../shared/citations.ts';
import { formatNats, formatPercent } from '../../shared/format.ts';
import { pngText } from '../../shared/png.ts';
import { TEACHERS } from '../../shared/teachers.ts';
import { cut } from '../../shared/visible-text.ts';
import { pictureOfRow } from '../row-offer.ts';

export interface ReportRow {
  readonly opened: OpenedRow;
  /** Null where no model came to it. */
  readonly scored: ScoredRow | null;
}

export interface Report {
  readonly set: RolloutSetRecord;
  readonly method: keyof typeof ROLLOUT_METHODS;
  /** Of the rows that the list shows. */
  readonly statistics: RolloutStatistics;
  /** Null where nothing was scored under this method. */
  readonly scores: ScoreStatistics | null;
  readonly rows: readonly ReportRow[];
  /** Pictures of a person's own leave the page only where they say so; scenes of the world always may. */
  readonly withPictures: boolean;
  readonly given: readonly File[];
}

export async function reportDocument(report: Report): Promise<EmbeddedDocument> {
  const { set, method, scores, statistics, rows } = report;
  return {
    title: `Rollouts of ${cut(set.name, 120)}`,
    lead: [
      `${rows.length} of ${count(set.rows)} rollouts, planned under ${ROLLOUT_METHODS[method].label}.`,
      ...(scores === null ? ['No model has scored them.'] : [scoredWords(scores)]),
    ],
    tables: [summaryOf(statistics, set.rows), ...(scores === null ? [] : [groupsOf(scores)])],
    rollouts: [],
    rows: await Promise.all(rows.map((row) => rowOf(row, report))),
    made: new Date().toISOString().slice(0, 10),
    address: null,
    cite: PLAYGROUND.line,
  };
}

function scoredWords({ record, scored }: ScoreStatistics): string {
  const { model, writer, backend } = record;
  const by =
    model.student === null
      ? `“${model.name}”`
      : `“${model.student.label}”, with “${model.name}” as its teachers`;
  const wrote = writer.trim() === '' ? 'a model that nobody named' : `“${writer}”`;
  return `${count(scored)} rollouts of the file, written by ${wrote}, were scored by ${by} on ${BACKEND_NAMES[backend]}.`;
}

function summaryOf(statistics: RolloutStatistics, all: number): EmbeddedTable {
  const { rows, valid, graded, right, lengths } = statistics;
  const share = (some: number, of: number) =>
    of === 0 ? '–' : `${formatPercent(some / of)} (${count(some)} of ${count(of)})`;
  return {
    caption: rows === all ? 'All rollouts' : `The ${count(rows)} of ${count(all)} that were listed`,
    head: ['', 'Value'],
    rows: [
      ['Valid', share(valid, rows)],
      ['Right, by mathematical match', share(right, graded)],
      ['Tokens, median', count(lengths.median)],
      ['Tokens, mean', lengths.mean.toFixed(1)],
    ],
  };
}

const groupsOf = ({ groups, all }: ScoreStatistics): EmbeddedTable => ({
  caption: 'Divergence of supervised tokens, nats a token',
  head: ['Teacher', 'Segment', 'Tokens', 'Divergence', 'Loss', 'Clipped'],
  rows: [
    ...[...groups]
      .sort((a, b) => b.tokens - a.tokens)
      .map((group) => [TEACHERS[group.teacher].label, group.segment, ...figuresOf(group)]),
    ['All', '', ...figuresOf(all)],
  ],
});

const figuresOf = ({ tokens, divergence, loss, clipped }: ScoreStatistics['all']): string[] => [
  count(tokens),
  formatNats(divergence),
  formatNats(loss),
  formatPercent(clipped),
];

async function rowOf({ opened, scored }: ReportRow, report: Report): Promise<EmbeddedRow> {
  const { row, line, step, question, prompt, text, texts, parsed, plan, unreadable } = opened;
  const whole = scored !== null && scored.lacks === null && scored.tokens.length === texts.length;
  return {
    id: `row-${row}`,
    title: `Line ${line}${step === null ? '' : `, step ${step}`}`,
    sentences: [
      ...readWords(opened),
      ...(scored?.lacks == null ? [] : [`Not scored: it has ${scored.lacks.words}`]),
      ...(unreadable === null ? [] : [unreadable.message]),
      ...opened.asRead,
    ],
    question: question ?? prompt,
    picture: await pictureOf(opened, report),
    pictureLabel: 'The picture',
    text,
    read: parsed === null || plan === null ? null : { texts, parsed, plan },
    scored: whole ? scored.tokens : null,
  };
}

function readWords({ parsed, answer, reference, grade }: OpenedRow): string[] {
  if (parsed === null) return [];
  const form = parsed.reason === null ? 'Valid.' : `Invalid: ${parsed.reason.message}`;
  const said = answer === null ? 'It has no answer' : `Its answer is “${cut(answer, 200)}”`;
  const against = reference === null ? '' : `; the reference is “${cut(reference, 200)}”`;
  return [form, `${said}${against}${grade === null ? '' : `, so it is ${grade}`}.`];
}

/** Null where the file is not to hold it, it is elsewhere, or it cannot be read. */
async function pictureOf(
  opened: OpenedRow,
  { withPictures, given }: Report,
): Promise<string | null> {
  if (opened.image?.kind !== 'scene' && !withPictures) return null;
  const file = await pictureOfRow(opened, given);
  if (file === null) return null;
  try {
    const { width, height, data } = await decodePicture(file, { name: file.name });
    return await pngText({ width, height, data: new Uint8ClampedArray(data) });
  } catch {
    return null;
  }
}

const count = (n: number) => n.toLocaleString('en');
