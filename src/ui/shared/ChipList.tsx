/** Short things to choose from, one of them at a time. */

import type { ReactNode } from 'react';
import styles from './ChipList.module.css';

export interface Chip {
  readonly id: string;
  readonly label: ReactNode;
  readonly pressed: boolean;
  readonly onClick: () => void;
}

export interface ChipListProps {
  label: string;
  chips: readonly Chip[];
  /** They are what the place is for, not a help beside a field. */
  strong?: boolean;
}

export function ChipList({ label, chips, strong = false }: ChipListProps) {
  return (
    <ul className={styles.list} aria-label={label}>
      {chips.map((chip) => (
        <li key={chip.id}>
          <button
            type="button"
            className={styles.chip}
            data-strong={strong || undefined}
            aria-pressed={chip.pressed}
            onClick={chip.onClick}
          >
            {chip.label}
          </button>
        </li>
      ))}
    </ul>
  );
}
