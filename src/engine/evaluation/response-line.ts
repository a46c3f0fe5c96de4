/** A sampled response, read, graded and held to its picture: one line of an evaluation's log. */

import type { ResponseKey, ResponseLine } from '../../contract/evaluation/evaluation-records.ts';
import { planRollout } from '../../inference/reading.ts';
import { exactMatch } from '../../method/exact-match.ts';
import { type AnswerMeasure, gradeAnswer } from '../../method/grading.ts';
import { VIGOS_CODE, VIGOS_PAPER } from '../../method/named-methods.ts';
import { digitsForWords } from '../../method/number-words.ts';
import type { TokenSpan } from '../../method/types.ts';
import type { ModelAssets } from '../../model/assets.ts';
import type { AskedItem } from '../../training/data/asked-item.ts';

/** Throws what reading a completion throws. */
export function responseLine(
  assets: ModelAssets,
  asked: AskedItem,
  key: ResponseKey,
  sampled: readonly number[],
  grading: AnswerMeasure,
): ResponseLine {
  const input = asked.input(key.fact);
  const { question, answer: reference } = input;
  const { ids, texts, parsed } = planRollout(assets, sampled, VIGOS_PAPER, input);
  const by = { measure: grading, reading: VIGOS_PAPER.reading };
  const { spans, answer } = parsed;
  // A description that never ends is none.
  const description = spans.descriptionClose === undefined ? '' : textOf(texts, spans.description);
  return {
    type: 'answer',
    ...key,
    id: asked.id,
    family: asked.family,
    image: asked.image,
    question,
    reference,
    ids,
    text: parsed.text,
    answer,
    correct: reference.trim() === '' ? null : gradeAnswer(answer, reference, by).correct,
    usual: asked.usual === null ? null : answer !== null && exactMatch(answer, asked.usual),
    strict: parsed.valid,
    lenient: planRollout(assets, sampled, VIGOS_CODE, input).parsed.valid,
    reason: parsed.reason?.message ?? null,
    tokens: {
      all: ids.length,
      description: lengthOf(spans.description),
      reasoning: lengthOf(spans.reasoning),
    },
    truth: asked.truth(digitsForWords(description)),
  };
}

const lengthOf = (span: TokenSpan | undefined) => (span === undefined ? 0 : span.end - span.start);

const textOf = (texts: readonly string[], span: TokenSpan | undefined) =>
  span === undefined ? '' : texts.slice(span.start, span.end).join('');
