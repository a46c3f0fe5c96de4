/** Reads preprocessor_config.json and finds the size an image is brought to, as Qwen2VLImageProcessor does. */

import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import { type JsonSource, readJsonObject } from '../jsonSource.ts';

export interface PreprocessorConfig {
  /** Least and most pixels (width × height) of the resized image. */
  readonly minPixels: number;
  readonly maxPixels: number;
  /** Pixels along one side of a patch. */
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  /** Patches along one side of a visual token. */
  readonly mergeSize: number;
  readonly rescaleFactor: number;
  /** Per channel: red, green, blue. */
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

const FILE = 'preprocessor_config.json';
/** PIL's number for bicubic. */
const BICUBIC = 3;
const MAX_ASPECT_RATIO = 200;

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const channels = v.tuple([v.number(), v.number(), v.number()]);
/** Defaults are those of transformers' Qwen2VLImageProcessor. */
const schema = v.looseObject({
  min_pixels: v.nullish(count),
  max_pixels: v.nullish(count),
  size: v.nullish(
    v.looseObject({
      shortest_edge: v.nullish(count),
      longest_edge: v.nullish(count),
      min_pixels: v.nullish(count),
      max_pixels: v.nullish(count),
    }),
  ),
  patch_size: v.optional(count, 14),
  temporal_patch_size: v.optional(count, 2),
  merge_size: v.optional(count, 2),
  rescale_factor: v.optional(v.number(), 1 / 255),
  image_mean: v.optional(channels, [0.48145466, 0.4578275, 0.40821073]),
  image_std: v.optional(channels, [0.26862954, 0.26130258, 0.27577711]),
  resample: v.optional(v.literal(BICUBIC), BICUBIC),
  do_resize: v.optional(v.literal(true), true),
  do_rescale: v.optional(v.literal(true), true),
  do_normalize: v.optional(v.literal(true), true),
});

/**
 * The validated image processor settings. `min_pixels` and `max_pixels` win over `size`.
 * Throws {@link PlaygroundError} `model.file-*` as in jsonSource.ts, and `image.config-invalid` for values that
 * are missing, out of range or ask for another processor (another filter, no resize, no normalisation).
 */
export function parsePreprocessorConfig(source: JsonSource): PreprocessorConfig {
  const result = v.safeParse(schema, readJsonObject(source, FILE));
  if (!result.success) {
    const [issue] = result.issues;
    throw invalid(`${v.getDotPath(issue) ?? FILE}: ${issue.message}`);
  }
  const json = result.output;
  const minPixels = json.min_pixels ?? json.size?.shortest_edge ?? json.size?.min_pixels ?? 56 * 56;
  const maxPixels =
    json.max_pixels ?? json.size?.longest_edge ?? json.size?.max_pixels ?? 28 * 28 * 1280;
  if (minPixels > maxPixels) throw invalid(`min_pixels ${minPixels} is above ${maxPixels}`);
  return {
    minPixels,
    maxPixels,
    patchSize: json.patch_size,
    temporalPatchSize: json.temporal_patch_size,
    mergeSize: json.merge_size,
    rescaleFactor: json.rescale_factor,
    mean: json.image_mean,
    std: json.image_std,
  };
}

/**
 * The size in pixels that the processor resizes to: both sides multiples of `factor`, the area between `minPixels`
 * and `maxPixels`, the aspect ratio about kept (`smart_resize` in transformers; halves round to even).
 * Throws {@link PlaygroundError} `image.empty` and `image.aspect-ratio` (above 200).
 */
export function smartResize(
  { width, height }: ImageSize,
  factor: number,
  { minPixels, maxPixels }: { readonly minPixels: number; readonly maxPixels: number },
): ImageSize {
  if (!(width >= 1 && height >= 1)) throw empty(width, height);
  const aspect = Math.max(height, width) / Math.min(height, width);
  if (aspect > MAX_ASPECT_RATIO) throw tooLong(width, height, aspect);
  const rounded = {
    width: roundHalfEven(width / factor) * factor,
    height: roundHalfEven(height / factor) * factor,
  };
  const area = rounded.width * rounded.height;
  if (area > maxPixels) {
    const shrink = Math.sqrt((height * width) / maxPixels);
    return {
      width: Math.max(factor, Math.floor(width / shrink / factor) * factor),
      height: Math.max(factor, Math.floor(height / shrink / factor) * factor),
    };
  }
  if (area < minPixels) {
    const grow = Math.sqrt(minPixels / (height * width));
    return {
      width: Math.ceil((width * grow) / factor) * factor,
      height: Math.ceil((height * grow) / factor) * factor,
    };
  }
  return rounded;
}

/** Python's `round`: a half goes to the even neighbour, where JavaScript's goes up. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function invalid(reason: string): PlaygroundError {
  return new PlaygroundError({
    code: 'image.config-invalid',
    message: `The image processor's settings cannot be used: ${reason}.`,
    fix: `Take ${FILE} unchanged from a Qwen2.5-VL checkpoint.`,
    where: FILE,
    detail: { reason },
  });
}

function empty(width: number, height: number): PlaygroundError {
  return new PlaygroundError({
    code: 'image.empty',
    message: `The image has no pixels (${width}×${height}).`,
    fix: 'Choose another image.',
    where: 'image',
    detail: { width, height },
  });
}

function tooLong(width: number, height: number, aspect: number): PlaygroundError {
  return new PlaygroundError({
    code: 'image.aspect-ratio',
    message: `The image is too long for the model: one side is ${aspect.toFixed(1)} times the other, ${MAX_ASPECT_RATIO} is the most.`,
    fix: 'Crop the image so that its longer side is at most 200 times the shorter one.',
    where: 'image',
    detail: { width, height, aspect, limit: MAX_ASPECT_RATIO },
  });
}
