/** A graph whose weights lie in one file beside it, as other programs expect an export. */

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import type { ByteStore } from '../../base/byte-store.ts';
import type { SerialisedModel } from './graph.ts';
import { ModelProtoSchema, StringStringEntryProtoSchema } from './schema-pb.js';

/** Weights begin at multiples of this many bytes. */
const ALIGNMENT = 64;

export interface PlacedWeight {
  readonly offset: number;
  readonly data: ByteStore;
}

/** The graph of weights that lie outside of it, each at its place in `file`; the places in their order. */
export function inOneFile(
  { model, external }: SerialisedModel,
  file: string,
): { readonly model: Uint8Array; readonly weights: readonly PlacedWeight[] } {
  const proto = fromBinary(ModelProtoSchema, model);
  let end = 0;
  const placed = new Map<string, PlacedWeight>();
  for (const { path, data } of external) {
    const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
    placed.set(path, { offset, data });
    end = offset + data.size;
  }
  for (const tensor of proto.graph?.initializer ?? []) {
    const place = tensor.externalData.length > 0 ? placed.get(tensor.name) : undefined;
    if (place === undefined) continue;
    const entries = { location: file, offset: place.offset, length: place.data.size };
    tensor.externalData = Object.entries(entries).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value: String(value) }),
    );
  }
  return { model: toBinary(ModelProtoSchema, proto), weights: [...placed.values()] };
}
