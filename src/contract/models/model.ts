/** What a model can do here and what it needs, as page and worker share it. */

/** A table of prompt wordings; see src/inference/dialects.ts. */
export type DialectName = 'short' | 'full';

/** Something that can be done with a model, or the reason why not, a sentence for a person. */
export type Ability = { readonly can: true } | { readonly can: false; readonly reason: string };

/** Precisions of an ONNX export's graphs, by the suffix of their files; the first that is there is taken unless one is asked for. */
export const EXPORT_PRECISIONS = [
  'fp32',
  'q4',
  'fp16',
  'q4f16',
  'bnb4',
  'quantized',
  'int8',
  'uint8',
] as const;
export type ExportPrecision = (typeof EXPORT_PRECISIONS)[number];

/** All but float32. */
export const ROUNDED_PRECISIONS = EXPORT_PRECISIONS.filter((name) => name !== 'fp32');
export type RoundedPrecision = (typeof ROUNDED_PRECISIONS)[number];

/**
 * How the weights of a model's matrices can be kept: in floats of 32 bits, of 16, or in 4 bits with a scale for each
 * 32 neighbours. Everything is computed in float32 from them.
 */
export const KEPT_PRECISIONS = ['fp32', 'fp16', 'q4'] as const satisfies readonly ExportPrecision[];
export type KeptPrecision = (typeof KEPT_PRECISIONS)[number];

/** A model in one precision, known from its configuration alone. */
export interface PrecisionEstimate extends ModelNeeds {
  readonly precision: KeptPrecision;
  /** Whether its weights leave room for the work in the 4 GiB that WebAssembly has. */
  readonly fitsWasm: boolean;
}

/** What 4 bits made of one weight matrix: ‖kept − given‖ / ‖given‖. */
export interface WeightError {
  /** As the model calls it; the matrices of one product come together. */
  readonly name: string;
  readonly relative: number;
}

/** How the numbers of a model are computed. */
export type Precision = 'float32';

/** What is known of a model's size before any work begins. */
export interface ModelNeeds {
  /** Bytes of all weights as they are kept while the model is open. */
  readonly weightBytes: number;
  /** Bytes of the largest single tensor, kept or for the moment of its use, which one GPU buffer has to hold. */
  readonly largestTensorBytes: number;
}

export interface ModelAbilities {
  /** Whether a run can train it. */
  readonly canTrain: Ability;
  /** Whether its logits can be compared; where not, it writes rollouts and nothing else. */
  readonly canScore: Ability;
  readonly precision: Precision;
  readonly needs: ModelNeeds;
}

/** Sizes of a network, as far as the memory of its use depends on them. */
export interface ModelShape {
  /** Weights of all tensors together. */
  readonly parameters: number;
  readonly vocabSize: number;
  /** Those whose cache grows with the tokens. */
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Positions that prompt and completion may take together. */
  readonly maxPositions: number;
}
