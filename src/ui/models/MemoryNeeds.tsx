/** What a model takes in memory at a length of context that is chosen. */

import { useId } from 'react';
import type { ModelShape } from '../../contract/models/model.ts';
import { memoryOf } from '../../contract/models/model-memory.ts';
import type { ModelLook } from '../../contract/models/model-sources.ts';
import { Select } from '../fields/Select.tsx';
import { formatBytes } from '../shared/format.ts';
import { useModels, useModelsState } from './context.ts';
import styles from './Found.module.css';
import { LENGTHS } from './state.ts';

export function MemoryNeeds({ look, shape }: { look: ModelLook; shape: ModelShape }) {
  const id = useId();
  const { chooseLength } = useModels();
  const length = useModelsState((s) => s.length);
  const kind = useModelsState((s) => s.kind);
  const row = look.weights.find((one) => one.kind === kind);
  if (row === undefined) return null;
  const half = kind === 'fp16' || kind === 'q4f16';
  const { weights, cache, logits, total } = memoryOf(shape, row.memory, length, half);
  const lengths = LENGTHS.filter((count) => count <= shape.maxPositions);
  if (!lengths.some((count) => count === length)) return null;
  return (
    <div className={styles.memory}>
      <p>
        <label htmlFor={id}>Memory, estimated for a context of</label>{' '}
        <Select
          id={id}
          look="line"
          value={String(length)}
          options={lengths.map((count) => ({
            value: String(count),
            label: `${count.toLocaleString('en')} tokens`,
          }))}
          onChange={(value) => chooseLength(Number(value))}
        />
      </p>
      <dl className={`numeric ${styles.parts}`}>
        <dt>Weights</dt>
        <dd>{weights === null ? 'not known' : formatBytes(weights)}</dd>
        <dt>Cache of keys and values, each context</dt>
        <dd>{formatBytes(cache)}</dd>
        <dt>Logits while scoring</dt>
        <dd>{formatBytes(logits)}</dd>
        <dt>Together</dt>
        <dd>
          <strong>{total === null ? 'not known' : formatBytes(total)}</strong>
        </dd>
      </dl>
      <p className={styles.soft}>
        The runtime needs some more for what it computes with. A picture takes one token for each 28
        × 28 pixels or so (32 × 32 in Qwen3-VL).
      </p>
    </div>
  );
}
