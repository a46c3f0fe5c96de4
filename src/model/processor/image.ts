/** Turns an image into the pixel values of the Qwen-VL families, as transformers' Qwen2VLImageProcessor does. */

import { PlaygroundError } from '../../base/errors.ts';
import { overWhite } from '../../base/white.ts';
import { type ImageSize, type PreprocessorConfig, smartResize } from './image-size.ts';
import { type ReadRow, resizeBicubic } from './resample.ts';

/** Row-major RGBA bytes, not premultiplied: a canvas's ImageData fits. */
export interface RgbaImage extends ImageSize {
  readonly data: Uint8ClampedArray | Uint8Array;
}

/** Frames, rows and columns of patches. */
export type GridThw = readonly [number, number, number];

export interface ProcessedImage {
  /** [patches, 3 × temporalPatchSize × patchSize²]; patches in the order (t, h/merge, w/merge, merge, merge). */
  readonly pixelValues: Float32Array;
  readonly gridThw: GridThw;
  /** How many `<|image_pad|>` stand for the image. */
  readonly visualTokens: number;
  /** The size in pixels that the model sees. */
  readonly resized: ImageSize;
  /** How many stand for it in the official processor; more than `visualTokens` where the caller's cap decided the size. */
  readonly officialTokens: number;
}

export interface PreprocessOptions {
  /** Most pixels of the resized image, below the model's own limit: a visual token is (patch × merge)² of them. */
  readonly maxPixels?: number;
}

/**
 * Pixel values of a still image. Transparent pixels are laid over white, as the official processor does for RGBA.
 * Throws {@link PlaygroundError} `image.empty`, `image.aspect-ratio`, `image.data-size` and, for a model whose processor
 * does not resize, `image.not-fitting` and `image.too-many-tokens`.
 */
export function preprocessImage(
  image: RgbaImage,
  config: PreprocessorConfig,
  options: PreprocessOptions = {},
): ProcessedImage {
  const factor = config.patchSize * config.mergeSize;
  const free = config.resize ? smartResize(image, factor, config) : fittingSize(image, factor);
  const cap = options.maxPixels;
  if (!config.resize && cap !== undefined && free.width * free.height > cap)
    throw tooMany(image, factor, cap);
  const resized = cappedSize(image, config, factor, cap) ?? free;
  if (image.data.length !== image.width * image.height * 4) throw wrongSize(image);
  const rgb = resizeBicubic(rowReader(image), image, resized);
  const rows = resized.height / config.patchSize;
  const columns = resized.width / config.patchSize;
  return {
    pixelValues: patchify(rgb, rows, columns, config),
    gridThw: [1, rows, columns],
    visualTokens: (rows * columns) / config.mergeSize ** 2,
    resized,
    officialTokens: (free.width / factor) * (free.height / factor),
  };
}

/** The size of an image that is taken as it is. */
function fittingSize({ width, height }: ImageSize, factor: number): ImageSize {
  if (width >= factor && height >= factor && width % factor === 0 && height % factor === 0)
    return { width, height };
  throw new PlaygroundError({
    code: 'image.not-fitting',
    message: `The image has ${width}×${height} pixels; this model's processor does not resize (do_resize: false), and both sides must be multiples of ${factor}.`,
    fix: `Bring the image to multiples of ${factor} pixels, or set do_resize to true in preprocessor_config.json.`,
    where: 'image',
    detail: { width, height, factor },
  });
}

function tooMany({ width, height }: ImageSize, factor: number, cap: number): PlaygroundError {
  const tokens = (width / factor) * (height / factor);
  const most = Math.floor(cap / factor ** 2);
  return new PlaygroundError({
    code: 'image.too-many-tokens',
    message: `The image takes ${tokens} visual tokens, and ${most} are the most here; this model's processor does not resize (do_resize: false).`,
    fix: `Bring the image to at most ${most * factor ** 2} pixels, both sides multiples of ${factor}.`,
    where: 'image',
    detail: { width, height, tokens, most },
  });
}

function cappedSize(
  image: RgbaImage,
  config: PreprocessorConfig,
  factor: number,
  cap: number | undefined,
): ImageSize | null {
  if (cap === undefined || cap >= config.maxPixels || !config.resize) return null;
  const maxPixels = Math.max(cap, factor * factor);
  return smartResize(image, factor, {
    maxPixels,
    minPixels: Math.min(config.minPixels, maxPixels),
  });
}

/** Rows as RGB, in the integer arithmetic of Pillow's `alpha_composite` over opaque white. */
function rowReader({ width, data }: RgbaImage): ReadRow {
  return (y, row) => {
    let from = y * width * 4;
    for (let to = 0; to < width * 3; to += 3, from += 4) {
      const alpha = data[from + 3];
      if (alpha === 255) {
        row[to] = data[from];
        row[to + 1] = data[from + 1];
        row[to + 2] = data[from + 2];
      } else {
        row[to] = overWhite(data[from], alpha);
        row[to + 1] = overWhite(data[from + 1], alpha);
        row[to + 2] = overWhite(data[from + 2], alpha);
      }
    }
  };
}

/** Normalises and cuts into patches; a still image is its frame `temporalPatchSize` times. */
function patchify(
  rgb: Uint8ClampedArray,
  rows: number,
  columns: number,
  config: PreprocessorConfig,
): Float32Array {
  const { patchSize, mergeSize, temporalPatchSize } = config;
  const frame = patchSize * patchSize;
  const values = new Float32Array(rows * columns * 3 * temporalPatchSize * frame);
  const tables = [0, 1, 2].map((channel) => normalisedBytes(config, channel));
  let to = 0;
  for (let blockRow = 0; blockRow < rows; blockRow += mergeSize)
    for (let blockColumn = 0; blockColumn < columns; blockColumn += mergeSize)
      for (let inner = 0; inner < mergeSize * mergeSize; inner++) {
        const row = blockRow + Math.floor(inner / mergeSize);
        const column = blockColumn + (inner % mergeSize);
        for (let channel = 0; channel < 3; channel++) {
          const table = tables[channel];
          const start = to;
          for (let y = 0; y < patchSize; y++) {
            const line = (row * patchSize + y) * columns + column;
            let from = line * patchSize * 3 + channel;
            for (let x = 0; x < patchSize; x++, from += 3) values[to++] = table[rgb[from]];
          }
          for (let repeat = 1; repeat < temporalPatchSize; repeat++, to += frame)
            values.copyWithin(to, start, start + frame);
        }
      }
  return values;
}

/** The 256 values of a channel, each step rounded to float32 as NumPy does. */
function normalisedBytes(config: PreprocessorConfig, channel: number): Float32Array {
  const mean = Math.fround(config.mean[channel]);
  const std = Math.fround(config.std[channel]);
  const factor = config.rescaleFactor ?? 1;
  return Float32Array.from({ length: 256 }, (_, byte) => {
    const value = Math.fround(byte * factor);
    return config.normalize ? Math.fround(Math.fround(value - mean) / std) : value;
  });
}

function wrongSize({ width, height, data }: RgbaImage): PlaygroundError {
  return new PlaygroundError({
    code: 'image.data-size',
    message: `The image says ${width}×${height} pixels but holds ${data.length} bytes.`,
    fix: 'Decode the image again; four bytes a pixel are expected (red, green, blue, alpha).',
    where: 'image',
    detail: { width, height, bytes: data.length },
  });
}
