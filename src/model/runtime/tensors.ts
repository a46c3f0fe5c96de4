/** Tensors that live in memory or on the GPU, with the few operations that generation and scoring need. */

import * as ort from 'onnxruntime-web/webgpu';
import { PlaygroundError } from '../../base/errors.ts';
import { narrowHalves, widenHalves } from '../../base/half-floats.ts';

/**
 * Logits of a batch, [batch · rows, vocab]. Whoever holds one calls `release` when done; a GPU
 * buffer goes back to the runtime then, so work on it must be submitted before.
 */
export type Logits = {
  readonly batch: number;
  /** Rows of each sequence: those of its last columns, of all of them where a decoder cannot keep fewer. */
  readonly rows: number;
  readonly vocab: number;
  release(): void;
} & (
  | { readonly kind: 'memory'; readonly data: Float32Array }
  | { readonly kind: 'gpu'; readonly buffer: GPUBuffer; readonly format: FloatFormat }
);

/** Entries of 4 or of 2 bytes. */
export type FloatFormat = 'f32' | 'f16';

/**
 * Views a decoder output [batch, rows, vocab] as {@link Logits}; half floats stay what they are on the GPU and
 * are widened in memory. Throws `model.logits-type` for any other type.
 */
export function toLogits(tensor: ort.Tensor): Logits {
  const { type } = tensor;
  if (type !== 'float32' && type !== 'float16') throw otherType(type);
  const [batch, rows, vocab] = tensor.dims;
  const shape = { batch, rows, vocab, release: () => tensor.dispose() };
  if (tensor.location === 'gpu-buffer')
    return {
      ...shape,
      kind: 'gpu',
      buffer: tensor.gpuBuffer as GPUBuffer,
      format: type === 'float16' ? 'f16' : 'f32',
    };
  return { ...shape, kind: 'memory', data: widened(tensor) };
}

/**
 * The logits of several sequences as one batch with `rows` rows each, those of the last columns; a sequence with fewer
 * has its own at the end. Releases the parts.
 */
export function joinLogits(
  device: GPUDevice | null,
  parts: readonly Logits[],
  rows: number,
): Logits {
  const [{ vocab }] = parts;
  const shape = { batch: parts.length, rows, vocab };
  const entries = parts.length * rows * vocab;
  const place = (part: Logits, i: number) => {
    const kept = Math.min(rows, part.rows);
    return {
      from: (part.rows - kept) * vocab,
      to: ((i + 1) * rows - kept) * vocab,
      count: kept * vocab,
    };
  };
  const [first] = parts;
  if (device === null || first.kind === 'memory') {
    const data = new Float32Array(entries);
    for (const [i, part] of parts.entries()) {
      const { from, to, count } = place(part, i);
      if (part.kind === 'memory') data.set(part.data.subarray(from, from + count), to);
      part.release();
    }
    return { ...shape, kind: 'memory', data, release: () => undefined };
  }
  const { format } = first;
  const bytes = format === 'f16' ? 2 : 4;
  const buffer = device.createBuffer({
    label: 'logits of a batch',
    size: Math.ceil((entries * bytes) / 16) * 16,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  const encoder = device.createCommandEncoder({ label: 'logits of a batch' });
  for (const [i, part] of parts.entries()) {
    const { from, to, count } = place(part, i);
    if (part.kind === 'gpu')
      encoder.copyBufferToBuffer(part.buffer, from * bytes, buffer, to * bytes, count * bytes);
  }
  device.queue.submit([encoder.finish()]);
  for (const part of parts) part.release();
  return { ...shape, kind: 'gpu', buffer, format, release: () => buffer.destroy() };
}

/**
 * The row of the logits that belongs to a sequence's column `back` places before its end; 1 is the last
 * column. Throws `model.logit-rows` where the decoder gave fewer rows than that.
 */
export function rowFromEnd(
  { batch, rows }: Pick<Logits, 'batch' | 'rows'>,
  sequence: number,
  back: number,
): number {
  if (back >= 1 && back <= rows && sequence < batch) return sequence * rows + rows - back;
  throw new PlaygroundError({
    code: 'model.logit-rows',
    message: `The decoder gave logits [${batch}, ${rows}] and row ${back} from the end of sequence ${sequence} is wanted.`,
    fix: 'Use a decoder that gives logits of every position, or of as many as num_logits_to_keep asks for.',
    where: 'logits',
    detail: { batch, rows, sequence, back },
  });
}

function mixedTypes(features: string, embeds: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.embeds-type',
    message: `The image features are ${features} and the embeddings ${embeds}; pictures can be placed among floats of 32 or 16 bits.`,
    fix: 'Ask without a picture, or take files of another precision, such as q4.',
    where: 'inputs_embeds',
  });
}

function otherType(type: string): PlaygroundError {
  return new PlaygroundError({
    code: 'model.logits-type',
    message: `The decoder's logits are ${type}; the kernels read floats of 32 or 16 bits.`,
    fix: 'Export the decoder with float32 or float16 logits.',
    where: 'logits',
    detail: { type },
  });
}

/** The values of a float32 tensor in memory. */
export function floats(tensor: ort.Tensor): Float32Array {
  return tensor.data as Float32Array;
}

/** An integer tensor of the element type that a graph asks for. */
export function integerTensor(
  type: string,
  values: ArrayLike<number>,
  dims: readonly number[],
): ort.Tensor {
  if (type === 'int32') return new ort.Tensor('int32', Int32Array.from(values), dims);
  const wide = new BigInt64Array(values.length);
  for (let i = 0; i < values.length; i++) wide[i] = BigInt(values[i]);
  return new ort.Tensor('int64', wide, dims);
}

/** A tensor without elements, floats of 32 or 16 bits. */
export function emptyTensor(type: string, dims: readonly number[]): ort.Tensor {
  if (type === 'float16') return new ort.Tensor('float16', new Uint16Array(0), dims);
  return floatTensor(new Float32Array(0), dims);
}

export function floatTensor(
  values: Float32Array,
  dims: readonly number[],
  type = 'float32',
): ort.Tensor {
  if (type === 'float16') return new ort.Tensor('float16', narrowHalves(values), dims);
  return new ort.Tensor('float32', values, dims);
}

/** Bytes of an entry of what is moved without a look at its values. */
const BYTES: Readonly<Record<string, number | undefined>> = { float32: 4, float16: 2 };

/** A tensor of floats where runs want it: the same memory, or a copy on the GPU that `dispose` frees. */
export function residentTensor(
  device: GPUDevice | null,
  values: Float32Array,
  dims: readonly number[],
  type = 'float32',
): ort.Tensor {
  if (device === null) return floatTensor(values, dims, type);
  const data = type === 'float16' ? wholeWords(narrowHalves(values)) : Float32Array.from(values);
  const buffer = device.createBuffer({
    label: 'weights',
    size: Math.max(16, Math.ceil(data.byteLength / 16) * 16),
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(buffer, 0, data);
  return ort.Tensor.fromGpuBuffer(buffer, {
    dataType: type === 'float16' ? 'float16' : 'float32',
    dims,
    dispose: () => buffer.destroy(),
  });
}

/** The GPU is written in words of four bytes. */
function wholeWords(halves: Uint16Array): Uint16Array<ArrayBuffer> {
  const padded = new Uint16Array(halves.length + (halves.length % 2));
  padded.set(halves);
  return padded;
}

/**
 * The same values as floats of the type that a graph asks for, 32 or 16 bits; consumes the tensor where it makes another.
 * Types that are no floats are left as they are, for the graph to refuse.
 */
export async function castTensor(
  device: GPUDevice | null,
  tensor: ort.Tensor,
  type: string,
): Promise<ort.Tensor> {
  if (tensor.type === type || BYTES[type] === undefined || BYTES[tensor.type] === undefined)
    return tensor;
  const cast = residentTensor(device, await readTensor(device, tensor), tensor.dims, type);
  tensor.dispose();
  return cast;
}

/** The values of a tensor of floats in memory. */
function widened(tensor: ort.Tensor): Float32Array {
  if (tensor.type === 'float32') return floats(tensor);
  // Where the browser has half floats the runtime gives those, else their bits.
  const { data } = tensor;
  return data instanceof Uint16Array
    ? widenHalves(data)
    : Float32Array.from(data as ArrayLike<number>);
}

/** The values of a tensor of floats wherever it is. */
export async function readTensor(
  device: GPUDevice | null,
  tensor: ort.Tensor,
): Promise<Float32Array> {
  if (tensor.location !== 'gpu-buffer' || device === null) return widened(tensor);
  const format = tensor.type === 'float16' ? 'f16' : 'f32';
  return readBuffer(device, tensor.gpuBuffer as GPUBuffer, tensor.size, 0, format);
}

/** The values `[first, first + count)` of a GPU buffer as float32. */
export async function readBuffer(
  device: GPUDevice,
  buffer: GPUBuffer,
  count: number,
  first = 0,
  format: FloatFormat = 'f32',
): Promise<Float32Array<ArrayBuffer>> {
  if (format === 'f32')
    return new Float32Array(await readBytes(device, buffer, first * 4, count * 4));
  // Copies begin and end at whole words.
  const from = first - (first % 2);
  const bytes = await readBytes(
    device,
    buffer,
    from * 2,
    4 * Math.ceil((first + count - from) / 2),
  );
  return widenHalves(new Uint16Array(bytes, (first - from) * 2, count));
}

async function readBytes(
  device: GPUDevice,
  buffer: GPUBuffer,
  from: number,
  size: number,
): Promise<ArrayBuffer> {
  const staging = device.createBuffer({
    label: 'read back',
    size,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, from, staging, 0, size);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const bytes = staging.getMappedRange().slice(0);
  staging.destroy();
  return bytes;
}

/** Rows of `from` put over rows of a matrix: row `from + i` replaces row `to + i`. */
export interface RowCopy {
  readonly source: ort.Tensor;
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

/**
 * Replaces rows of `target` [… rows, cols] in place: image features over their placeholder embeddings.
 * All tensors are in memory, or all on the GPU.
 */
export function overwriteRows(
  device: GPUDevice | null,
  target: ort.Tensor,
  copies: readonly RowCopy[],
): void {
  const cols = target.dims[target.dims.length - 1];
  const other = copies.find(({ source }) => source.type !== target.type);
  const width = BYTES[target.type];
  if (other !== undefined || width === undefined)
    throw mixedTypes(other?.source.type ?? target.type, target.type);
  if (device === null) {
    const into = floats(target);
    for (const { source, from, to, rows } of copies)
      into.set(floats(source).subarray(from * cols, (from + rows) * cols), to * cols);
    return;
  }
  const encoder = device.createCommandEncoder({ label: 'image features' });
  const bytes = cols * width;
  for (const { source, from, to, rows } of copies)
    encoder.copyBufferToBuffer(
      source.gpuBuffer as GPUBuffer,
      from * bytes,
      target.gpuBuffer as GPUBuffer,
      to * bytes,
      rows * bytes,
    );
  device.queue.submit([encoder.finish()]);
}

/** A new tensor whose first-axis entries are those of `source` at `picks`: the cache of one prompt for each rollout. */
export function pickEntries(
  device: GPUDevice | null,
  source: ort.Tensor,
  picks: readonly number[],
): ort.Tensor {
  const dims = [picks.length, ...source.dims.slice(1)];
  const size = source.dims.slice(1).reduce((a, b) => a * b, 1);
  const { type } = source;
  if (type !== 'float32' && type !== 'float16') throw otherType(type);
  if (device === null) {
    const whole = source.data as Float32Array;
    // Half floats are copied as they are, in whichever array the browser has for them.
    const into = new (whole.constructor as Float32ArrayConstructor)(picks.length * size);
    for (const [to, pick] of picks.entries())
      into.set(whole.subarray(pick * size, (pick + 1) * size), to * size);
    return new ort.Tensor(type, into, dims);
  }
  const bytes = type === 'float16' ? 2 : 4;
  const buffer = device.createBuffer({
    label: 'key-value cache',
    size: Math.ceil((picks.length * size * bytes) / 16) * 16,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
  const encoder = device.createCommandEncoder({ label: 'key-value cache' });
  for (const [to, pick] of picks.entries())
    encoder.copyBufferToBuffer(
      source.gpuBuffer as GPUBuffer,
      pick * size * bytes,
      buffer,
      to * size * bytes,
      size * bytes,
    );
  device.queue.submit([encoder.finish()]);
  return ort.Tensor.fromGpuBuffer(buffer, {
    dataType: type,
    dims,
    dispose: () => buffer.destroy(),
  });
}
