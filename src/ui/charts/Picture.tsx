/** A drawing in the page’s own colours and width, which goes out as SVG and PNG. */

import { createElement, type ReactNode, useEffect, useRef, useState } from 'react';
import { Icon } from '../shared/Icon.tsx';
import { saveBlob } from '../shared/save-file.ts';
import { type Drawing, type DrawingColors, svgText } from './drawing.ts';
import { RUN_COLORS, resolved } from './looks.ts';
import styles from './Picture.module.css';
import { useTheme } from './use-theme.ts';

/** Pixels of the PNG to one of the drawing. */
const SCALE = 2;

export interface PictureProps {
  /** Asked again when the room or the theme changes; another function means another drawing. */
  draw: (width: number, colors: DrawingColors) => Drawing;
  /** What it shows, in words. */
  label: string;
  /** Name of the file that it is saved as. */
  file: string;
  /** Its caption. */
  children: ReactNode;
}

export function Picture({ draw, label, file, children }: PictureProps) {
  const root = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const [room, setRoom] = useState<{ width: number; colors: DrawingColors } | null>(null);
  useEffect(() => {
    const element = root.current;
    if (element === null) return;
    let width: number | null = null;
    // It is told of the room at once, after the layout that comes anyway; a drawing that makes it higher is not drawn again.
    const resized = new ResizeObserver(() => {
      if (element.clientWidth === width) return;
      width = element.clientWidth;
      // Colours are those of the theme.
      setRoom({ width, colors: colorsOf(element, theme) });
    });
    resized.observe(element);
    return () => resized.disconnect();
  }, [theme]);
  const drawing = room === null ? null : draw(room.width, room.colors);
  return (
    <figure className={styles.figure}>
      <div ref={root} className={styles.room}>
        {drawing !== null && <Shapes drawing={drawing} label={label} />}
      </div>
      <figcaption className={styles.caption}>
        <span>{children}</span>
        <button
          type="button"
          className="button"
          disabled={drawing === null}
          onClick={() => drawing !== null && saveBlob(svgBlob(drawing), `${file}.svg`)}
        >
          <Icon name="download" />
          SVG
        </button>
        <button
          type="button"
          className="button"
          disabled={drawing === null}
          onClick={() => drawing !== null && void savePng(drawing, `${file}.png`)}
        >
          <Icon name="download" />
          PNG
        </button>
      </figcaption>
    </figure>
  );
}

function Shapes({ drawing, label }: { drawing: Drawing; label: string }) {
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

function colorsOf(element: HTMLElement, _theme: string): DrawingColors {
  return {
    ink: resolved(element, '--ink'),
    soft: resolved(element, '--ink-soft'),
    line: resolved(element, '--line'),
    paper: resolved(element, '--paper'),
    results: RUN_COLORS.map((property) => resolved(element, property)),
  };
}

const svgBlob = (drawing: Drawing) => new Blob([svgText(drawing)], { type: 'image/svg+xml' });

async function savePng(drawing: Drawing, name: string): Promise<void> {
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
      if (blob !== null) saveBlob(blob, name);
    }, 'image/png');
  } finally {
    URL.revokeObjectURL(url);
  }
}
