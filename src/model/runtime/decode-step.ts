/** What one run of a decoder takes, and what it carries on to the next. */

import type * as ort from 'onnxruntime-web/webgpu';
import type { PaddedBatch } from '../processor/batch.ts';
import type { RowCopy } from './tensors.ts';

/** Visual tokens of one image, [tokens, hidden]; released by whoever asked for them. */
export interface ImageFeatures {
  readonly tokens: number;
  readonly tensor: ort.Tensor;
  /** What is added at the same tokens after the decoder's first layers, each of the same shape; see DeepStack. */
  readonly deepstack: readonly ort.Tensor[];
}

export function releaseFeatures({ tensor, deepstack }: ImageFeatures): void {
  for (const one of [tensor, ...deepstack]) one.dispose();
}

/** Features that replace the image placeholders of one row of a batch. */
export interface PlacedFeatures {
  readonly row: number;
  /** Column of the row's first token (its left padding). */
  readonly start: number;
  /** Columns of the placeholders, counted from the first token, in order. */
  readonly imageTokens: Int32Array;
  readonly features: ImageFeatures;
}

/** Keys and values of everything decoded so far, and the states of layers that keep none, by input name. */
export interface KeyValueCache {
  readonly batch: number;
  readonly length: number;
  readonly entries: ReadonlyMap<string, ort.Tensor>;
  /** Of a decoder that reads one sequence at a time: the cache of each, without padding, in place of entries. */
  readonly rows?: readonly KeyValueCache[];
}

export function releaseCache({ entries, rows }: KeyValueCache): void {
  for (const tensor of entries.values()) tensor.dispose();
  for (const row of rows ?? []) releaseCache(row);
}

export interface DecodeStep {
  readonly batch: Pick<PaddedBatch, 'batch' | 'length' | 'inputIds' | 'positionIds'>;
  /** [batch, cached + length], 1 for a token. */
  readonly attentionMask: Int32Array;
  readonly images: readonly PlacedFeatures[];
  /** Null at the start. The step consumes it. */
  readonly cache: KeyValueCache | null;
  /** Last rows of each sequence whose logits are wanted; 0 for all. */
  readonly keep: number;
  /** Whether to return the new cache. */
  readonly grow: boolean;
}

/** Placeholders of an image stand side by side, so few copies are needed. */
export function featureCopies(
  { row, start, imageTokens }: PlacedFeatures,
  source: ort.Tensor,
  length: number,
): RowCopy[] {
  const copies: RowCopy[] = [];
  for (let from = 0; from < imageTokens.length; ) {
    let rows = 1;
    while (imageTokens[from + rows] === imageTokens[from] + rows) rows++;
    copies.push({
      source,
      from,
      to: row * length + start + imageTokens[from],
      rows,
    });
    from += rows;
  }
  return copies;
}
