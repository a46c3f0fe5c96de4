/** Pictures as data: the page draws them, and exports and reports write the same ones. Pure. */

export interface DrawingColors {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  /** `none` where what lies below shows through. */
  readonly paper: string;
  /** Of each result. */
  readonly results: readonly string[];
}

/** An element of an SVG: its name, its attributes, and its text or the elements in it. */
export interface Shape {
  /** Of its own among its neighbours. */
  readonly key: string;
  readonly name:
    | 'rect'
    | 'line'
    | 'circle'
    | 'text'
    | 'tspan'
    | 'polyline'
    | 'path'
    | 'image'
    | 'g'
    | 'defs'
    | 'pattern'
    | 'linearGradient'
    | 'stop';
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly text?: string;
  readonly inside?: readonly Shape[];
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly Shape[];
}

export const FONT = 'Instrument Sans, system-ui, sans-serif';
export const MONO_FONT = 'JetBrains Mono, ui-monospace, DejaVu Sans Mono, monospace';
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

/** Any element, with others in it or without. */
export const shape = (
  key: string,
  name: Shape['name'],
  attributes: Attributes,
  inside?: readonly Shape[],
): Shape => ({ key, name, attributes, ...(inside === undefined ? {} : { inside }) });

export const rounded = (value: number) => Math.round(value * 10) / 10;

/** Words in the room of so many letters. */
export const fitting = (words: string, most: number): string =>
  words.length <= most ? words : `${words.slice(0, Math.max(1, most - 1))}…`;

/** Words in lines of at most so many letters; a longer word is cut into several. */
export function wrapped(words: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words.split(/\s+/).flatMap((one) => one.match(pieces(most)) ?? [])) {
    if (line !== '' && line.length + 1 + word.length > most) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

const WORDS_LINE = 16;

/** A drawing with sentences below it, on the same paper. */
export function withWords(
  { width, height, shapes }: Drawing,
  sentences: readonly string[],
  colors: DrawingColors,
): Drawing {
  const lines = sentences.flatMap((one) => wrapped(one, Math.floor((width - 16) / LETTER)));
  const whole = height + 8 + lines.length * WORDS_LINE;
  return {
    width,
    height: whole,
    shapes: [
      rect('paper below', { x: 0, y: 0, width, height: whole, fill: colors.paper }),
      ...shapes,
      ...lines.map((one, i) =>
        text(`words ${i}`, one, { x: 8, y: height + 12 + i * WORDS_LINE, fill: colors.soft }),
      ),
    ],
  };
}

const pieces = (most: number) => new RegExp(`.{1,${Math.max(1, most)}}`, 'gsu');

/** As on the page: signs of a tag stay the signs that they are. */
const LETTERS = 'font-variant-ligatures: no-contextual';

/** A drawing as a file of its own. `style` is for who turns it into pixels. */
export function svgText({ width, height, shapes }: Drawing, style = ''): string {
  const head = style === '' ? '' : `<style>${style}</style>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" style="${LETTERS}">${head}${shapes.map(element).join('')}</svg>`;
}

function element({ name, attributes, text: words, inside }: Shape): string {
  const said = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
    .join('');
  const body = `${words === undefined ? '' : escaped(words)}${inside?.map(element).join('') ?? ''}`;
  return body === '' ? `<${name}${said}/>` : `<${name}${said}>${body}</${name}>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** What XML 1.0 has no way to say becomes the sign for what cannot be drawn. */
const UNSAYABLE = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const escaped = (words: string) =>
  words.replace(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign).replace(UNSAYABLE, '\u{FFFD}');
