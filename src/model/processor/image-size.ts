/** Reads preprocessor_config.json and finds the size an image is brought to, as Qwen2VLImageProcessor does. */

import * as v from 'valibot';
import { PlaygroundError } from '../../base/errors.ts';
import {
  isJsonObject,
  type JsonObject,
  type JsonSource,
  readJsonObject,
} from '../sources/json-source.ts';

export interface PreprocessorConfig {
  /** Least and most pixels (width × height) of the resized image. */
  readonly minPixels: number;
  readonly maxPixels: number;
  /** Pixels along one side of a patch. */
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  /** Patches along one side of a visual token. */
  readonly mergeSize: number;
  /** Whether images are brought to a size that fits; without it theirs has to fit. */
  readonly resize: boolean;
  /** What bytes are multiplied with; null where they stay as they are. */
  readonly rescaleFactor: number | null;
  /** Whether mean and standard deviation are used. */
  readonly normalize: boolean;
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
const edge = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(128));
const finite = v.pipe(v.number(), v.finite());
const channels = v.union([v.tuple([finite, finite, finite]), finite]);
/** Most pixels that an image may be made to have at least. */
const MAX_MIN_PIXELS = 2 ** 26;
/** Defaults are those of transformers' Qwen2VLImageProcessor. */
const schema = v.looseObject({
  min_pixels: v.nullish(count),
  max_pixels: v.nullish(count),
  size: v.nullish(
    v.looseObject({ shortest_edge: v.nullish(count), longest_edge: v.nullish(count) }),
  ),
  patch_size: v.optional(edge, 14),
  temporal_patch_size: v.optional(edge, 2),
  merge_size: v.optional(edge, 2),
  rescale_factor: v.optional(finite, 1 / 255),
  image_mean: v.nullish(channels, [0.48145466, 0.4578275, 0.40821073]),
  image_std: v.nullish(channels, [0.26862954, 0.26130258, 0.27577711]),
  resample: v.nullish(v.number(), BICUBIC),
  do_resize: v.nullish(v.boolean(), true),
  do_rescale: v.nullish(v.boolean(), true),
  do_normalize: v.nullish(v.boolean(), true),
  do_convert_rgb: v.nullish(v.boolean(), true),
});

/** The image processor's part of processor_config.json wins over a preprocessor_config.json beside it. */
export function imageSettings(processor: JsonSource, preprocessor: JsonSource): JsonSource {
  if (processor === undefined || processor === null) return preprocessor;
  const { image_processor: own } = readJsonObject(processor, 'processor_config.json');
  return isJsonObject(own) ? own : preprocessor;
}

/**
 * The validated image processor settings. `min_pixels` and `max_pixels` win over `size`.
 * Throws {@link PlaygroundError} `model.file-*` as in jsonSource.ts, and `image.config-invalid` for values that
 * are missing, out of range or ask for another processor (another filter, another class).
 */
export function parsePreprocessorConfig(source: JsonSource): PreprocessorConfig {
  const found = readJsonObject(source, FILE);
  refuseOtherProcessor(found);
  const result = v.safeParse(schema, found);
  if (!result.success) {
    const [issue] = result.issues;
    throw invalid(`${v.getDotPath(issue) ?? FILE}: ${issue.message}`);
  }
  const json = result.output;
  const size = json.size ?? { shortest_edge: 56 * 56, longest_edge: 28 * 28 * 1280 };
  const minPixels = json.min_pixels ?? size.shortest_edge;
  const maxPixels = json.max_pixels ?? size.longest_edge;
  if (minPixels == null || maxPixels == null)
    throw invalid(
      'size has no shortest_edge and longest_edge, and there are no min_pixels and max_pixels',
    );
  if (minPixels > maxPixels) throw invalid(`min_pixels ${minPixels} is above ${maxPixels}`);
  if (minPixels > MAX_MIN_PIXELS)
    throw invalid(`min_pixels ${minPixels} is more than a tab can hold`);
  const std = perChannel(json.image_std);
  if (json.do_normalize && std.some((value) => Math.fround(value) === 0))
    throw invalid(`image_std is [${std.join(', ')}], and pixels are divided by it`);
  return {
    minPixels,
    maxPixels,
    patchSize: json.patch_size,
    temporalPatchSize: json.temporal_patch_size,
    mergeSize: json.merge_size,
    resize: json.do_resize,
    rescaleFactor: json.do_rescale ? json.rescale_factor : null,
    normalize: json.do_normalize,
    mean: perChannel(json.image_mean),
    std,
  };
}

/** Image processor classes that make the pixels of the Qwen-VL families. */
const PROCESSORS: readonly unknown[] = [
  undefined,
  null,
  'Qwen2VLImageProcessor',
  'Qwen2VLImageProcessorFast',
  'Qwen2VLImageProcessorPil',
  'Qwen2_5_VLImageProcessor',
];

/** Filters of Pillow by number. */
const FILTERS = ['nearest', 'Lanczos', 'bilinear', 'bicubic', 'box', 'Hamming'];

function refuseOtherProcessor(json: JsonObject): void {
  const { image_processor_type: type, resample, do_resize: resizes } = json;
  if (!PROCESSORS.includes(type))
    throw invalid(`image_processor_type is ${String(type)}, which makes other pixels`);
  const filter = resample ?? BICUBIC;
  if (resizes !== false && filter !== BICUBIC)
    throw invalid(
      `resample is ${String(filter)} (${FILTERS[Number(filter)] ?? 'unknown'}), and only bicubic (3) is computed here`,
    );
}

function perChannel(value: number | [number, number, number]): [number, number, number] {
  return typeof value === 'number' ? [value, value, value] : value;
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
    fix: `Take ${FILE} unchanged from the model.`,
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
