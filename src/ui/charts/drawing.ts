/** Pictures as data: the page draws them, and exports and reports write the same ones. Pure. */

export interface DrawingColors {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly paper: string;
  /** Of each result. */
  readonly results: readonly string[];
}

/** An element of an SVG: its name, its attributes, and its text. */
export interface Shape {
  /** Of its own among the shapes. */
  readonly key: string;
  readonly name: 'rect' | 'line' | 'circle' | 'text' | 'polyline';
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly text?: string;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

const FONT = 'Instrument Sans, system-ui, sans-serif';
export const FONT_SIZE = 12;
/** Width of a letter, about. */
export const LETTER = 6.3;

type Attributes = Shape['attributes'];

export const rect = (key: string, attributes: Attributes): Shape => ({
  key,
  name: 'rect',
  attributes,
});

export const line = (key: string, attributes: Attributes): Shape => ({
  key,
  name: 'line',
  attributes,
});

export const circle = (key: string, attributes: Attributes): Shape => ({
  key,
  name: 'circle',
  attributes,
});

/** A broken line through points. */
export const path = (
  key: string,
  points: readonly (readonly [x: number, y: number])[],
  attributes: Attributes,
): Shape => ({
  key,
  name: 'polyline',
  attributes: {
    points: points.map(([x, y]) => `${rounded(x)},${rounded(y)}`).join(' '),
    fill: 'none',
    ...attributes,
  },
});

export const text = (key: string, words: string, attributes: Attributes): Shape => ({
  key,
  name: 'text',
  attributes: { 'font-family': FONT, 'font-size': FONT_SIZE, ...attributes },
  text: words,
});

export const rounded = (value: number) => Math.round(value * 10) / 10;

/** Words in the room of so many letters. */
export const fitting = (words: string, most: number): string =>
  words.length <= most ? words : `${words.slice(0, Math.max(1, most - 1))}…`;

/** A drawing as a file of its own. */
export function svgText({ width, height, shapes }: Drawing): string {
  const body = shapes.map(({ name, attributes, text: words }) => {
    const said = Object.entries(attributes)
      .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
      .join('');
    return words === undefined
      ? `<${name}${said}/>`
      : `<${name}${said}>${escaped(words)}</${name}>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body.join('')}</svg>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

const escaped = (words: string) => words.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
