/** Sampling completions: the one way for the Lab's rollouts, a training step's and an evaluation's answers. */

import type { SampledToken } from '../kernels/types.ts';
import type { ModelAssets } from '../model/assets.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import {
  type Generated,
  type GenerationHooks,
  generate,
  type PromptWithImages,
  type SamplePoint,
} from './generate.ts';
import { LogitOps } from './logit-ops.ts';

/** What of a model sampling has to know. */
export interface SampledModel extends Pick<ModelAssets, 'padId' | 'bannedIds'> {
  readonly tokenizer: Pick<ModelAssets['tokenizer'], 'eosIds'>;
}

export interface SamplingRequest {
  readonly prompts: readonly PromptWithImages[];
  /** Completions to sample: the prompt of each, by index. */
  readonly rows: readonly number[];
  /** As {@link SampledToken} is drawn, see the kernels. */
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly maxNewTokens: number;
  /** Unsigned 32-bit. */
  readonly seed: number;
  /** Random stream of each row; its own number unless given. */
  readonly streams?: readonly number[];
}

export interface SamplingHooks extends Partial<Pick<GenerationHooks, 'onToken'>> {
  /** Called between steps; throws to stop. */
  pause(): Promise<void>;
  /** The error for a row that nothing can be drawn from; its stream is the whole request's. */
  undrawn(point: SamplePoint, bad: SampledToken['nonFinite']): Error;
}

/** One completion for each row. Throws `hooks.undrawn`, and what the network, the kernels and the hooks throw. */
export function sample(
  network: ModelNetwork,
  { tokenizer, padId, bannedIds }: SampledModel,
  request: SamplingRequest,
  { pause, undrawn, onToken = () => undefined }: SamplingHooks,
): Promise<Generated[]> {
  const { prompts, rows, maxNewTokens, temperature, topK, topP, seed, streams } = request;
  const ops = new LogitOps(network.device);
  return generate(
    network,
    { prompts, rows, maxNewTokens, eosIds: tokenizer.eosIds, padId },
    {
      sample: async (logits, points) => {
        const drawing = points.map((point) => ({
          ...point,
          stream: streams?.[point.stream] ?? point.stream,
          seed,
        }));
        const settings = { temperature, topK, topP, bannedIds };
        const drawn = await ops.draw(logits, { rows: drawing, ...settings });
        const bad = drawn.findIndex(({ nonFinite }) => nonFinite !== null);
        if (bad >= 0) throw undrawn(drawing[bad], drawn[bad].nonFinite);
        return drawn;
      },
      onToken,
      pause,
    },
  );
}
