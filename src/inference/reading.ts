/** Reads a completion and plans who supervises it: the one way for what was sampled, typed or opened. */

import type { RolloutInput } from '../contract/engine.ts';
import { parseRollout } from '../method/rollout.ts';
import { planSupervision } from '../method/supervision.ts';
import type {
  MethodConfig,
  ParsedRollout,
  ParseOptions,
  SupervisionPlan,
} from '../method/types.ts';
import { parseWordsOnly } from '../method/words-only.ts';
import type { ModelAssets } from '../model/assets.ts';
import { checkIds } from './checks.ts';

/** A completion with its reading and its plan; EOS included, padding not. */
export interface PlannedRollout {
  readonly ids: readonly number[];
  readonly texts: readonly string[];
  readonly parsed: ParsedRollout;
  readonly plan: SupervisionPlan;
}

/** Ids of a model that mean something to the form of a completion. */
export type FormIds = Pick<ParseOptions, 'eosIds' | 'specialIds' | 'tagIds'>;

/** A completion's reading and plan under a method. Throws what `parseRollout` throws. */
export function readCompletion(
  ids: readonly number[],
  texts: readonly string[],
  form: FormIds,
  method: MethodConfig,
  parse = parseRollout,
): { parsed: ParsedRollout; plan: SupervisionPlan } {
  const { validity, reading, opener } = method;
  const parsed = parse(ids, texts, { ...form, validity, reading, opener });
  return { parsed, plan: planSupervision(parsed, method) };
}

/**
 * Reads a completion, to a picture unless it was asked in words only, and decides who supervises each token; ids after the first EOS are dropped.
 * Throws `rollout.empty`, and `rollout.foreign-ids` for ids that the model has no embedding of.
 */
export function planRollout(
  assets: ModelAssets,
  sampled: readonly number[],
  method: MethodConfig,
  { wordsOnly }: Pick<RolloutInput, 'wordsOnly'> = {},
): PlannedRollout {
  const { tokenizer, tagIds, specialIds } = assets;
  checkIds(sampled, assets);
  const eos = sampled.findIndex((id) => tokenizer.eosIds.includes(id));
  const ids = eos < 0 ? sampled : sampled.slice(0, eos + 1);
  const texts = tokenizer.tokenTexts(ids);
  const parse = wordsOnly ? parseWordsOnly : parseRollout;
  const form = { eosIds: tokenizer.eosIds, specialIds, tagIds };
  return { ids, texts, ...readCompletion(ids, texts, form, method, parse) };
}
