/** A row of buttons for each drawing of a rollout that can be saved. */

import { ExportButtons } from '../charts/ExportButtons.tsx';
import styles from './SavedDrawings.module.css';
import type { SavedDrawing } from './saved-drawings.ts';

export interface SavedDrawingsProps {
  drawings: readonly SavedDrawing[];
  /** What the files' names begin with. */
  file: string;
}

export function SavedDrawings({ drawings, file }: SavedDrawingsProps) {
  return drawings.map(({ what, draw }) => (
    <div key={what} className={styles.row}>
      <span>{what}</span>
      <ExportButtons
        what={what}
        draw={draw}
        file={`${file}-${what.toLowerCase().replace(/\W+/g, '-')}`}
      />
    </div>
  ));
}
