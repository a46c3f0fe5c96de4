/** A drawing in the page’s own colours and width, which goes out as SVG and PNG. */

import { useEffect, useRef, useState } from 'react';
import { PLAYGROUND } from '../shared/citations.ts';
import { type Drawing, type DrawingColors, withWords } from './drawing.ts';
import { drawingColors } from './drawing-colors.ts';
import { ExportButtons } from './ExportButtons.tsx';
import styles from './Picture.module.css';
import { Shapes } from './Shapes.tsx';
import { useTheme } from './use-theme.ts';

export interface PictureProps {
  /** Asked again when the room or the theme changes; another function means another drawing. */
  draw: (width: number, colors: DrawingColors) => Drawing;
  /** What it shows, in words. */
  label: string;
  /** Name of the file that it is saved as. */
  file: string;
  /** Its caption, which goes out with it. */
  children: string;
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
        <ExportButtons
          file={file}
          disabled={room === null}
          draw={(element, background) => {
            const colors = drawingColors(element, background);
            const drawing = draw(room?.width ?? element.clientWidth, colors);
            return withWords(drawing, [children, PLAYGROUND.line], colors);
          }}
        />
      </figcaption>
    </figure>
  );
}

const colorsOf = (element: HTMLElement, _theme: string) => drawingColors(element, 'page');
