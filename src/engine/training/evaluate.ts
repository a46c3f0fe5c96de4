/** Held-out figures of a student, one sampled response a prompt: those of the table of evaluations, measured in a run. */

import { hashWords } from '../../base/random.ts';
import { figureOf } from '../../contract/evaluation-figures.ts';
import type { AnswerLine, EvaluationFigure } from '../../contract/evaluation-records.ts';
import { heldOutRows } from '../../contract/evaluation-rows.ts';
import type { Evaluation, HeldOutFigure } from '../../contract/train-records.ts';
import type { TrainSampling } from '../../contract/train-settings.ts';
import { answerPrompts } from '../../inference/answers.ts';
import type { ModelInUse, StudentInUse } from '../../inference/model-in-use.ts';
import type { AnswerMeasure } from '../../method/grading.ts';
import type { HeldOutExample } from '../../training/data/example-source.ts';
import { undrawn } from '../../training/faults.ts';
import { answerLine } from '../evaluation/answer-line.ts';

/** Prompts sampled together. */
export const PROMPTS_AT_ONCE = 32;
const EVALUATION_STREAM = 5;

export interface EvaluationRequest {
  readonly items: readonly HeldOutExample[];
  readonly measure: AnswerMeasure;
  readonly sampling: TrainSampling;
  readonly seed: number;
  readonly step: number;
}

/** Samples one response to each item from `student` and grades them; the paper's measure is exact match. Throws `train.not-finite`. */
export async function evaluate(
  inUse: ModelInUse,
  student: StudentInUse,
  { items, measure, sampling, seed, step }: EvaluationRequest,
  pause: () => Promise<void>,
  onProgress: (done: number, total: number) => void,
): Promise<Evaluation> {
  const start = performance.now();
  const lines: AnswerLine[] = [];
  for (let at = 0; at < items.length; at += PROMPTS_AT_ONCE) {
    onProgress(at, items.length);
    inUse.contexts.trim();
    const batch = items.slice(at, at + PROMPTS_AT_ONCE);
    const answers = await answerPrompts(
      { ...inUse, student },
      batch.map(({ asked, fact }, i) => ({ input: asked.input(fact), streams: [at + i] })),
      { ...sampling, seed: hashWords(seed, EVALUATION_STREAM) },
      { pause, undrawn: undrawn('evaluation answer') },
    );
    for (const [i, { asked, fact }] of batch.entries()) {
      const key = { item: at + i, fact, seed, response: 0 };
      const line = answerLine(inUse.assets, asked, key, answers[i][0], measure);
      // A validation item and a picture of a validation group may have the same name.
      lines.push({ ...line, id: String(at + i) });
    }
  }
  return { step, ...heldOutFigures(lines), ms: performance.now() - start };
}

/** Every figure of the answers: questions on their own are those without a place in a group. */
export function heldOutFigures(
  lines: readonly AnswerLine[],
): Pick<Evaluation, 'accuracy' | 'prior' | 'score' | 'valid' | 'counts' | 'figures'> {
  const families = [
    ...new Set(lines.flatMap(({ image, family }) => (image === null ? (family ?? []) : []))),
  ];
  const figures = new Map<string, EvaluationFigure>();
  // Form is that of all answers, however they were asked.
  const asked = {
    pass: lines.filter(({ image }) => image === null),
    form: lines.map((line) => ({ ...line, fact: 'F' as const })),
    others: lines.filter(({ image }) => image !== null),
  };
  for (const row of heldOutRows(families.sort())) {
    const { measure } = row;
    const counted = measure === 'pass' || measure === 'form' ? asked[measure] : asked.others;
    figures.set(row.id, figureOf(row, counted));
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
      valid: lines.length,
    },
    figures: Object.fromEntries(
      [...figures].flatMap(([id, { value, interval }]): [string, HeldOutFigure][] =>
        value === null
          ? []
          : [[id, { value, low: interval?.low ?? value, high: interval?.high ?? value }]],
      ),
    ),
  };
}
