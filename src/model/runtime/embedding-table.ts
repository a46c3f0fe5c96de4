/** The embedding of a large model: rows read where the file lies, since a prompt wants a few hundred of them. */

import { PlaygroundError } from '../../base/errors.ts';
import { partOf, type TensorData, toFloat32 } from '../formats/safetensors.ts';

export interface EmbeddingTable {
  /** [tokens, width] in float32. Throws {@link PlaygroundError} `model.token-id` for an id that has no row. */
  rowsOf(ids: ArrayLike<number>): Float32Array;
}

/** Rows that are kept: those of a prompt and of a completion, which come again and again. */
const KEPT = 4096;

/** The rows of a tensor [vocabulary, width] of floats. */
export function embeddingTable(tensor: TensorData): EmbeddingTable {
  const [count, width] = tensor.shape;
  const kept = new Map<number, Float32Array>();
  const rowOf = (id: number) => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    if (!(id >= 0 && id < count)) throw noRow(id, count);
    const row = toFloat32(partOf(tensor, id * width, width), 'embedding');
    const [oldest] = kept.keys();
    if (kept.size >= KEPT) kept.delete(oldest);
    kept.set(id, row);
    return row;
  };
  return {
    rowsOf: (ids) => {
      const rows = new Float32Array(ids.length * width);
      for (let i = 0; i < ids.length; i++) rows.set(rowOf(ids[i]), i * width);
      return rows;
    },
  };
}

function noRow(id: number, count: number): PlaygroundError {
  return new PlaygroundError({
    code: 'model.token-id',
    message: `The prompt has the token ${id}, and the embedding has ${count} rows.`,
    fix: 'Use the tokenizer that belongs to these weights.',
    where: 'embedding',
  });
}
