/**
 * What a family of models is: a row of the table in families.ts. Everything else asks the row; a new family is a row,
 * its graphs and its configuration.
 *
 * Weights have one spelling everywhere: the text model under `model.`, the vision encoder under `visual.`, the head as
 * {@link HEAD}. A family maps the names of its files to it.
 */

import type { DialectName, ModelAbilities } from '../../contract/models/model.ts';
import type {
  BuiltGraph,
  DecoderOptions,
  EmbedTokensOptions,
  LoraOptions,
  TokenShapes,
  VisionOptions,
} from '../onnx/options.ts';
import type { StateDict } from '../onnx/weights.ts';
import type { GridThw } from '../processor/image.ts';
import type { ProcessorConfig, PromptProcessor } from '../processor/processor.ts';
import type { JsonObject } from '../sources/json-source.ts';

export const HEAD = 'lm_head.weight';
export const EMBEDDING = 'model.embed_tokens.weight';
/** Whether a weight belongs to the vision encoder. */
export const isVisionWeight = (name: string): boolean => name.startsWith('visual.');

/** What all families' configurations have in common; sizes are counts of features. */
export interface ModelConfig extends ProcessorConfig {
  /** As config.json names it. */
  readonly modelType: string;
  readonly videoTokenId: number;
  /** Whether the logits are made with the embedding's own weights; the weights have the last word, see settle.ts. */
  readonly tieWordEmbeddings: boolean;
  /** Ids at which `generate()` stops without a generation_config.json. */
  readonly eosTokenIds: readonly number[];
  /** What a `quantization_config` calls its method; null without one. Whether weights are quantized, the weights say. */
  readonly quantization: string | null;
  readonly text: {
    readonly vocabSize: number;
    readonly hiddenSize: number;
    readonly layers: number;
    readonly heads: number;
    readonly kvHeads: number;
    readonly headDim: number;
    /** Layers, from the first, after each of which features of the vision encoder are added (DeepStack). */
    readonly deepstackLayers: number;
    /** Positions that prompt and completion may take together. */
    readonly maxPositions: number;
    /** Layers whose cache grows with the tokens; all unless given. */
    readonly growingLayers?: number;
  };
}

/** A family, as a row of data and of functions of its configuration. */
export interface ModelFamily {
  /** What a person calls it. */
  readonly label: string;
  /** `model_type` values that it opens. */
  readonly modelTypes: readonly string[];
  /** How its prompts become ids, positions and pixels. */
  readonly processor: PromptProcessor;
  /** Linear layers of its decoder that take a LoRA branch, as PEFT names them. */
  readonly loraTargets: readonly string[];
  /** The one spelling of a weight's name; see the head of this file. */
  canonicalName(name: string): string;
  /** One of its models. Throws {@link PlaygroundError} `model.config-invalid`. */
  open(config: JsonObject): Architecture;
}

/** A family with one configuration: the graphs of one model. The builders throw what GraphWeights throws. */
export interface Architecture {
  readonly family: ModelFamily;
  readonly config: ModelConfig;
  /** Weights of all tensors together. */
  readonly weights: number;
  readonly abilities: ModelAbilities;
  /** The prompts that it is asked with. */
  readonly dialect: DialectName;
  /** The graphs that ONNX Runtime runs, in the layout of onnx-community; `stateDict` is null where weights are inputs. */
  embedTokens(stateDict: StateDict | null, options: EmbedTokensOptions): BuiltGraph;
  visionEncoder(stateDict: StateDict | null, options: VisionOptions): BuiltGraph;
  decoder(stateDict: StateDict | null, options: DecoderOptions): BuiltGraph;
  /** The graphs that jax-js differentiates, which are written apart; null where nobody has written them. */
  readonly differentiable: DifferentiableForm | null;
  /** Why no graphs are built from its weights, so that it opens as the graphs of others alone; null where they are. */
  readonly graphsOnly: string | null;
  /** The same model with the head that its weights have. */
  withTiedHead(tied: boolean): Architecture;
}

/** The same functions in fixed sizes, weights as inputs, integers of 32 bits, no cache. */
export interface DifferentiableForm {
  decoder(
    shapes: TokenShapes & { readonly kept: number; readonly branches?: number },
    lora?: LoraOptions,
  ): BuiltGraph;
  visionEncoder(grids: readonly GridThw[], lora?: LoraOptions): BuiltGraph;
}
