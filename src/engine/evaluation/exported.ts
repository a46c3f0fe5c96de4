/** Reads an evaluation from the text of an exported file, and holds it against itself. */

import { PlaygroundError, shortened } from '../../base/errors.ts';
import { placeOf } from '../../base/file-kinds.ts';
import { foreignText } from '../../base/foreign-text.ts';
import { sealOf } from '../../base/seal.ts';
import type { OpenedEvaluation } from '../../contract/evaluation/evaluation.ts';
import { keyOf } from '../../contract/evaluation/evaluation-comparison.ts';
import { figuresOfLines } from '../../contract/evaluation/evaluation-figures.ts';
import {
  readEvaluationLine,
  readEvaluationRecord,
} from '../../contract/evaluation/evaluation-log.ts';
import {
  EVALUATION_FORMAT,
  type EvaluationLine,
  type EvaluationRecord,
  type ResponseLine,
} from '../../contract/evaluation/evaluation-records.ts';
import {
  type EvaluationSettings,
  hasGroups,
  picturesOf,
} from '../../contract/evaluation/evaluation-settings.ts';
import { gradeAnswer } from '../../method/grading.ts';
import { VIGOS_PAPER } from '../../method/named-methods.ts';
import { questionIn } from '../../training/data/asked-item.ts';
import { sha256 } from '../../training/fingerprint.ts';
import { type WorldItem, worldItem } from '../../world/split.ts';

/** Hundreds of thousands of answers. */
const MAX_BYTES = 2 ** 28;
/** Sums of the same numbers on another machine. */
const TOLERANCE = 1e-9;

/**
 * What the page or the command wrote: with its answers, or their figures alone, which then stand under the file's word.
 * Throws {@link PlaygroundError} `evaluation.too-large`, `evaluation.not-one` naming what it is instead,
 * `evaluation.invalid`, `evaluation.changed` where its checksum is not that of its content, and `evaluation.contradiction`.
 */
export async function readExported(file: Blob): Promise<OpenedEvaluation> {
  if (file.size > MAX_BYTES) throw tooLarge(file.size);
  const text = await file.text();
  const json = parsed(text);
  if (json === null || json.format !== EVALUATION_FORMAT) throw notOne(text, json);
  const seal = await sealOf(json, sha256).catch(() => 'broken');
  if (seal === 'broken') throw changed();
  const told = readEvaluationRecord(json, 'The file');
  if (json.lines !== undefined && !Array.isArray(json.lines))
    throw contradiction('lines', 'a list', typeof json.lines);
  const given: readonly unknown[] | null = json.lines ?? null;
  const lines = (given ?? []).map((line, i) =>
    readEvaluationLine(line, `Answer ${i + 1} of the file`),
  );
  const record: EvaluationRecord = {
    ...told,
    state: told.state === 'done' ? 'done' : 'paused',
    imported: {
      at: new Date().toISOString(),
      verified: seal === 'whole' && (told.imported?.verified ?? true),
      lines: given !== null && (told.imported?.lines ?? true),
    },
  };
  if (given === null) return { record, lines };
  checkLines(record.settings, lines);
  return { record: { ...record, figures: checkedFigures(record, lines) }, lines };
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Every line is of what was asked, once, and says of it what the world and the grading say. */
function checkLines(settings: EvaluationSettings, lines: readonly EvaluationLine[]): void {
  const { set, facts, seeds, responses } = settings;
  const pictures = picturesOf(set);
  const seen = new Set<string>();
  const answers = new Map<string, ResponseLine>();
  const itemAt = worldItems(settings);
  for (const [i, line] of lines.entries()) {
    const { item, fact, seed, response } = line;
    const at = `lines.${i}`;
    const key = keyOf(line);
    if (item >= pictures) throw contradiction(`${at}.item`, `less than ${pictures}`, `${item}`);
    if (response >= responses)
      throw contradiction(`${at}.response`, `less than ${responses}`, `${response}`);
    if (!facts.includes(fact)) throw contradiction(`${at}.fact`, facts.join(' or '), fact);
    if (!seeds.includes(seed)) throw contradiction(`${at}.seed`, seeds.join(' or '), `${seed}`);
    if (seen.has(key)) throw contradiction(at, 'each response once', 'the same again');
    seen.add(key);
    const asked = itemAt(item);
    if (asked !== null && asked.item.id !== line.id)
      throw contradiction(`${at}.id`, asked.item.id, line.id);
    if (line.type !== 'answer') continue;
    answers.set(`${fact} ${seed} ${item} ${response}`, line);
    checkAnswer(line, settings, asked, at);
  }
  for (const [i, line] of lines.entries()) {
    if (line.type !== 'leakage') continue;
    const { item, fact, seed, response } = line;
    const answer = answers.get(`${fact} ${seed} ${item} ${response}`);
    if (answer?.strict !== true)
      throw contradiction(`lines.${i}`, 'PALR of a valid rollout', 'none of that response');
  }
}

function checkAnswer(
  line: ResponseLine,
  { grading }: EvaluationSettings,
  asked: Known | null,
  at: string,
): void {
  const { answer, reference, correct, tokens, ids, fact } = line;
  const by = { measure: grading, reading: VIGOS_PAPER.reading };
  const right = reference.trim() === '' ? null : gradeAnswer(answer, reference, by).correct;
  if (right !== correct) throw contradiction(`${at}.correct`, `${right}`, `${correct}`);
  if (tokens.all !== ids.length || tokens.description + tokens.reasoning > tokens.all)
    throw contradiction(`${at}.tokens`, `those of ${ids.length} ids`, `${tokens.all}`);
  if (asked === null) return;
  const { item, image } = asked;
  const known = {
    question: questionIn(item, fact),
    reference: item.answer,
    family: item.family,
    image,
  };
  for (const field of ['question', 'reference', 'family', 'image'] as const)
    if (line[field] !== known[field])
      throw contradiction(`${at}.${field}`, `${known[field]}`, `${line[field]}`);
}

/** An item of the world, and its place in its group of three pictures. */
interface Known {
  readonly item: WorldItem;
  readonly image: 1 | 2 | 3 | null;
}

/** Items of a set of the world, of which lines beside each other share one; null of a file, which is not here. */
function worldItems({ set }: EvaluationSettings): (index: number) => Known | null {
  if (set.name === 'file') return () => null;
  const { name } = set;
  const groups = hasGroups(set);
  let last: { readonly index: number; readonly known: Known } | null = null;
  return (index) => {
    if (last?.index === index) return last.known;
    const item = worldItem(name, index);
    const known = { item, image: groups ? (item.prior?.image ?? null) : null };
    last = { index, known };
    return known;
  };
}

/** The figures of the lines; what the file says of them is the same. */
function checkedFigures(
  { settings, figures: told }: EvaluationRecord,
  lines: readonly EvaluationLine[],
) {
  const figures = figuresOfLines(settings, lines);
  const own = new Map(figures.map((figure) => [figure.id, figure]));
  for (const { id, value } of told) {
    const found = own.get(id)?.value;
    const same =
      found !== undefined &&
      (found === null || value === null
        ? found === value
        : Math.abs(found - value) <= TOLERANCE * Math.max(1, Math.abs(found)));
    if (!same) throw contradiction(`figures.${id}`, `${found}`, `${value}`);
  }
  return figures;
}

function contradiction(field: string, expected: string, found: string): PlaygroundError {
  return new PlaygroundError({
    code: 'evaluation.contradiction',
    message: `This evaluation contradicts itself at ${shortened(field, 80)}: expected ${shortened(expected, 100)}, found ${shortened(found, 100)}.`,
    fix: 'Export it again; it was changed after it was written, or written by a version that reads answers otherwise.',
    where: shortened(field, 80),
  });
}

function changed(): PlaygroundError {
  return new PlaygroundError({
    code: 'evaluation.changed',
    message:
      'This evaluation was changed after it was written: its checksum is not that of its content.',
    fix: 'Export it again; if you changed it on purpose, remove its checksum, and it opens as unverified.',
    where: 'checksum',
  });
}

function tooLarge(bytes: number): PlaygroundError {
  return new PlaygroundError({
    code: 'evaluation.too-large',
    message: `The file has ${Math.round(bytes / 1e6)} MB; an evaluation of at most ${Math.round(MAX_BYTES / 1e6)} MB is read.`,
    fix: 'Evaluate fewer pictures at once, or open it where it was made.',
    where: 'the file',
  });
}

function notOne(text: string, json: Record<string, unknown> | null): PlaygroundError {
  const format = json?.format;
  if (typeof format === 'string' && format.startsWith('vigos-evaluation/'))
    return new PlaygroundError({
      code: 'evaluation.version',
      message: `This evaluation has the format “${shortened(format, 60)}”, and this version reads “${EVALUATION_FORMAT}”.`,
      fix: 'Open it with the version of the playground that wrote it, or a newer one.',
      where: 'format',
    });
  const other = foreignText(text);
  const fix = other === null ? null : placeOf(other.kind);
  return new PlaygroundError({
    code: 'evaluation.not-one',
    message: `This is ${other === null ? 'no exported evaluation' : `${other.what}, and no exported evaluation`} (${EVALUATION_FORMAT}).`,
    fix: fix ?? 'Give the JSON file that “Export” or `npm run -s evaluate -- --json` wrote.',
    where: 'the file',
  });
}
