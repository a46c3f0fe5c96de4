/** Pixels as a PNG in text, and back, by the browser itself. */

import type { Picture } from '../../world/render.ts';

/** A `data:image/png` address. Throws where the browser has no canvas for so many pixels. */
export async function pngText({ width, height, data }: Picture): Promise<string> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error(`no canvas of ${width} by ${height} pixels`);
  context.putImageData(new ImageData(data, width, height), 0, 0);
  return textOf(await canvas.convertToBlob({ type: 'image/png' }));
}

/** Throws what the browser throws of a PNG that it cannot read. */
export async function readPng(address: string): Promise<Picture> {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error(`no canvas of ${canvas.width} by ${canvas.height} pixels`);
  context.drawImage(image, 0, 0);
  const { width, height, data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { width, height, data };
}

function textOf(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
