/** How the open model keeps its weights, and what 4 bits made of each matrix. */

import type { ModelStatus } from '../../contract/engine.ts';
import styles from './KeptWeights.module.css';

/** Matrices of the largest error, and one line for each. */
export function KeptWeights({ kept }: Pick<ModelStatus, 'kept'>) {
  if (kept === null || kept.precision === 'fp32') return null;
  if (kept.precision === 'fp16')
    return <p>Its weights are kept in 16 bits and computed with in 32.</p>;
  const errors = [...kept.errors].sort((a, b) => b.relative - a.relative);
  if (errors.length === 0) return <p>Its weights are kept in 4 bits.</p>;
  const [most, least] = [errors[0], errors[errors.length - 1]];
  return (
    <details className={styles.errors}>
      <summary>
        Its weights are kept in 4 bits: each matrix is off by {percent(least.relative)} to{' '}
        {percent(most.relative)} of its norm
      </summary>
      <ul className="numeric">
        {errors.map(({ name, relative }) => (
          <li key={name}>
            <span>{name}</span> <span>{percent(relative)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
