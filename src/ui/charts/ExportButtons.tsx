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
  const [busy, setBusy] = useState(false);
  const save = async (format: DrawingFormat) => {
    const element = root.current;
    if (element === null || busy) return;
    setError(null);
    setBusy(true);
    try {
      // A long strip takes seconds: that it is drawn is said first.
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
      await saveDrawing(await draw(element, background), file, format);
    } catch (thrown) {
      setError(toErrorRecord(thrown, file));
    }
    setBusy(false);
  };
  return (
    <span ref={root} className={styles.exports}>
      {(['svg', 'png'] as const).map((format) => (
        <button
          key={format}
          type="button"
          className="button"
          disabled={disabled}
          aria-disabled={busy}
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
      <span role="status" className={styles.busy}>
        {busy && 'Drawing …'}
      </span>
      {error !== null && (
        <span role="alert" className={styles.error}>
          {error.message} {error.fix}
        </span>
      )}
    </span>
  );
}
