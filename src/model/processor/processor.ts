/** From a conversation with images to everything the model is fed: ids, positions and pixel values. */

import { PlaygroundError, shortened } from '../../base/errors.ts';
import type { JsonSource } from '../sources/json-source.ts';
import { type ChatMessage, countImages, mapTexts, renderChat } from './chat.ts';
import type { GridThw, PreprocessOptions, ProcessedImage, RgbaImage } from './image.ts';
import type { PreprocessorConfig } from './image-size.ts';
import { extendPositions, joinPositions, type RopePositions } from './positions.ts';
import type { Tokenizer } from './tokenizer.ts';

/** What prompts need of a model's configuration. */
export interface ProcessorConfig {
  readonly imageTokenId: number;
  readonly text: { readonly maxPositions: number; readonly vocabSize: number };
  readonly vision: {
    /** Pixels along one side of a patch. */
    readonly patchSize: number;
    /** Frames in a patch; a still image is its frame repeated. */
    readonly temporalPatchSize: number;
    /** Patches along one side of a visual token. */
    readonly mergeSize: number;
    /** Attention heads of its encoder. */
    readonly heads: number;
  };
}

/** How a family makes pixels and positions. */
export interface PromptProcessor {
  /** The settings in processor_config.json and preprocessor_config.json, as far as they are there. */
  imageSettings(processor: JsonSource, preprocessor: JsonSource): PreprocessorConfig;
  preprocess(
    image: RgbaImage,
    settings: PreprocessorConfig,
    options?: PreprocessOptions,
  ): ProcessedImage;
  /** Positions of an unpadded prompt whose image tokens are expanded. */
  positions(
    inputIds: readonly number[],
    grids: readonly GridThw[],
    config: ProcessorConfig,
  ): RopePositions;
}

/** What a model folder says about prompts. */
export interface ProcessorAssets {
  readonly tokenizer: Tokenizer;
  /** Source of the chat template. */
  readonly template: string;
  readonly config: ProcessorConfig;
  readonly processor: PromptProcessor;
  readonly preprocessorConfig: PreprocessorConfig;
}

/** Marks a text as a person's, in which no special token is recognised. */
export type Own = (text: string) => string;

export interface PromptRequest {
  /** The conversation; as a list every text of it is a person's, as a function those that it marks. */
  readonly messages: readonly ChatMessage[] | ((own: Own) => readonly ChatMessage[]);
  /** One for each image part, in order; an image used in several prompts can be preprocessed once. */
  readonly images: readonly (RgbaImage | ProcessedImage)[];
  /** What the assistant's turn starts with: the method's own words, in which special tokens are what they are. */
  readonly prefill?: string;
  /** Cap on a resized image's pixels, see image.ts. */
  readonly maxPixels?: number;
}

export interface EncodedPrompt {
  /** Token ids with every `<|image_pad|>` expanded to its image's visual tokens. */
  readonly inputIds: readonly number[];
  /** [3, tokens] */
  readonly positionIds: Int32Array;
  /** Add it to a later token's index to get its position. */
  readonly ropeDelta: number;
  /** Columns of the prompt that image features replace, in order. */
  readonly imageTokens: Int32Array;
  readonly imageGrids: readonly GridThw[];
  /** All images' patches one after another, [patches, 3 × temporalPatchSize × patchSize²]; null without images. */
  readonly pixelValues: Float32Array | null;
  /** The template's text, with one `<|image_pad|>` an image and the prefill at its end. */
  readonly rendered: string;
}

/** One user turn: the images, then the text, if any. */
export function userTurn(text: string | null, images: number): ChatMessage[] {
  const shown = Array.from({ length: images }, () => ({ type: 'image' as const }));
  const said = text === null || text === '' ? [] : [{ type: 'text' as const, text }];
  return [{ role: 'user', content: [...shown, ...said] }];
}

/**
 * Encodes a prompt that the assistant is to go on from. Special tokens come from the template, the prefill and what
 * else is the product's own: `<|im_end|>` or `<|image_pad|>` in a person's text is the ordinary text it looks like.
 * Throws {@link PlaygroundError} `prompt.image-count`, `prompt.too-long`, `model.mismatch`, and what chat.ts and
 * image.ts throw.
 */
export function encodePrompt(assets: ProcessorAssets, request: PromptRequest): EncodedPrompt {
  const { tokenizer, config, processor } = assets;
  checkAssets(assets);
  const guard = unusedCharacter(request);
  const guarded = (text: string) => tokenizer.guardText(text, guard);
  const { messages } = request;
  const shown = typeof messages === 'function' ? messages(guarded) : mapTexts(messages, guarded);
  const text = renderChat(assets.template, shown, {
    addGenerationPrompt: true,
    prefill: request.prefill ?? '',
  });
  const images = request.images.map((image) =>
    'pixelValues' in image
      ? image
      : processor.preprocess(image, assets.preprocessorConfig, { maxPixels: request.maxPixels }),
  );
  const unexpanded = tokenizer.encode(text, guard);
  checkVocabulary(unexpanded, assets);
  const pads = unexpanded.filter((id) => id === config.imageTokenId).length;
  if (pads !== images.length) throw imageCount(request, pads);
  const { inputIds, imageTokens } = expand(unexpanded, images, config.imageTokenId);
  if (inputIds.length > config.text.maxPositions) throw tooLong(inputIds.length, config);
  const imageGrids = images.map(({ gridThw }) => gridThw);
  const { positionIds, delta } = processor.positions(inputIds, imageGrids, config);
  return {
    inputIds,
    positionIds,
    ropeDelta: delta,
    imageTokens,
    imageGrids,
    pixelValues: joinPixels(images),
    rendered: text.replaceAll(guard, ''),
  };
}

/** Ids and positions [3, tokens] of a prompt followed by completion ids, for teacher forcing. */
export function appendCompletion(
  prompt: Pick<EncodedPrompt, 'inputIds' | 'positionIds' | 'ropeDelta'>,
  completionIds: readonly number[],
): { inputIds: number[]; positionIds: Int32Array } {
  const { inputIds, positionIds, ropeDelta } = prompt;
  const more = extendPositions(ropeDelta, inputIds.length, completionIds.length);
  return {
    inputIds: [...inputIds, ...completionIds],
    positionIds: joinPositions(positionIds, more),
  };
}

function expand(
  ids: readonly number[],
  images: readonly ProcessedImage[],
  imageTokenId: number,
): { inputIds: number[]; imageTokens: Int32Array } {
  const inputIds: number[] = [];
  const imageTokens: number[] = [];
  let image = 0;
  for (const id of ids) {
    const copies = id === imageTokenId ? images[image++].visualTokens : 1;
    for (let i = 0; i < copies; i++) {
      if (id === imageTokenId) imageTokens.push(inputIds.length);
      inputIds.push(id);
    }
  }
  return { inputIds, imageTokens: Int32Array.from(imageTokens) };
}

function joinPixels(images: readonly ProcessedImage[]): Float32Array | null {
  if (images.length === 0) return null;
  if (images.length === 1) return images[0].pixelValues;
  const all = new Float32Array(images.reduce((sum, image) => sum + image.pixelValues.length, 0));
  let at = 0;
  for (const { pixelValues } of images) {
    all.set(pixelValues, at);
    at += pixelValues.length;
  }
  return all;
}

function messagesOf({ messages }: PromptRequest): readonly ChatMessage[] {
  return typeof messages === 'function' ? messages((text) => text) : messages;
}

/** A Unicode noncharacter that occurs in no text of the request; there are 32 of them, and none is ever text. */
function unusedCharacter(request: PromptRequest): string {
  const texts = JSON.stringify([messagesOf(request), request.prefill ?? '']);
  for (let code = 0xfdd0; code <= 0xfdef; code++) {
    const character = String.fromCharCode(code);
    if (!texts.includes(character)) return character;
  }
  throw new PlaygroundError({
    code: 'prompt.noncharacters',
    message: 'The prompt contains all 32 Unicode noncharacters U+FDD0 to U+FDEF.',
    fix: 'Remove these characters; they are never part of a text.',
    where: 'prompt',
  });
}

/** The files of a model must agree before their numbers are mixed. */
export function checkAssets({
  tokenizer,
  config,
  preprocessorConfig,
}: Omit<ProcessorAssets, 'template' | 'processor'>): void {
  const pairs = [
    ['image token id', config.imageTokenId, tokenizer.special.imagePad, 'tokenizer.json'],
    ['patch size', config.vision.patchSize, preprocessorConfig.patchSize],
    ['temporal patch size', config.vision.temporalPatchSize, preprocessorConfig.temporalPatchSize],
    ['merge size', config.vision.mergeSize, preprocessorConfig.mergeSize],
  ] as const;
  for (const [name, expected, found, file = 'preprocessor_config.json'] of pairs) {
    if (expected === found) continue;
    throw new PlaygroundError({
      code: 'model.mismatch',
      message: `The model's files disagree: ${name} is ${expected} in config.json and ${found} in ${file}.`,
      fix: 'Take all files from the same model.',
      where: file,
      detail: { name, expected, found },
    });
  }
}

/** On WebGPU a row outside the embedding table would be read as some other row, without a word. */
function checkVocabulary(
  ids: readonly number[],
  { tokenizer, config }: Pick<ProcessorAssets, 'tokenizer' | 'config'>,
): void {
  const { vocabSize } = config.text;
  const beyond = ids.find((id) => id >= vocabSize);
  if (beyond === undefined) return;
  const text = JSON.stringify(shortened(tokenizer.decode([beyond]), 40));
  throw new PlaygroundError({
    code: 'model.mismatch',
    message: `The model's files disagree: tokenizer.json writes ${text} as ${beyond}, and config.json has the ids 0 to ${vocabSize - 1}.`,
    fix: 'Take all files from the same model; tokens added to a tokenizer need rows in the model, too.',
    where: 'tokenizer.json',
    detail: { id: beyond, vocabSize },
  });
}

function imageCount(request: PromptRequest, pads: number): PlaygroundError {
  const parts = countImages(messagesOf(request));
  const given = request.images.length;
  return new PlaygroundError({
    code: 'prompt.image-count',
    message: `The prompt has room for ${pads} images, its messages show ${parts}, and ${given} are given.`,
    fix: 'Give exactly one image for each image part of the messages.',
    where: 'prompt',
    detail: { pads, parts, given },
  });
}

function tooLong(tokens: number, config: ProcessorConfig): PlaygroundError {
  return new PlaygroundError({
    code: 'prompt.too-long',
    message: `The prompt has ${tokens} tokens; the model takes ${config.text.maxPositions}.`,
    fix: 'Shorten the text or lower the cap on image pixels.',
    where: 'prompt',
    detail: { tokens, limit: config.text.maxPositions },
  });
}
