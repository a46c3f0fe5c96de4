/** What every tensor of a PEFT file is: which weight of the model it changes, and how. */

import type { SightAdapters } from '../../contract/train/train-rows.ts';
import { isVisionWeight, type ModelFamily } from '../families/family.ts';
import { readSafetensors, type TensorData, toFloat32 } from '../formats/safetensors.ts';
import { ADAPTER_WEIGHTS } from '../sources/inner-adapters.ts';
import { unsupported } from './adapter-errors.ts';
import type { PeftSettings, WholeOnly } from './peft-config.ts';

/** What every name in a PEFT file starts with. */
export const PREFIX = 'base_model.model.';

/** The two files of an adapter, as they are read. */
export interface AdapterFiles {
  /** Parsed `adapter_config.json`. */
  readonly config: unknown;
  /** Bytes of `adapter_model.safetensors`. */
  readonly weights: Uint8Array;
}

/**
 * A and B of a linear layer; of an embedding, which has them transposed; the norms of DoRA; the bias of a B; rows of single tokens;
 * or a tensor in place of the model's own.
 */
export type PartRole =
  | 'A'
  | 'B'
  | 'embedding A'
  | 'embedding B'
  | 'magnitude'
  | 'B bias'
  | 'tokens'
  | 'whole';

export interface AdapterPart {
  /** As the file spells it. */
  readonly name: string;
  /** The weight or bias that it changes, in the one spelling of family.ts. */
  readonly weight: string;
  readonly role: PartRole;
  /** The layer as PEFT calls it when it looks for the layer's own rank and alpha. */
  readonly layer: string;
  readonly tensor: TensorData;
}

/** How a name ends, in the spelling of any PEFT: some put the adapter's name in, some an end that says parameter. */
const ENDS: readonly (readonly [RegExp, PartRole, string])[] = [
  [/\.lora_A(?:\.(?!weight$)\w+)?\.weight$/, 'A', '.weight'],
  [/\.lora_B(?:\.(?!weight$)\w+)?\.weight$/, 'B', '.weight'],
  [/\.lora_B(?:\.(?!bias$)\w+)?\.bias$/, 'B bias', '.bias'],
  [/\.lora_embedding_A(?:\.\w+)?$/, 'embedding A', '.weight'],
  [/\.lora_embedding_B(?:\.\w+)?$/, 'embedding B', '.weight'],
  [/\.lora_magnitude_vector(?:\.\w+){0,2}$/, 'magnitude', '.weight'],
  [/\.token_adapter\.trainable_tokens_delta(?:\.\w+)?$/, 'tokens', '.weight'],
  [/(?:\.(?:base_layer|modules_to_save(?:\.(?!weight|bias)\w+)?))?\.weight$/, 'whole', '.weight'],
  [/(?:\.(?:base_layer|modules_to_save(?:\.(?!weight|bias)\w+)?))?\.bias$/, 'whole', '.bias'],
];

/** Every tensor of the file. Throws {@link PlaygroundError} `adapter.unsupported` for a name that says nothing, and what `readSafetensors` throws. */
export function partsOf(
  { weights }: Pick<AdapterFiles, 'weights'>,
  { canonicalName }: Pick<ModelFamily, 'canonicalName'>,
): AdapterPart[] {
  return [...readSafetensors(weights, ADAPTER_WEIGHTS)].map(([name, tensor]) => {
    const bare = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
    const found = ENDS.find(([end]) => end.test(bare));
    if (found === undefined || /\.lora_|\.token_adapter\./.test(bare.replace(found[0], '')))
      throw unsupported(
        `the tensor "${name}", which is no part of a LoRA`,
        'Merge it into its base with PEFT (merge_and_unload), and open that.',
        name,
      );
    const [end, role, kind] = found;
    const layer = bare.replace(end, '');
    return { name, weight: canonicalName(layer + kind), role, layer, tensor };
  });
}

/** A linear layer of a block of the vision encoder, and the half of it that it is in. */
const BLOCK = /^visual\.blocks\.\d+\.(attn|mlp)\.\w+\.weight$/;

/** Vision layers whose B is not all zeros. */
const acting = (parts: readonly AdapterPart[]): AdapterPart[] =>
  parts.filter(
    ({ weight, role, tensor, name }) =>
      isVisionWeight(weight) &&
      role === 'B' &&
      toFloat32(tensor, name).some((value) => value !== 0),
  );

/** Which of the vision blocks' layers have branches that do something. */
export function sightOf(parts: readonly AdapterPart[]): SightAdapters {
  const halves = acting(parts).map(({ weight }) => BLOCK.exec(weight)?.[1]);
  if (halves.length === 0) return 'none';
  return halves.includes('attn') ? 'all' : 'feed-forward';
}

/** Whether a student's graphs have a place for a layer's branch. */
export function hasPlace(weight: string, sight: SightAdapters): boolean {
  if (!isVisionWeight(weight)) return true;
  const half = BLOCK.exec(weight)?.[1];
  return sight === 'all' ? half !== undefined : sight === 'feed-forward' && half === 'mlp';
}

/** The first thing that a branch beside a linear layer of the text or of a vision block cannot be; null where there is none. */
export function beyondBranches(
  { wholeOnly }: PeftSettings,
  parts: readonly AdapterPart[],
): WholeOnly | null {
  if (wholeOnly.length > 0) return wholeOnly[0];
  // PEFT saves an embedding or head that has a branch beside that, unchanged.
  const [whole, changes] = [true, false].map((is) =>
    parts.filter(({ role }) => (role === 'whole') === is),
  );
  const outside = acting(changes).filter(({ weight }) => !BLOCK.test(weight));
  for (const { name, weight, role } of [...changes, ...whole]) {
    if (role !== 'A' && role !== 'B') return { what: IN_WORDS[role], where: name };
    if (outside.some((part) => part.name === name))
      return { what: 'LoRA on the vision encoder outside of its blocks', where: name };
    if (!isVisionWeight(weight) && !/\.layers\.\d+\./.test(weight))
      return { what: `LoRA on "${weight.replace(/\.weight$/, '')}"`, where: name };
  }
  return null;
}

const IN_WORDS: Readonly<Record<Exclude<PartRole, 'A' | 'B'>, string>> = {
  'embedding A': 'LoRA on the embedding',
  'embedding B': 'LoRA on the embedding',
  magnitude: 'DoRA',
  'B bias': 'biases on the LoRA branch',
  tokens: 'trained token embeddings',
  whole: 'weights trained in full',
};
