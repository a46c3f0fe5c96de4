/** Responses to many prompts in one batch: what evaluations of the page, of commands and of training are made of. */

import type { RolloutInput } from '../contract/engine.ts';
import type { QuestionPrompt } from '../contract/evaluation/evaluation-settings.ts';
import { checkRoom } from './checks.ts';
import type { Context } from './contexts.ts';
import type { PromptWithImages } from './generate.ts';
import { featuresOf, type ModelInUse } from './model-in-use.ts';
import { type SamplingHooks, type SamplingRequest, sample } from './sample.ts';

/** A prompt and the random streams of its completions, one for each. */
export interface AskedPrompt {
  readonly input: RolloutInput;
  readonly streams: readonly number[];
}

export interface ResponseSampling
  extends Pick<SamplingRequest, 'temperature' | 'topK' | 'topP' | 'maxNewTokens' | 'seed'> {
  /** The student's form where it is absent. */
  readonly prompt?: QuestionPrompt;
}

/**
 * Token ids `[prompt][completion]`, sampled together from the student, EOS included. Throws `rollout.too-long`,
 * and what sampling throws.
 */
export async function respond(
  inUse: ModelInUse,
  asked: readonly AskedPrompt[],
  { prompt: form = 'student', ...sampling }: ResponseSampling,
  hooks: SamplingHooks,
): Promise<(readonly number[])[][]> {
  const wanted = asked.map(({ input, streams }) => ({
    context: inUse.contexts.question(form, input),
    streams,
  }));
  return respondIn(inUse, wanted, sampling, hooks);
}

/** A context and the random streams of its completions, one for each. */
export interface AskedContext {
  readonly context: Context;
  readonly streams: readonly number[];
}

/** The same for contexts of any kind, all from the student where there is one, else from the model itself. */
export async function respondIn(
  inUse: ModelInUse,
  asked: readonly AskedContext[],
  sampling: Omit<ResponseSampling, 'prompt'>,
  hooks: SamplingHooks,
): Promise<(readonly number[])[][]> {
  const { assets, network, student } = inUse;
  const prompts: PromptWithImages[] = [];
  for (const { context } of asked) {
    checkRoom(context, sampling.maxNewTokens, assets);
    prompts.push({ prompt: context.prompt, features: await featuresOf(inUse, context) });
  }
  const rows = asked.flatMap(({ streams }, prompt) => streams.map(() => prompt));
  const streams = asked.flatMap((prompt) => prompt.streams);
  const request = { ...sampling, prompts, rows, streams };
  const generated = await sample(student?.network ?? network, assets, request, hooks);
  const responses: (readonly number[])[][] = asked.map(() => []);
  for (const [row, { ids }] of generated.entries()) responses[rows[row]].push(ids);
  return responses;
}
