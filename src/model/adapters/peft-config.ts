/** Reads and writes PEFT's `adapter_config.json` of a LoRA adapter. */

import * as v from 'valibot';
import { shortened } from '../../base/errors.ts';
import { checked } from '../../contract/settings/checked.ts';
import { SIGHT_TARGETS } from '../../contract/train/train-rows.ts';
import type { LoraTrainable } from '../../contract/train/train-settings.ts';
import { isJsonObject, type JsonObject } from '../sources/json-source.ts';
import { invalidConfig, unsupported } from './adapter-errors.ts';

/** What the configuration says about the matrices beside it. */
export interface PeftSettings {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  /** The base model's name or folder, as its trainer wrote it. */
  readonly base: string | null;
  /** Rank and alpha of single layers, where they have their own; the first pattern that meets a layer counts. */
  readonly ranks: readonly LayerValue[];
  readonly alphas: readonly LayerValue[];
  /** alpha / √rank in place of alpha / rank (rsLoRA, arXiv 2312.03732). */
  readonly rootScale: boolean;
  /** Whether layers have norms of their rows beside A and B (DoRA, arXiv 2402.09353). */
  readonly dora: boolean;
  /** Ids of the tokens whose rows were trained, by the end of their layer's name. */
  readonly tokens: ReadonlyMap<string, readonly number[]>;
  /** What it has that only changed weights can hold, in words: no branch beside a layer does the same. */
  readonly wholeOnly: readonly WholeOnly[];
}

/** Something in words, and the option or tensor that says so. */
export interface WholeOnly {
  readonly what: string;
  readonly where: string;
}

/** A value for the layers whose name a pattern meets, as PEFT's `get_pattern_key` does: the whole name or its end after a dot. */
export interface LayerValue {
  readonly meets: (layer: string) => boolean;
  readonly value: number;
}

/** Far above any alpha that is trained with, far below what a branch in float32 could be scaled by. */
const MAX_ALPHA = 1e6;
const MAX_RANK = 65_536;

const tokenIds = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));

const schema = v.looseObject({
  peft_type: v.string(),
  r: v.pipe(v.number(), v.integer(), v.minValue(1)),
  lora_alpha: v.pipe(v.number(), v.gtValue(0), v.maxValue(MAX_ALPHA)),
  lora_dropout: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0),
  bias: v.optional(v.string(), 'none'),
  init_lora_weights: v.optional(v.union([v.boolean(), v.string(), v.null()]), true),
  base_model_name_or_path: v.nullish(v.string()),
  use_rslora: v.nullish(v.boolean()),
  use_dora: v.nullish(v.boolean()),
  rank_pattern: v.nullish(
    v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_RANK))),
  ),
  alpha_pattern: v.nullish(
    v.record(v.string(), v.pipe(v.number(), v.gtValue(0), v.maxValue(MAX_ALPHA))),
  ),
  trainable_token_indices: v.nullish(v.union([tokenIds, v.record(v.string(), tokenIds)])),
});

/** Options that can be folded into weights and not be put beside them. */
const WHOLE_ONLY: Readonly<Record<string, string>> = {
  use_dora: 'DoRA (use_dora)',
  lora_bias: 'biases on the LoRA branch (lora_bias)',
  modules_to_save: 'modules trained in full (modules_to_save)',
  trainable_token_indices: 'trained token embeddings (trainable_token_indices)',
};

/** Options that change what the matrices mean; anything but null, false or empty is refused. */
const REFUSED: Readonly<Record<string, string>> = {
  fan_in_fan_out: 'transposed base weights (fan_in_fan_out)',
  layer_replication: 'repeated layers (layer_replication)',
  target_parameters: 'parameters outside of linear layers (target_parameters)',
  alora_invocation_tokens: 'activation by tokens (alora_invocation_tokens)',
  loftq_config: 'LoftQ, which quantizes the base (loftq_config)',
  arrow_config: 'routing between adapters (arrow_config)',
  velora_config: 'VeLoRA (velora_config)',
  monteclora_config: 'MonteCLoRA (monteclora_config)',
  kasa_config: 'KaSA, which changes the base weights (kasa_config)',
};

/** Initialisations that leave the base weights as they are; the others subtract from them. */
const HARMLESS_INITS: readonly string[] = ['gaussian', 'eva', 'orthogonal'];

const KNOWN_SWITCHES: readonly string[] = ['use_rslora', 'use_dora'];

const PLAIN = 'Train or save it with plain LoRA, or merge it into its base with PEFT.';

/**
 * The settings in a parsed `adapter_config.json`.
 * Throws {@link PlaygroundError} `adapter.config-invalid` for a missing, wrong or senseless field and
 * `adapter.unsupported` for another method than LoRA and for options that change more than single weights.
 */
export function readPeftConfig(json: unknown): PeftSettings {
  if (!isJsonObject(json)) throw invalidConfig('it is not a JSON object', '');
  const method = json.peft_type;
  if (typeof method === 'string' && method !== 'LORA')
    throw unsupported(
      `the method ${method}`,
      'Pick an adapter whose peft_type is LORA.',
      'peft_type',
    );
  const config = checked(schema, json, invalidConfig);
  const wholeOnly: WholeOnly[] = [];
  for (const [key, value] of Object.entries(config)) {
    if (isOff(value)) continue;
    refuseOption(key, value);
    if (Object.hasOwn(WHOLE_ONLY, key)) wholeOnly.push({ what: WHOLE_ONLY[key], where: key });
  }
  if (config.bias !== 'none')
    wholeOnly.push({ what: `trained biases (bias "${config.bias}")`, where: 'bias' });
  const init = config.init_lora_weights;
  if (typeof init === 'string' && !HARMLESS_INITS.includes(init))
    throw unsupported(
      `the initialisation "${init}", which changes the base weights (init_lora_weights)`,
      'Convert it with path_initial_model_for_weight_conversion when saving it in PEFT.',
      'init_lora_weights',
    );
  return {
    rank: config.r,
    alpha: config.lora_alpha,
    dropout: config.lora_dropout,
    base: config.base_model_name_or_path ?? null,
    ranks: layerValues('rank_pattern', config.rank_pattern),
    alphas: layerValues('alpha_pattern', config.alpha_pattern),
    rootScale: config.use_rslora === true,
    dora: config.use_dora === true,
    tokens: tokensOf(config.trainable_token_indices),
    wholeOnly,
  };
}

/** A list by itself is the embedding's. */
function tokensOf(indices: v.InferOutput<typeof schema>['trainable_token_indices']) {
  if (Array.isArray(indices)) return new Map(indices.length > 0 ? [['embed_tokens', indices]] : []);
  return new Map(Object.entries(indices ?? {}));
}

/** The rank of a layer, and what its B·A is multiplied by: alpha / rank, or alpha / √rank. `layer` as PEFT names it. */
export function scaleOf(
  { rank, alpha, ranks, alphas, rootScale }: PeftSettings,
  layer: string,
): { readonly rank: number; readonly scale: number } {
  const own = (values: readonly LayerValue[], usual: number) =>
    values.find(({ meets }) => meets(layer))?.value ?? usual;
  const found = own(ranks, rank);
  return { rank: found, scale: own(alphas, alpha) / (rootScale ? Math.sqrt(found) : found) };
}

/** Names with dots, digits and at most a few wildcards: whatever they are held to, that ends soon. */
const PATTERN = /^\^?(?:[\w-]|\\?\.|\\d\+?|\.\*)*$/;
const MOST_WILDCARDS = 3;

function layerValues(field: string, of: Record<string, number> | null | undefined): LayerValue[] {
  return Object.entries(of ?? {}).map(([pattern, value]) => {
    const wildcards = pattern.split('.*').length - 1 + pattern.split('\\d').length - 1;
    if (pattern.length > 200 || !PATTERN.test(pattern) || wildcards > MOST_WILDCARDS)
      throw unsupported(
        `the pattern "${shortened(pattern, 60)}" (${field})`,
        'Name the layers by their names or the ends of these.',
        field,
      );
    const expression = new RegExp(`^(?:.*\\.)?(?:${pattern})$`);
    return { value, meets: (layer) => expression.test(layer) };
  });
}

/** The keys and values of an `adapter_config.json` that PEFT reads, in alphabetical order as it writes them. */
export function writePeftConfig(lora: LoraTrainable, base: string): JsonObject {
  return {
    base_model_name_or_path: base,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: lora.alpha,
    lora_dropout: lora.dropout,
    modules_to_save: null,
    peft_type: 'LORA',
    r: lora.rank,
    target_modules: targetPattern(lora),
    task_type: 'CAUSAL_LM',
    use_dora: false,
    use_rslora: false,
  };
}

/** A pattern over module names, since in a list a name of the text's feed-forward layers may be one of the vision tower's too. */
function targetPattern({ targets, sight }: LoraTrainable): string {
  const text = `.*\\.language_model\\.layers\\.\\d+\\.(?:self_attn|mlp)\\.(?:${targets.join('|')})`;
  if (sight === 'none') return text;
  const parts = [`mlp\\.(?:${SIGHT_TARGETS['feed-forward'].join('|')})`];
  if (sight === 'all') parts.push(`attn\\.(?:${SIGHT_TARGETS.attention.join('|')})`);
  return `(?:${text}|.*\\.visual\\.blocks\\.\\d+\\.(?:${parts.join('|')}))`;
}

function refuseOption(key: string, value: unknown): void {
  const unknownSwitch =
    key.startsWith('use_') && !KNOWN_SWITCHES.includes(key) && value === true
      ? `the option ${key}`
      : undefined;
  const what = Object.hasOwn(REFUSED, key) ? REFUSED[key] : unknownSwitch;
  if (what !== undefined) throw unsupported(what, PLAIN, key);
}

function isOff(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
