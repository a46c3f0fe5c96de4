/** Buttons that save a drawing as SVG or PNG, on the paper of one's choice. */

import { useRef, useState } from 'react';
import { type ErrorRecord, toErrorRecord } from '../../base/errors.ts';
import { Icon } from '../shared/Icon.tsx';
import type { Drawing } from './drawing.ts';
import { BACKGROUNDS, type Background } from './drawing-colors.ts';
import styles from './ExportButtons.module.css';
import { type DrawingFormat, saveDrawing } from './save-drawing.ts';

export interface ExportButtonsProps {
  /** Drawn when it is wanted, in the colours that stand there. */
  draw: (element: HTMLElement, background: Background) => Drawing | Promise<Drawing>;
  /** Name of the file, without its ending. */
  file: string;
  /** What is saved, where several things stand together. */
  what?: string;
  disabled?: boolean;
}

/** The same for all drawings of the visit. */
let chosen: Background = 'white';

export function ExportButtons({ draw, file, what, disabled = false }: ExportButtonsProps) {
  const root = useRef<HTMLSpanElement>(null);
  const [background, setBackground] = useState(chosen);
  const [error, setError] = useState<ErrorRecord | null>(null);
  const save = async (format: DrawingFormat) => {
    const element = root.current;
    if (element === null) return;
    setError(null);
    try {
      await saveDrawing(await draw(element, background), file, format);
    } catch (thrown) {
      setError(toErrorRecord(thrown, file));
    }
  };
  return (
    <span ref={root} className={styles.exports}>
      {(['svg', 'png'] as const).map((format) => (
        <button
          key={format}
          type="button"
          className="button"
          disabled={disabled}
          aria-label={what === undefined ? undefined : `${what} as ${format.toUpperCase()}`}
          onClick={() => void save(format)}
        >
          <Icon name="download" />
          {format.toUpperCase()}
        </button>
      ))}
      <select
        className={styles.background}
        aria-label={what === undefined ? 'Background' : `Background of ${what.toLowerCase()}`}
        value={background}
        onChange={({ target: { value } }) => {
          const found = BACKGROUNDS.find((one) => one.value === value);
          if (found !== undefined) {
            chosen = found.value;
            setBackground(found.value);
          }
        }}
      >
        {BACKGROUNDS.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {error !== null && (
        <span role="alert" className={styles.error}>
          {error.message} {error.fix}
        </span>
      )}
    </span>
  );
}
