/** Held-out figures of a student: accuracy, Prior, Score (all by exact match) and valid rate, one sampled response a prompt. */

import { hashWords } from '../../base/random.ts';
import type { Evaluation } from '../../contract/train-records.ts';
import type { TrainSampling } from '../../contract/train-settings.ts';
import type { PromptWithImages } from '../../inference/generate.ts';
import type { ModelInUse } from '../../inference/model-in-use.ts';
import { planRollout } from '../../inference/reading.ts';
import { sample } from '../../inference/sample.ts';
import { type PriorResponse, priorScore } from '../../method/evaluation.ts';
import { type AnswerMeasure, gradeAnswer } from '../../method/grading.ts';
import { VIGOS_PAPER } from '../../method/presets.ts';
import type { HeldOutExample } from '../../training/data/example-source.ts';
import { undrawn } from '../../training/faults.ts';

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
  student: {
    readonly network: ModelInUse['network'];
    see(prompt: PromptWithImages): Promise<PromptWithImages>;
  },
  { items, measure, sampling, seed, step }: EvaluationRequest,
  pause: () => Promise<void>,
  onProgress: (done: number, total: number) => void,
): Promise<Evaluation> {
  const start = performance.now();
  const { assets, network, contexts } = inUse;
  const responses: PriorResponse[] = [];
  let right = 0;
  let singles = 0;
  let valid = 0;
  for (let at = 0; at < items.length; at += PROMPTS_AT_ONCE) {
    onProgress(at, items.length);
    contexts.trim();
    const batch = items.slice(at, at + PROMPTS_AT_ONCE);
    const prompts: PromptWithImages[] = [];
    const answers: string[] = [];
    for (const { input } of batch) {
      const context = contexts.student(input);
      answers.push(input.answer);
      const features = await contexts.features(network, context);
      prompts.push(await student.see({ prompt: context.prompt, features }));
    }
    const request = {
      ...sampling,
      prompts,
      rows: [...batch.keys()],
      seed: hashWords(seed, EVALUATION_STREAM),
      streams: batch.map((_, i) => at + i),
    };
    const generated = await sample(student.network, assets, request, {
      pause,
      undrawn: undrawn('evaluation answer'),
    });
    for (const [i, { ids }] of generated.entries()) {
      const { parsed } = planRollout(assets, ids, VIGOS_PAPER);
      const { image } = batch[i];
      const by = { measure, reading: VIGOS_PAPER.reading };
      const { correct } = gradeAnswer(parsed.answer, answers[i], by);
      if (parsed.valid) valid++;
      if (image !== null) responses.push({ image, correct });
      else {
        singles++;
        if (correct) right++;
      }
    }
  }
  const { prior, score } = priorScore(responses);
  const agreeing = responses.filter(({ image }) => image === 1).length;
  return {
    step,
    accuracy: singles === 0 ? null : right / singles,
    prior,
    score,
    valid: items.length === 0 ? 0 : valid / items.length,
    counts: {
      accuracy: singles,
      prior: agreeing,
      score: responses.length - agreeing,
      valid: items.length,
    },
    ms: performance.now() - start,
  };
}
