/** Reads a completion and plans who supervises it: the one way for what was sampled, typed or opened. */

import { parseRollout } from '../method/rollout.ts';
import { planSupervision } from '../method/supervision.ts';
import type {
  MethodConfig,
  ParsedRollout,
  ParseOptions,
  SupervisionPlan,
} from '../method/types.ts';

/** Ids of a model that mean something to the form of a completion. */
export type FormIds = Pick<ParseOptions, 'eosIds' | 'specialIds' | 'tagIds'>;

/** A completion's reading and plan under a method. Throws what `parseRollout` throws. */
export function readCompletion(
  ids: readonly number[],
  texts: readonly string[],
  form: FormIds,
  method: MethodConfig,
): { parsed: ParsedRollout; plan: SupervisionPlan } {
  const { validity, reading, opener } = method;
  const parsed = parseRollout(ids, texts, { ...form, validity, reading, opener });
  return { parsed, plan: planSupervision(parsed, method) };
}
