/** Checks what a page asks for before any work is done. */

import { PlaygroundError, shortened } from '../base/errors.ts';
import type { SamplingConfig } from '../contract/engine.ts';
import { isWithin, rangeInWords, SAMPLING_BOUNDS } from '../contract/settings/sampling-bounds.ts';
import type { ModelAssets } from '../model/assets.ts';
import type { Context } from './contexts.ts';

const MEANINGS: Readonly<Record<keyof SamplingConfig, string>> = {
  temperature: 'the temperature',
  topP: 'top-p',
  topK: 'top-k',
  seed: 'the seed',
  maxNewTokens: 'the length limit',
  count: 'the number of rollouts',
};

/** Throws {@link PlaygroundError} `sampling.invalid-setting` naming the first setting out of range. */
export function checkSampling(config: SamplingConfig): void {
  for (const field of Object.keys(MEANINGS) as (keyof SamplingConfig)[]) {
    if (isWithin(SAMPLING_BOUNDS[field], config[field])) continue;
    throw new PlaygroundError({
      code: 'sampling.invalid-setting',
      message: `The setting "${field}" is out of range: ${MEANINGS[field]} is ${rangeInWords(SAMPLING_BOUNDS[field])}.`,
      fix: 'Change it and run again.',
      where: field,
      detail: { received: String(config[field]) },
    });
  }
}

/**
 * Whether figures can be made of a model's logits. `written` are rollouts that it has written for the same request.
 * Throws {@link PlaygroundError} `score.dynamic-int8` with their texts.
 */
export function checkScoring(
  { architecture }: Pick<ModelAssets, 'architecture'>,
  written: readonly string[] = [],
): void {
  const { canScore } = architecture.abilities;
  if (canScore.can) return;
  const [first] = written;
  const there = first === undefined ? '' : ` It wrote: ${JSON.stringify(shortened(first, 400))}.`;
  throw new PlaygroundError({
    code: 'score.dynamic-int8',
    message: `${canScore.reason}${there}`,
    fix: 'Open the q4, q4f16, fp16 or fp32 files of the same model; the Evaluate page takes its answers as they are.',
    where: 'model',
    detail: { written },
  });
}

/**
 * A completion's ids before anything is computed with them: on WebGPU a row outside the embedding table
 * would be read as some other row, without a word.
 * Throws {@link PlaygroundError} `rollout.empty` and `rollout.foreign-ids`, naming the first such id.
 */
export function checkIds(ids: readonly number[], { config }: Pick<ModelAssets, 'config'>): void {
  const { vocabSize } = config.text;
  if (ids.length === 0)
    throw new PlaygroundError({
      code: 'rollout.empty',
      message: 'The completion has no text.',
      fix: 'Type what the student would write after <description>.',
      where: 'completion',
    });
  const token = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (token < 0) return;
  throw new PlaygroundError({
    code: 'rollout.foreign-ids',
    message: `Token ${token} of the completion has the id ${ids[token]}; this model has the ids 0 to ${vocabSize - 1}.`,
    fix: 'Score it with the model that sampled it, or type its text.',
    where: `token ${token}`,
    detail: { token, id: ids[token], vocabSize },
  });
}

/**
 * Whether a context and `tokens` of a completion fit into the model's positions, past which its rotary
 * table has no rows. Throws {@link PlaygroundError} `rollout.too-long` naming the context.
 */
export function checkRoom(
  { name, prompt }: Pick<Context, 'name'> & { prompt: Pick<Context['prompt'], 'inputIds'> },
  tokens: number,
  { config }: Pick<ModelAssets, 'config'>,
): void {
  const { maxPositions } = config.text;
  const promptTokens = prompt.inputIds.length;
  if (promptTokens + tokens <= maxPositions) return;
  const room = Math.max(0, maxPositions - promptTokens);
  throw new PlaygroundError({
    code: 'rollout.too-long',
    message: `The prompt of the context "${name}" has ${promptTokens} tokens and the completion may take ${tokens}; the model has ${maxPositions} positions.`,
    fix: `Keep the completion to ${room} tokens, or use a smaller picture or a shorter question.`,
    where: name,
    detail: { promptTokens, tokens, maxPositions },
  });
}
