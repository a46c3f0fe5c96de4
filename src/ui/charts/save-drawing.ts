/** Drawings as files: SVG with its text as text, and PNG of it, with the page's fonts. */

import sansFont from '@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2?url';
import monoFont from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2?url';
import { PlaygroundError } from '../../base/errors.ts';
import { saveBlob } from '../shared/save-file.ts';
import { type Drawing, svgText } from './drawing.ts';

export type DrawingFormat = 'svg' | 'png';

/** Pixels of the PNG to one of the drawing. */
const SCALE = 2;

/** A picture that is drawn from a text is given no font of the page, so the text brings them. */
const FONTS = [
  { family: 'Instrument Sans', url: sansFont },
  { family: 'JetBrains Mono', url: monoFont },
] as const;

/** Starts the download. Throws `drawing.too-large` where the browser has no canvas of that size. */
export async function saveDrawing(
  drawing: Drawing,
  name: string,
  format: DrawingFormat,
): Promise<void> {
  saveBlob(
    format === 'svg' ? svgBlob(svgText(drawing)) : await pngOf(drawing),
    `${name}.${format}`,
  );
}

const svgBlob = (text: string) => new Blob([text], { type: 'image/svg+xml' });

/** Transparent where the drawing has no paper. Throws as {@link saveDrawing}. */
export async function pngOf(drawing: Drawing): Promise<Blob> {
  const url = URL.createObjectURL(svgBlob(svgText(drawing, await fontFaces())));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(drawing.width * SCALE);
    canvas.height = Math.round(drawing.height * SCALE);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
    if (blob === null) throw tooLarge(canvas);
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}

const tooLarge = ({ width, height }: HTMLCanvasElement) =>
  new PlaygroundError({
    code: 'drawing.too-large',
    message: `This browser makes no picture of ${width} by ${height} pixels.`,
    fix: 'Save it as SVG, which has no pixels.',
  });

let faces: Promise<string> | null = null;

/** Without a font that cannot be had the fallbacks draw, as in the SVG where it is not installed. */
function fontFaces(): Promise<string> {
  faces ??= Promise.all(FONTS.map(fontFace)).then((all) => all.join(''));
  return faces;
}

async function fontFace({ family, url }: (typeof FONTS)[number]): Promise<string> {
  try {
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    let letters = '';
    for (const byte of bytes) letters += String.fromCharCode(byte);
    return `@font-face{font-family:"${family}";font-weight:100 800;src:url(data:font/woff2;base64,${btoa(letters)})}`;
  } catch {
    return '';
  }
}
