/** A drawing on the page, as a picture to all who cannot see it. */

import { createElement, type ReactNode } from 'react';
import type { Drawing, Shape } from './drawing.ts';

export function Shapes({ drawing, label }: { drawing: Drawing; label: string }) {
  const { width, height, shapes } = drawing;
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
    >
      {shapes.map(drawn)}
    </svg>
  );
}

const drawn = ({ key, name, attributes, text, inside }: Shape): ReactNode =>
  createElement(name, { key, ...camel(attributes) }, text, inside?.map(drawn));

/** React’s names of attributes with a hyphen. */
const camel = (attributes: Shape['attributes']) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
