/** Graphs that another exporter made: what their files say of themselves, held against the folder before a session is tried. */

import { fromBinary } from '@bufbuild/protobuf';
import type { ByteStore } from '../../base/byte-store.ts';
import { PlaygroundError, shortened } from '../../base/errors.ts';
import { EXPORT_PRECISIONS, type ExportPrecision } from '../../contract/models/model.ts';
import type { ModelConfig } from '../families/family.ts';
import type { OnnxExport } from '../formats/onnx-export.ts';
import {
  TensorProto_DataType as DataType,
  type ModelProto,
  ModelProtoSchema,
} from '../onnx/schema-pb.js';
import { isPast, presentOf } from './cache-ports.ts';
import { allNodes, allTensors, bytesOfTensor } from './graph-contents.ts';
import { KEEP, keepLastRows, plainGathers, serialised } from './graph-rewrites.ts';
import type { GraphFiles, ModelGraphs } from './model-graphs.ts';

/** Operator sets that the runtime has. */
const DOMAINS = new Set(['', 'ai.onnx', 'com.microsoft']);
const KNOWN_INPUTS =
  /^(?:input_ids|image_features|pixel_values|(?:image_)?grid_thw|inputs_embeds|attention_mask|position_ids|num_logits_to_keep|deepstack_embeds\.\d+)$/;

/**
 * The graphs of an export whose files have been read. Throws {@link PlaygroundError} `model.onnx-invalid`,
 * `model.onnx-domain`, `model.graph-input`, `model.graph-output` and `model.external-data`. Graphs
 * are marked where the family adds features of the picture to more layers than the decoder takes them for, and where they
 * are quantized anew for every run.
 */
export function foreignGraphs(
  { embed, vision, decoder }: OnnxExport,
  files: ReadonlyMap<string, ByteStore>,
  { text: { deepstackLayers } }: Pick<ModelConfig, 'text'>,
): ModelGraphs {
  const first = checkedGraph(embed, files);
  const second = vision === null ? null : checkedGraph(vision, files);
  const third = checkedGraph(decoder, files, keepsRows);
  const opened = second === null ? [first, third] : [first, second, third];
  for (const name of ['logits', ...third.inputs.filter(isPast).map(presentOf)])
    if (!third.outputs.includes(name)) throw withoutOutput(decoder, name);
  const dynamic = opened.some((graph) => graph.dynamic);
  const taken = third.inputs.filter((name) => name.startsWith('deepstack_embeds.')).length;
  return {
    embed: async (backend) => (backend === 'wasm' ? withPlainGathers(first.files) : first.files),
    vision: second && (async () => second.files),
    decoder: async () => third.files,
    table: null,
    keeping: null,
    foreign: {
      precision: precisionOf(decoder),
      halfFloats: opened.some(({ halfFloats }) => halfFloats),
      largestTensorBytes: Math.max(...opened.map(({ largest }) => largest)),
      dynamic,
      marks: [
        ...(second !== null && taken !== deepstackLayers ? [WITHOUT_DEEPSTACK] : []),
        ...(dynamic ? [DYNAMIC_INT8] : []),
      ],
    },
  };
}

/** What the file's name says; exporters put it at the end. */
const precisionOf = (file: string): ExportPrecision =>
  EXPORT_PRECISIONS.find((name) => file.endsWith(`_${name}.onnx`)) ?? 'fp32';

/** Operators that choose the steps of eight bits by what lies in a tensor. */
const DYNAMIC = new Set(['DynamicQuantizeLinear', 'DynamicQuantizeMatMul', 'DynamicQuantizeLSTM']);

/** What is lost where eight bits are chosen anew for every run. */
export const DYNAMIC_INT8 =
  'Its graphs are quantized to eight bits anew for every run, so a token’s logits change with the tokens beside it (by up to 0.8 where it was tried): it writes rollouts, and nothing of it can be scored.';

const WITHOUT_DEEPSTACK =
  'This export leaves out DeepStack, the features of the picture that a Qwen3-VL adds to its first decoder layers. Figures without a picture are the model’s; with one they are those of another function (on random weights its logits were off by up to 13, and one most likely token in three stayed the same).';

/** A decoder that gives every row of its logits is told how many to give, where its graph lets that be. */
function keepsRows(model: ModelProto, inputs: readonly string[]): boolean {
  return !inputs.includes(KEEP) && keepLastRows(model);
}

/** See {@link plainGathers}. Its tables may be large, so the changed graph lives no longer than its session needs it. */
function withPlainGathers({ model, externalData }: GraphFiles): GraphFiles {
  const parsed = fromBinary(ModelProtoSchema, model, { readUnknownFields: false });
  return { model: plainGathers(parsed) ? serialised(parsed) : model, externalData };
}

function checkedGraph(
  path: string,
  files: ReadonlyMap<string, ByteStore>,
  rewritten: (model: ModelProto, inputs: readonly string[]) => boolean = () => false,
) {
  const file = files.get(path);
  const bytes = file?.read(0, file.size) ?? new Uint8Array();
  const model = parse(bytes, path);
  const { graph } = model;
  if (graph === undefined || graph.output.length === 0) throw invalid(path);
  // Functions that a file brings along are operators too, of whatever domain.
  const own = new Set(model.functions.map(({ domain, name }) => `${domain}.${name}`));
  let dynamic = false;
  for (const { domain, opType } of allNodes(model)) {
    dynamic ||= DYNAMIC.has(opType);
    if (!DOMAINS.has(domain) && !own.has(`${domain}.${opType}`))
      throw foreignOperator(path, `${domain}.${opType}`);
  }
  const stored = new Set(graph.initializer.map(({ name }) => name));
  const inputs = graph.input.map(({ name }) => name).filter((name) => !stored.has(name));
  const unknown = inputs.find((name) => !KNOWN_INPUTS.test(name) && !isPast(name));
  if (unknown !== undefined) throw foreignInput(path, unknown);
  const halfFloats = graph.initializer.some(({ dataType }) => dataType === DataType.FLOAT16);
  const data = externalData(path, model, files);
  const largest = Math.max(0, ...graph.initializer.map(bytesOfTensor));
  const opened: GraphFiles = {
    model: rewritten(model, inputs) ? serialised(model) : bytes,
    externalData: data,
  };
  const outputs = graph.output.map(({ name }) => name);
  return { files: opened, inputs, outputs, halfFloats, largest, dynamic };
}

/** The files that a graph's tensors point into, each tensor's place held against its file. */
function externalData(
  path: string,
  model: ModelProto,
  files: ReadonlyMap<string, ByteStore>,
): GraphFiles['externalData'] {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const found = new Map<string, ByteStore>();
  for (const tensor of allTensors(model)) {
    const { name, externalData: entries } = tensor;
    if (entries.length === 0) continue;
    const value = (key: string) => entries.find((entry) => entry.key === key)?.value;
    const location = value('location')?.replace(/^\.\//, '') ?? '';
    const data = files.get(`${folder}${location}`);
    if (location.includes('/') || location.includes('\\') || data === undefined)
      throw badData(path, `"${shortened(location, 60)}", which is not beside it`, name);
    const offset = Number(value('offset') ?? 0);
    const end = offset + Number(value('length') ?? bytesOfTensor(tensor));
    if (!(offset >= 0 && end >= offset && end <= data.size))
      throw badData(
        path,
        `${shortened(location, 60)}, which ends before tensor "${shortened(name, 60)}" does`,
        name,
      );
    found.set(location, data);
  }
  return [...found].map(([location, data]) => ({ path: location, data }));
}

function parse(bytes: Uint8Array, path: string): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false });
  } catch (cause) {
    throw invalid(path, cause);
  }
}

function invalid(where: string, cause?: unknown): PlaygroundError {
  return new PlaygroundError(
    {
      code: 'model.onnx-invalid',
      message: `${where} is not an ONNX model, or it is cut off.`,
      fix: 'Download or copy the .onnx file again and compare its size with the original.',
      where,
    },
    { cause },
  );
}

function foreignOperator(where: string, operator: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.onnx-domain',
    message: `${where} uses the operator "${shortened(operator, 80)}", which ONNX Runtime Web does not have.`,
    fix: 'Open an export made of standard and com.microsoft operators.',
    where,
  });
}

function foreignInput(where: string, name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.graph-input',
    message: `${where} wants an input "${shortened(name, 80)}" that this version does not know.`,
    fix: 'Use an export with the inputs of the onnx-community exports.',
    where: name,
  });
}

function withoutOutput(where: string, name: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.graph-output',
    message: `${where} gives no "${shortened(name, 80)}".`,
    fix: 'Use an export with the outputs of the onnx-community exports: logits, and a present for every past.',
    where: name,
  });
}

function badData(path: string, what: string, tensor: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.external-data',
    message: `The weights of ${path} lie in ${what}.`,
    fix: 'Take the graph and its .onnx_data files together, unchanged, from one download.',
    where: path,
    detail: { tensor: shortened(tensor, 100) },
  });
}
