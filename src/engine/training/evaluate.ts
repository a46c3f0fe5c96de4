/** Held-out figures of a student: those of the table of evaluations, measured in a run. */

import { hashWords } from '../../base/random.ts';
import { keyOf } from '../../contract/evaluation/evaluation-comparison.ts';
import { figureOf } from '../../contract/evaluation/evaluation-figures.ts';
import type {
  EvaluationFigure,
  EvaluationLine,
  LeakageLine,
  ResponseLine,
  TeacherLine,
} from '../../contract/evaluation/evaluation-records.ts';
import {
  type HeldOutAsked,
  heldOutRows,
  responsesOf,
  wordsRows,
} from '../../contract/evaluation/evaluation-rows.ts';
import { LEAKAGE_DEFAULTS } from '../../contract/evaluation/evaluation-settings.ts';
import type { Evaluation, HeldOutFigure } from '../../contract/train/train-records.ts';
import type { TrainSampling } from '../../contract/train/train-settings.ts';
import type { ModelInUse, StudentInUse } from '../../inference/model-in-use.ts';
import { respond } from '../../inference/responses.ts';
import type { AnswerMeasure } from '../../method/grading.ts';
import type { HeldOutExample, HeldOutQuestion } from '../../training/data/example-source.ts';
import { undrawn } from '../../training/faults.ts';
import { isMeasurable, leakageLines } from '../evaluation/leakage-lines.ts';
import { responseLine } from '../evaluation/response-line.ts';
import { askedOfTeachers, lineKey, teacherLines } from '../evaluation/teacher-lines.ts';

/** Completions sampled together. */
export const RESPONSES_AT_ONCE = 32;
const EVALUATION_STREAM = 5;
/** Under it, so that pictures are answered the same whether problems are asked or not. */
const WORDS_STREAM = 1;
/** Pictures of a group. */
const GROUP = 3;

export interface EvaluationRequest {
  readonly items: readonly HeldOutExample[];
  /** Problems in words, asked beside them, each once; none where nobody asks for their curve. */
  readonly problems: readonly HeldOutQuestion[];
  /** Responses to each question on its own, and how much is measured for PALR and of teachers. */
  readonly asked: HeldOutAsked;
  /** What frozen teachers wrote on these items before, by the keys of its lines; what they write now is put in. */
  readonly written: Map<string, TeacherLine>;
  readonly measure: AnswerMeasure;
  readonly sampling: TrainSampling;
  readonly seed: number;
  readonly step: number;
}

/** What responding takes of it. */
type AskedQuestions = Pick<EvaluationRequest, 'measure' | 'sampling' | 'seed'> & {
  readonly items: readonly HeldOutQuestion[];
  readonly asked: Pick<HeldOutAsked, 'responses'>;
};

type OnProgress = (done: number, total: number) => void;

/** Samples answers from `student`, grades them and measures their leakage; the paper's measure is exact match. Throws `train.not-finite`. */
export async function evaluate(
  inUse: ModelInUse,
  student: StudentInUse,
  request: EvaluationRequest,
  pause: () => Promise<void>,
  onProgress: OnProgress,
): Promise<Evaluation> {
  const start = performance.now();
  const { items, problems, asked, step } = request;
  const total = items.length + asked.palr + GROUP * asked.teachers + problems.length;
  const answers = await heldOutResponses(inUse, student, request, pause, (done) =>
    onProgress(done, total),
  );
  const leakage = await heldOutLeakage(inUse, student, request, answers, pause, (done) =>
    onProgress(items.length + done, total),
  );
  const taught = await heldOutTeachers(inUse, request, answers, pause, (done) =>
    onProgress(items.length + asked.palr + done, total),
  );
  const { figures, ...shares } = heldOutFigures([...answers, ...leakage, ...taught], asked);
  const words = await heldOutWords(inUse, student, request, pause, (done) =>
    onProgress(total - problems.length + done, total),
  );
  return { step, ...shares, figures: { ...figures, ...words }, ms: performance.now() - start };
}

/** Responses to every question, graded and held to their pictures. Throws `train.not-finite`. */
export async function heldOutResponses(
  inUse: ModelInUse,
  student: StudentInUse,
  { items, asked: { responses }, measure, sampling, seed }: AskedQuestions,
  pause: () => Promise<void>,
  onProgress: (done: number) => void,
  stream: readonly number[] = [EVALUATION_STREAM],
): Promise<ResponseLine[]> {
  const lines: ResponseLine[] = [];
  const atOnce = Math.max(1, Math.floor(RESPONSES_AT_ONCE / responses));
  for (let at = 0; at < items.length; at += atOnce) {
    onProgress(at);
    inUse.contexts.trim();
    const batch = items.slice(at, at + atOnce);
    const answers = await respond(
      { ...inUse, student },
      batch.map(({ asked, fact }, i) => ({
        input: asked.input(fact),
        // The first response is the same whatever else is asked.
        streams: Array.from(
          { length: asked.image === null ? responses : 1 },
          (_, response) => at + i + response * items.length,
        ),
      })),
      { ...sampling, seed: hashWords(seed, ...stream) },
      { pause, undrawn: undrawn('evaluation answer') },
    );
    for (const [i, { asked, fact }] of batch.entries())
      for (const [response, ids] of answers[i].entries()) {
        const key = { item: at + i, fact, seed, response };
        const line = responseLine(inUse.assets, asked, key, ids, measure);
        // A validation item and a picture of a validation group may have the same name.
        lines.push({ ...line, id: String(at + i) });
      }
  }
  return lines;
}

/** How many problems in words are solved, and how many are written in the form; nothing where none is asked. */
export async function heldOutWords(
  inUse: ModelInUse,
  student: StudentInUse,
  {
    problems,
    ...request
  }: Omit<AskedQuestions, 'items' | 'asked'> & Pick<EvaluationRequest, 'problems'>,
  pause: () => Promise<void>,
  onProgress: (done: number) => void,
): Promise<Record<string, HeldOutFigure>> {
  if (problems.length === 0) return {};
  const asked = { ...request, items: problems, asked: { responses: 1 } };
  const stream = [EVALUATION_STREAM, WORDS_STREAM];
  const lines = await heldOutResponses(inUse, student, asked, pause, onProgress, stream);
  return wordsFigures(lines);
}

/** What responses to problems in words come to. */
export const wordsFigures = (lines: readonly ResponseLine[]): Record<string, HeldOutFigure> =>
  writtenDown(wordsRows().map((row) => [row.id, figureOf(row, lines)] as const));

/** PALR's parts of the first valid answers to groups of three, under both methods. */
export async function heldOutLeakage(
  inUse: ModelInUse,
  student: StudentInUse,
  { items, asked: { palr }, measure: grading }: EvaluationRequest,
  answers: readonly ResponseLine[],
  pause: () => Promise<void>,
  onProgress: (done: number) => void,
): Promise<LeakageLine[]> {
  const lines: LeakageLine[] = [];
  let measured = 0;
  for (const answer of answers) {
    if (measured >= palr) break;
    const { asked: item, mismatched } = items[answer.item];
    const of = { item, grading, leakage: LEAKAGE_DEFAULTS };
    if (answer.image === null || !isMeasurable(answer, of)) continue;
    onProgress(measured++);
    inUse.contexts.trim();
    const asked = { ...of, mismatched: mismatched() };
    lines.push(...(await leakageLines({ ...inUse, student }, answer, asked, pause)));
  }
  return lines;
}

/** What teachers write on the pictures of the first groups; where the student has no part in it, what they wrote before. */
export async function heldOutTeachers(
  inUse: ModelInUse,
  { items, asked: { teachers }, measure: grading, sampling, seed, written }: EvaluationRequest,
  answers: readonly ResponseLine[],
  pause: () => Promise<void>,
  onProgress: (done: number) => void,
): Promise<TeacherLine[]> {
  const lines: TeacherLine[] = [];
  const ofGroups = answers.filter(({ image }) => image !== null).slice(0, GROUP * teachers);
  for (let at = 0; at < ofGroups.length; at += GROUP) {
    onProgress(at);
    inUse.contexts.trim();
    const asked = ofGroups
      .slice(at, at + GROUP)
      .flatMap((answer) => askedOfTeachers({ item: items[answer.item].asked, answer }));
    const isKnown = (one: (typeof asked)[number]) =>
      one.form.after !== 'own' && written.has(keyOf(lineKey(one)));
    const fresh = await teacherLines(
      inUse,
      asked.filter((one) => !isKnown(one)),
      { sampling, grading, seed },
      { pause, undrawn: undrawn('evaluation answer') },
    );
    for (const line of fresh) written.set(keyOf(line), line);
    lines.push(...asked.flatMap((one) => written.get(keyOf(lineKey(one))) ?? []));
  }
  return lines;
}

/** Every figure of the answers: questions on their own are those without a place in a group. */
export function heldOutFigures(
  lines: readonly EvaluationLine[],
  asked: HeldOutAsked,
): Pick<Evaluation, 'accuracy' | 'prior' | 'score' | 'valid' | 'counts' | 'figures'> {
  const answers = responsesOf(lines);
  const singles = answers.filter(({ image }) => image === null);
  const families = [...new Set(singles.flatMap(({ family }) => family ?? []))];
  const figures = new Map<string, EvaluationFigure>();
  const counted = {
    pass: singles,
    // Form is that of all answers, however they were asked.
    form: answers.map((line) => ({ ...line, fact: 'F' as const })),
    others: lines.filter((line) => line.type !== 'answer' || line.image !== null),
  };
  for (const row of heldOutRows(families.sort(), asked)) {
    const { measure } = row;
    const own = measure === 'pass' || measure === 'form' ? counted[measure] : counted.others;
    figures.set(row.id, figureOf(row, own));
  }
  const shareOf = (id: string) => figures.get(id)?.value ?? null;
  const countOf = (id: string) => figures.get(id)?.responses ?? 0;
  return {
    accuracy: shareOf('avg'),
    prior: shareOf('prior.F'),
    score: shareOf('score.F'),
    valid: shareOf('valid.strict') ?? 0,
    counts: {
      accuracy: countOf('avg'),
      prior: countOf('prior.F'),
      score: countOf('score.F'),
      valid: answers.length,
    },
    figures: writtenDown([...figures]),
  };
}

/** Those that have a value, with their intervals. */
const writtenDown = (
  figures: readonly (readonly [id: string, figure: EvaluationFigure])[],
): Record<string, HeldOutFigure> =>
  Object.fromEntries(
    figures.flatMap(([id, { value, interval }]): [string, HeldOutFigure][] =>
      value === null
        ? []
        : [[id, { value, low: interval?.low ?? value, high: interval?.high ?? value }]],
    ),
  );
