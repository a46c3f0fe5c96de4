/** A checkpoint as two files: what it says as JSON, its tensors as safetensors. */
import {
  float32Tensor,
  readSafetensors,
  toFloat32,
  writeSafetensors,
} from '../../src/model/safetensors.ts';
import type { CheckpointState, TensorMap } from '../../src/training/types.ts';

const PARTS = ['trainable', 'first', 'second'] as const;

export function writeState(state: CheckpointState): {
  json: Uint8Array<ArrayBuffer>;
  tensors: Uint8Array<ArrayBuffer>;
} {
  const { trainable, optimizer, ...rest } = state;
  const maps = { trainable, first: optimizer.first, second: optimizer.second };
  const tensors = new Map(
    PARTS.flatMap((part) =>
      [...maps[part]].map(
        ([name, { shape, data }]) => [`${part}/${name}`, float32Tensor(data, shape)] as const,
      ),
    ),
  );
  const json = JSON.stringify({ ...rest, updates: optimizer.updates });
  return { json: new TextEncoder().encode(json), tensors: writeSafetensors(tensors).slice() };
}

export function readState(json: Uint8Array, tensors: Uint8Array): CheckpointState {
  const { updates, ...rest } = JSON.parse(new TextDecoder().decode(json));
  const stored = readSafetensors(tensors);
  const part = (prefix: string): TensorMap =>
    new Map(
      [...stored].flatMap(([name, tensor]) =>
        name.startsWith(`${prefix}/`)
          ? [
              [
                name.slice(prefix.length + 1),
                { shape: tensor.shape, data: toFloat32(tensor, name).slice() },
              ] as const,
            ]
          : [],
      ),
    );
  const optimizer = { updates, first: part('first'), second: part('second') };
  return { ...rest, trainable: part('trainable'), optimizer };
}
