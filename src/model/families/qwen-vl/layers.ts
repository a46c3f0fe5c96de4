/** Building blocks shared by the vision encoder and the decoder; rows are tokens: [tokens, features], unless said otherwise. */

import { PlaygroundError } from '../../../base/errors.ts';
import { SIGHT_TARGETS } from '../../../contract/train/train-rows.ts';
import type { OnnxGraph, Value } from '../../onnx/graph.ts';
import type { LoraOptions } from '../../onnx/options.ts';
import type { GraphWeights } from '../../onnx/weights.ts';
import type { QwenTextConfig } from './text-config.ts';

/** Added to the score of a key that a query must not see; finite, so that no row becomes NaN. */
export const MASKED = -1e9;

/** The linear layers of a decoder layer. */
export const LORA_TARGETS: readonly string[] = [
  ...['q_proj', 'k_proj', 'v_proj', 'o_proj'],
  ...['gate_proj', 'up_proj', 'down_proj'],
];

/** The branches of a vision encoder's attention or feed-forward networks; undefined without. */
export function sightLora(
  lora: LoraOptions | undefined,
  of: keyof typeof SIGHT_TARGETS,
): LoraOptions | undefined {
  const has = lora?.sight === 'all' || lora?.sight === of;
  return lora !== undefined && has ? { ...lora, targets: SIGHT_TARGETS[of] } : undefined;
}

/** A linear layer of the model: `path.weight` [out, in] and, if `bias`, `path.bias` [out]. */
export interface Linear {
  readonly path: string;
  readonly inSize: number;
  readonly outSize: number;
  readonly bias: boolean;
}

/** What every building block needs. */
export interface Builder {
  readonly graph: OnnxGraph;
  readonly weights: GraphWeights;
  readonly lora: LoraOptions | undefined;
  /**
   * Given where tokens are columns, [tokens, features, 1], and linear layers convolutions of width 1. That is the
   * same product, but jax-js takes a convolution's operands as they are; a matrix product's it first
   * turns into other shapes, and since the way back wants those too, each is copied at every step.
   */
  readonly columns?: Columns | undefined;
}

export interface Columns {
  /** Tokens of all sequences. */
  readonly tokens: number;
  /** A dropout mask [tokens of all sequences, width] as columns for the tokens at hand. */
  readonly mask: (mask: Value, width: number) => Value;
}

/**
 * x · weight / sqrt(mean(x²) + epsilon) over the features, in the form that runtimes fuse. Where weights are
 * inputs, the graph may be differentiated: a power has no gradient at 0 when it is taken by logarithms.
 */
export function rmsNorm(b: Builder, x: Value, path: string, size: number, epsilon: number): Value {
  const { graph } = b;
  const squares =
    b.weights.mode === 'inputs' ? graph.op('Mul', [x, x]) : graph.op('Pow', [x, graph.floats(2)]);
  const mean = graph.op('ReduceMean', [squares], { axes: [b.columns ? 1 : -1], keepdims: 1 });
  const deviation = graph.op('Sqrt', [graph.op('Add', [mean, graph.floats(epsilon)])]);
  const weight = parameter(b, `${path}.weight`, [size]);
  return graph.op('Mul', [graph.op('Div', [x, deviation]), weight]);
}

/** (x − mean) / sqrt(variance + epsilon) · weight + bias over the features of [tokens, features]. */
export function layerNorm(
  b: Builder,
  x: Value,
  path: string,
  size: number,
  epsilon: number,
): Value {
  const { graph } = b;
  const weight = parameter(b, `${path}.weight`, [size]);
  const bias = parameter(b, `${path}.bias`, [size]);
  if (b.weights.mode !== 'inputs')
    return graph.op('LayerNormalization', [x, weight, bias], { axis: -1, epsilon });
  const mean = graph.op('ReduceMean', [x], { axes: [-1], keepdims: 1 });
  const centred = graph.op('Sub', [x, mean]);
  const squares = graph.op('Mul', [centred, centred]);
  const variance = graph.op('ReduceMean', [squares], { axes: [-1], keepdims: 1 });
  const deviation = graph.op('Sqrt', [graph.op('Add', [variance, graph.floats(epsilon)])]);
  const scaled = graph.op('Mul', [graph.op('Div', [centred, deviation]), weight]);
  return graph.op('Add', [scaled, bias]);
}

/** One linear layer on [tokens, in], with its adapter if it is a LoRA target; `name` is that of its output. */
export function linear(b: Builder, x: Value, layer: Linear, name?: string): Value {
  const { graph } = b;
  const { path, inSize, outSize } = layer;
  const base = frozen(b, x, layer, name);
  if (b.lora === undefined || !isTarget(b.lora, layer)) return base;
  const { rank, alpha } = b.lora;
  const down = adapter(b, `${path}.lora_A.weight`, [rank, inSize]);
  const up = adapter(b, `${path}.lora_B.weight`, [outSize, rank]);
  const kept = b.lora.dropoutInputs ? graph.op('Mul', [x, dropoutMask(b, layer)]) : x;
  // The factor stands where the rank makes the tensor small.
  const reduced = product(b, kept, down, null, alpha / rank);
  return product(b, reduced, up, base);
}

/** A linear layer without an adapter. */
function frozen(b: Builder, x: Value, { path, inSize, outSize, bias }: Linear, name?: string) {
  const weight = { name: `${path}.weight`, shape: [outSize, inSize] };
  const added = bias ? { name: `${path}.bias`, shape: [outSize] } : null;
  if (b.weights.mode === 'initializers' && b.columns === undefined)
    return b.weights.product(x, path, [weight], added && [added], name);
  const kept = parameter(b, weight.name, weight.shape);
  const addend = added && parameter(b, added.name, added.shape);
  return product(b, x, kept, addend, 1, name);
}

/** factor · x · Wᵀ + added, for x [tokens, in] and W [out, in]. */
function product(
  b: Builder,
  x: Value,
  weight: Value,
  added: Value | null,
  factor = 1,
  name = 'Gemm',
): Value {
  const { graph } = b;
  if (b.columns === undefined) {
    const inputs = added === null ? [x, weight] : [x, weight, added];
    return graph.op('Gemm', inputs, { transB: 1, alpha: factor }, name);
  }
  const plain = graph.op('Conv', [x, weight]);
  const scaled = factor === 1 ? plain : graph.op('Mul', [plain, graph.floats(factor)]);
  return added === null ? scaled : graph.op('Add', [scaled, added]);
}

/** A weight in the shape that tokens call for. */
function parameter({ weights, columns }: Builder, name: string, shape: readonly number[]): Value {
  return columns === undefined ? weights.get(name, shape) : weights.column(name, shape);
}

function adapter({ weights, columns }: Builder, name: string, shape: readonly number[]): Value {
  return weights.input(name, columns === undefined ? shape : [...shape, 1]);
}

function dropoutMask({ graph, columns }: Builder, { path, inSize }: Linear): Value {
  const mask = graph.input(`${path}.lora_dropout`, 'float32', [columns?.tokens ?? 'rows', inSize]);
  return columns === undefined ? mask : columns.mask(mask, inSize);
}

/** Several linear layers on the same input, their outputs side by side; one product where possible. */
export function joinedLinear(b: Builder, x: Value, name: string, layers: readonly Linear[]): Value {
  const { graph, weights, lora } = b;
  const separate = weights.mode === 'inputs' || (lora && layers.some((l) => isTarget(lora, l)));
  if (separate)
    return graph.op(
      'Concat',
      layers.map((layer) => linear(b, x, layer)),
      { axis: 1 },
    );
  const biased = layers.some(({ bias }) => bias);
  return weights.product(
    x,
    name,
    layers.map((l) => ({ name: `${l.path}.weight`, shape: [l.outSize, l.inSize] })),
    biased ? layers.map((l) => ({ name: `${l.path}.bias`, shape: [l.outSize] })) : null,
  );
}

/** down(silu(gate(x)) · up(x)), the gated feed-forward network. */
export function swiGlu(
  b: Builder,
  x: Value,
  path: string,
  sizes: { readonly hidden: number; readonly inner: number; readonly bias: boolean },
): Value {
  const { graph } = b;
  const { hidden, inner, bias } = sizes;
  const wide = { inSize: hidden, outSize: inner, bias };
  const gate = linear(b, x, { path: `${path}.gate_proj`, ...wide });
  const up = linear(b, x, { path: `${path}.up_proj`, ...wide });
  const silu = graph.op('Mul', [gate, graph.op('Sigmoid', [gate])]);
  const gated = graph.op('Mul', [silu, up]);
  return linear(b, gated, { path: `${path}.down_proj`, inSize: inner, outSize: hidden, bias });
}

/** second(activation(first(x))), both with a bias: the feed-forward network without a gate. */
export function plainNetwork(
  b: Builder,
  x: Value,
  network: {
    readonly first: string;
    readonly second: string;
    readonly hidden: number;
    readonly inner: number;
  },
  activation: (graph: OnnxGraph, x: Value) => Value,
): Value {
  const { first, second, hidden, inner } = network;
  const wide = linear(b, x, { path: first, inSize: hidden, outSize: inner, bias: true });
  const active = activation(b.graph, wide);
  return linear(b, active, { path: second, inSize: inner, outSize: hidden, bias: true });
}

/** The norm before a decoder layer's attention or feed-forward network. */
export function textNorm(
  b: Builder,
  text: QwenTextConfig,
  x: Value,
  layer: number,
  name: 'input_layernorm' | 'post_attention_layernorm',
): Value {
  return rmsNorm(b, x, `model.layers.${layer}.${name}`, text.hiddenSize, text.rmsNormEps);
}

export function finalNorm(b: Builder, text: QwenTextConfig, x: Value): Value {
  return rmsNorm(b, x, 'model.norm', text.hiddenSize, text.rmsNormEps);
}

/** A decoder layer's second half: x and the gated network of its norm. */
export function feedForward(b: Builder, text: QwenTextConfig, x: Value, layer: number): Value {
  const ready = textNorm(b, text, x, layer, 'post_attention_layernorm');
  const sizes = { hidden: text.hiddenSize, inner: text.intermediateSize, bias: false };
  return b.graph.op('Add', [x, swiGlu(b, ready, `model.layers.${layer}.mlp`, sizes)]);
}

/** x · σ(1.702 · x) */
export function quickGelu(graph: OnnxGraph, x: Value): Value {
  const gate = graph.op('Sigmoid', [graph.op('Mul', [x, graph.floats(1.702)])]);
  return graph.op('Mul', [x, gate]);
}

/** x · Φ(x), Φ by a hyperbolic tangent: 0.5 · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))). */
export function geluTanh(graph: OnnxGraph, x: Value): Value {
  const square = graph.op('Mul', [x, x]);
  const factor = graph.op('Add', [
    graph.op('Mul', [square, graph.floats(0.044715)]),
    graph.floats(1),
  ]);
  const inner = graph.op('Mul', [
    graph.op('Mul', [x, factor]),
    graph.floats(Math.sqrt(2 / Math.PI)),
  ]);
  const raised = graph.op('Add', [graph.op('Tanh', [inner]), graph.floats(1)]);
  return graph.op('Mul', [graph.op('Mul', [x, raised]), graph.floats(0.5)]);
}

/** x · Φ(x) with the exact error function, as torch's default GELU. */
export function gelu(graph: OnnxGraph, x: Value): Value {
  const erf = graph.op('Erf', [graph.op('Div', [x, graph.floats(Math.SQRT2)])]);
  const scaled = graph.op('Mul', [x, graph.op('Add', [erf, graph.floats(1)])]);
  return graph.op('Mul', [scaled, graph.floats(0.5)]);
}

/** An adapter that would silently train nothing is refused. Throws `model.lora-target`. */
export function checkLora(lora: LoraOptions | undefined): void {
  const foreign = lora?.targets.find((target) => !LORA_TARGETS.includes(target));
  if (foreign === undefined) return;
  throw new PlaygroundError({
    code: 'model.lora-target',
    message: `The decoder has no module "${foreign}" for a LoRA branch.`,
    fix: `Choose from ${LORA_TARGETS.join(', ')}.`,
    where: 'lora',
    detail: { foreign, targets: LORA_TARGETS },
  });
}

function isTarget(lora: LoraOptions, layer: Linear): boolean {
  return lora.targets.some((target) => layer.path.endsWith(`.${target}`));
}
