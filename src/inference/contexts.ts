/** What the student and each teacher see: prompt, picture, and which of the student's tokens follow. */

import { PlaygroundError } from '../base/errors.ts';
import { hash32 } from '../base/random.ts';
import type { RgbaImage } from '../base/rgba-image.ts';
import type { ContextOverrides, RolloutInput } from '../contract/engine.ts';
import type { QuestionPrompt } from '../contract/evaluation/evaluation-settings.ts';
import { prefixStart } from '../method/prefix.ts';
import { cleanReference } from '../method/reference.ts';
import type { Reader } from '../method/sight.ts';
import type { MethodConfig, ParsedRollout, Reading, TeacherName } from '../method/types.ts';
import type { ModelAssets } from '../model/assets.ts';
import type { ProcessedImage } from '../model/processor/image.ts';
import { mostPixels } from '../model/processor/picture-cap.ts';
import { type EncodedPrompt, encodePrompt, userTurn } from '../model/processor/processor.ts';
import { type ImageFeatures, releaseFeatures } from '../model/runtime/decode-step.ts';
import type { ModelNetwork } from '../model/runtime/network.ts';
import { DIALECTS, type PromptRow, textOf, WORDS_ONLY, worded } from './dialects.ts';

export type ContextName = Reader;

/** A picture ready for the vision encoder; equal pictures have equal keys. */
export interface Picture {
  readonly key: string;
  readonly width: number;
  readonly height: number;
  readonly processed: ProcessedImage;
}

export interface Context {
  readonly name: ContextName;
  readonly prompt: EncodedPrompt;
  readonly prefill: string;
  readonly picture: Picture | null;
  /** Completion tokens before this one are not shown in this context. */
  readonly offset: number;
  /** Equal contexts have equal keys, whatever rollout follows. */
  readonly key: string;
}

/** Pictures kept with their patches and features. */
const PICTURES = 6;

/** Prepares pictures and prompts; the last few pictures are processed and encoded once. */
export class ContextMaker {
  readonly #assets: ModelAssets;
  readonly #pictures = new Map<string, Picture>();
  readonly #features = new Map<string, ImageFeatures>();

  constructor(assets: ModelAssets) {
    this.#assets = assets;
  }

  /** The student's own context. */
  student(input: RolloutInput): Context {
    return this.question('student', input);
  }

  /** The student, asked in its form or plainly. */
  question(form: QuestionPrompt, input: RolloutInput): Context {
    const row =
      form === 'plain'
        ? DIALECTS[this.#assets.architecture.dialect].plain
        : this.#row('student', input);
    return this.#context('student', input, row, row.prefill, 0);
  }

  /**
   * A teacher's context. A reasoning teacher that sees the description continues the student's own turn,
   * so its assistant turn opens as the student's does; `<think>` is in the completion then.
   */
  teacher(
    name: TeacherName,
    input: RolloutInput,
    overrides: ContextOverrides,
    { reading }: MethodConfig,
    parsed: ParsedRollout,
  ): Context {
    const given = { ...input, ...overrides[name] };
    const seen = { ...given, answer: shownReference(given.answer, reading) };
    const start = prefixStart(name, parsed, reading);
    const row = this.#row(name, input);
    const opening = start === 0 ? (row.continuing ?? row.prefill) : row.prefill;
    return this.#context(name, seen, row, opening, start);
  }

  /** A teacher that writes by itself, from the beginning or from what its turn has `begun` with; the reference as it stands. */
  writing(name: TeacherName, input: RolloutInput, begun: string | null): Context {
    const row = this.#row(name, input);
    return this.#context(name, input, row, begun ?? row.prefill, 0);
  }

  /** Visual tokens of a context's picture; the vision encoder runs once a picture. */
  async features(network: ModelNetwork, { picture }: Context): Promise<ImageFeatures | null> {
    if (picture === null) return null;
    const known = this.#features.get(picture.key);
    if (known !== undefined) return known;
    const { pixelValues, gridThw } = picture.processed;
    const features = await network.encodeImages(pixelValues, [gridThw]);
    this.#features.set(picture.key, features);
    return features;
  }

  /** Forgets features, which live on a backend; with `lost` they are gone already. */
  dropFeatures(): void {
    for (const features of this.#features.values()) releaseFeatures(features);
    this.#features.clear();
  }

  /** Lets the oldest pictures go; call it between jobs. */
  trim(): void {
    for (const key of [...this.#pictures.keys()].slice(0, -PICTURES)) {
      this.#pictures.delete(key);
      const features = this.#features.get(key);
      if (features !== undefined) releaseFeatures(features);
      this.#features.delete(key);
    }
  }

  /** The question and the answer are a person's words; the rest of a prompt is the method's. */
  #context(
    name: ContextName,
    { image, question, answer }: RolloutInput,
    row: PromptRow,
    prefill: string,
    offset: number,
  ): Context {
    const picture = image === null ? null : this.#picture(image);
    const prompt = encodePrompt(this.#assets.processor, {
      messages: (own) => {
        const asked = { question: own(question.trim()), answer: own(answer.trim()) };
        return userTurn(textOf(row, asked), picture === null ? 0 : 1);
      },
      images: picture === null ? [] : [picture.processed],
      prefill,
    });
    const key = [picture?.key ?? '', offset, prompt.rendered].join('|');
    return { name, prompt, prefill, picture, offset, key };
  }

  #row(name: ContextName, { wording, wordsOnly }: RolloutInput): PromptRow {
    if (wordsOnly && name === 'student') return WORDS_ONLY[this.#assets.architecture.dialect];
    return worded(this.#assets.architecture.dialect, name, wording);
  }

  #picture(image: RgbaImage): Picture {
    const key = pictureKey(image);
    const { width, height } = image;
    const { processor, preprocessorConfig, config } = this.#assets.processor;
    const known = this.#pictures.get(key);
    const picture = known ?? {
      key,
      width,
      height,
      processed: processor.preprocess(image, preprocessorConfig, { maxPixels: mostPixels(config) }),
    };
    this.#pictures.delete(key);
    this.#pictures.set(key, picture);
    return picture;
  }
}

/** The reference answer as teachers are shown it. Throws `answer.nothing-left` where cleaning leaves none of it. */
function shownReference(given: string, reading: Reading): string {
  const answer = cleanReference(given, reading);
  if (answer !== '' || given.trim() === '') return answer;
  throw new PlaygroundError({
    code: 'answer.nothing-left',
    message: `Cleaned as the released code does, the reference answer “${given.trim()}” is empty.`,
    fix: 'Type the answer itself, or take the paper’s reading, which only trims it.',
    where: 'reference answer',
    detail: { given },
  });
}

/** Size and a 64-bit fingerprint of the pixels. */
function pictureKey({ width, height, data }: RgbaImage): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i + 3 < data.length; i += 4) {
    const word = data[i] | (data[i + 1] << 8) | (data[i + 2] << 16) | (data[i + 3] << 24);
    a = Math.imul(a ^ word, 0x01000193);
    b = (Math.imul(b, 0x85ebca6b) + word) | 0;
  }
  return `${width}x${height}:${hash32(a).toString(16)}${hash32(b).toString(16)}`;
}
