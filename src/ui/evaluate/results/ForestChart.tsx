/** All shares with their intervals, as a picture that goes out as SVG and PNG. */

import { createElement, useEffect, useRef, useState } from 'react';
import type { ResultTable } from '../../../contract/evaluation-tables.ts';
import { RUN_COLORS, resolved } from '../../charts/looks.ts';
import { useTheme } from '../../charts/use-theme.ts';
import { Icon } from '../../shared/Icon.tsx';
import { saveBlob } from '../../shared/save-file.ts';
import styles from './ForestChart.module.css';
import { type Colors, type Drawing, forest, svgText } from './forest.ts';

const FILE = 'vigos-evaluation';
/** Pixels of the PNG to one of the drawing. */
const SCALE = 2;

export function ForestChart({ table }: { table: ResultTable }) {
  const root = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const [room, setRoom] = useState<{ width: number; colors: Colors } | null>(null);
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    // Colours are those of the theme.
    const measure = () => setRoom({ width: element.clientWidth, colors: colorsOf(element, theme) });
    measure();
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    return () => resized.disconnect();
  }, [theme]);
  const drawing = room === null ? null : forest(table, room.width, room.colors);
  return (
    <figure className={styles.figure}>
      <div ref={root} className={styles.room}>
        {drawing !== null && <Picture drawing={drawing} label={inWords(table)} />}
      </div>
      <figcaption className={styles.caption}>
        <span>Shares with their 95 % intervals.</span>
        <button
          type="button"
          className="button"
          disabled={drawing === null}
          onClick={() => drawing !== null && saveBlob(svgBlob(drawing), `${FILE}.svg`)}
        >
          <Icon name="download" />
          SVG
        </button>
        <button
          type="button"
          className="button"
          disabled={drawing === null}
          onClick={() => drawing !== null && void savePng(drawing)}
        >
          <Icon name="download" />
          PNG
        </button>
      </figcaption>
    </figure>
  );
}

function Picture({ drawing, label }: { drawing: Drawing; label: string }) {
  const { width, height, shapes } = drawing;
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
    >
      {shapes.map(({ key, name, attributes, text }) =>
        createElement(name, { key, ...camel(attributes) }, text),
      )}
    </svg>
  );
}

/** React’s names of attributes with a hyphen. */
const camel = (attributes: Readonly<Record<string, string | number>>) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );

function colorsOf(element: HTMLElement, _theme: string): Colors {
  return {
    ink: resolved(element, '--ink'),
    soft: resolved(element, '--ink-soft'),
    line: resolved(element, '--line'),
    paper: resolved(element, '--paper'),
    results: RUN_COLORS.map((property) => resolved(element, property)),
  };
}

function inWords({ columns, rows }: ResultTable): string {
  const shares = rows.filter(({ unit }) => unit === 'share');
  return `Shares of ${columns.join(', ')}: ${shares
    .map(({ label, cells }) => {
      const said = cells.map((cell) =>
        cell?.value === null || cell === null ? 'none' : `${(cell.value * 100).toFixed(1)} %`,
      );
      return `${label} ${said.join(', ')}`;
    })
    .join('; ')}`;
}

const svgBlob = (drawing: Drawing) => new Blob([svgText(drawing)], { type: 'image/svg+xml' });

async function savePng(drawing: Drawing): Promise<void> {
  const url = URL.createObjectURL(svgBlob(drawing));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = drawing.width * SCALE;
    canvas.height = drawing.height * SCALE;
    const context = canvas.getContext('2d');
    context?.scale(SCALE, SCALE);
    context?.drawImage(image, 0, 0, drawing.width, drawing.height);
    canvas.toBlob((blob) => {
      if (blob !== null) saveBlob(blob, `${FILE}.png`);
    }, 'image/png');
  } finally {
    URL.revokeObjectURL(url);
  }
}
