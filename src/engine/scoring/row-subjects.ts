/** What of a stored rollout a model is asked: its tokens by that model's tokenizer, its picture, question and reference. */

import { PlaygroundError } from '../../base/errors.ts';
import type { RgbaImage } from '../../base/rgba-image.ts';
import type { RolloutInput } from '../../contract/engine.ts';
import {
  SCORE_LACKS,
  type ScoredRow,
  type ScoreLack,
} from '../../contract/rollouts/rollout-scores.ts';
import type { PlannedRollout } from '../../inference/reading.ts';
import { SIGHT } from '../../method/sight.ts';
import type { MethodConfig } from '../../method/types.ts';
import type { ModelAssets } from '../../model/assets.ts';
import { decodePicture } from '../../picture/decode.ts';
import { readUnder, tokensOfRow } from '../../rollouts/analysis.ts';
import { pictureOfAddress, type RowFields, sceneOfPicture } from '../../rollouts/row.ts';
import type { OpenSet } from '../../rollouts/set-store.ts';
import type { PictureFiles } from '../../storage/picture-files.ts';
import { pictureOf } from '../../training/data/asked-item.ts';
import { type WorldItem, worldItem } from '../../world/split.ts';

export type Lacks = NonNullable<ScoredRow['lacks']>;

/** A rollout that can be scored. */
export interface RowSubject {
  readonly row: number;
  readonly planned: PlannedRollout;
  readonly input: RolloutInput & { readonly image: RgbaImage };
  readonly asRead: readonly string[];
  /** Proposed, the most tempting first. */
  readonly wrongAnswers: readonly string[];
}

/** Rows that are looked through for other answers, and for another picture. */
const LOOKED_THROUGH = 2000;
const OTHER_ANSWERS = 64;
const NEXT_PICTURES = 64;
/** Rows with token ids that are held to the model's tokenizer before any is scored. */
const CHECKED_IDS = 32;

export class RowSubjects {
  readonly #set: OpenSet;
  readonly #pictures: PictureFiles;
  readonly #assets: ModelAssets;
  readonly #method: MethodConfig;
  #answers: readonly string[] | null = null;

  constructor(set: OpenSet, pictures: PictureFiles, assets: ModelAssets, method: MethodConfig) {
    this.#set = set;
    this.#pictures = pictures;
    this.#assets = assets;
    this.#method = method;
  }

  /**
   * Holds the token ids of some rows to the model's tokenizer. Throws {@link PlaygroundError}
   * `scores.other-tokenizer` where there are ids and none has its completion's text.
   */
  async checkTokenizer(rows: Uint32Array): Promise<void> {
    let held = 0;
    let foreign = 0;
    for (const row of rows.subarray(0, LOOKED_THROUGH)) {
      if (held === CHECKED_IDS) break;
      const { completion, fields } = await this.#set.row(row);
      if (fields.ids === undefined) continue;
      const tokens = this.#tokens(completion, fields);
      if ('code' in tokens) continue;
      held++;
      if (tokens.foreignIds) foreign++;
    }
    if (held === 0 || foreign < held) return;
    throw new PlaygroundError({
      code: 'scores.other-tokenizer',
      message: `The token ids of these rollouts are another tokenizer’s: of ${held} rollouts whose ids were held to their texts, none has them in “${this.#assets.name}”.`,
      fix: 'Load the model that wrote them, or one with its tokenizer.',
      where: this.#set.record.name,
      detail: { held, foreign },
    });
  }

  async of(row: number): Promise<RowSubject | Lacks> {
    const { completion, fields } = await this.#set.row(row);
    const tokens = this.#tokens(completion, fields);
    if ('code' in tokens) return tokens;
    if (tokens.foreignIds) return lacking('tokenizer');
    const question = fields.question ?? fields.prompt ?? '';
    if (question.trim() === '') return lacking('question');
    const planned = {
      ids: tokens.ids,
      texts: tokens.texts,
      ...readUnder(tokens, { asked: { method: this.#method } }).asked,
    };
    const answer = fields.reference ?? '';
    const told = planned.plan.teachersNeeded.some((name) => SIGHT[name].answer);
    if (told && answer.trim() === '') return lacking('reference');
    const image = await this.#picture(fields.image);
    if (image === null) return lacking('picture');
    if ('code' in image) return image;
    return {
      row,
      planned,
      input: { image, question, answer, measure: 'mathematical' },
      asRead: tokens.asRead,
      wrongAnswers: itemOf(fields.image)?.wrongAnswers ?? (await this.#otherAnswers()),
    };
  }

  /** The picture of a row that follows, which is not this one's; null where none is near. */
  async mismatched(row: number): Promise<RgbaImage | null> {
    const { rows } = this.#set.record;
    const own = (await this.#set.row(row)).fields.image;
    for (let by = 1; by <= Math.min(NEXT_PICTURES, rows - 1); by++) {
      const { image } = (await this.#set.row((row + by) % rows)).fields;
      if (image === undefined || image === own) continue;
      const found = await this.#picture(image);
      if (found !== null && !('code' in found)) return found;
    }
    return null;
  }

  #tokens(completion: string, fields: RowFields) {
    try {
      return tokensOfRow(completion, fields, this.#assets);
    } catch (error) {
      if (!(error instanceof PlaygroundError)) throw error;
      return lacking('unreadable', error.record.message);
    }
  }

  async #picture(name: string | undefined): Promise<RgbaImage | Lacks | null> {
    if (name === undefined) return null;
    const scene = itemOf(name);
    if (scene !== null) return pictureOf(scene);
    const file = name.startsWith('data:')
      ? pictureOfAddress(name)
      : await this.#pictures.find(name);
    if (file === null) return null;
    try {
      const { width, height, data } = await decodePicture(file, { name: file.name });
      return { width, height, data };
    } catch (error) {
      if (!(error instanceof PlaygroundError)) throw error;
      return lacking('picture', error.record.message);
    }
  }

  /** References of the set, each once: what a wrong answer can be. */
  async #otherAnswers(): Promise<readonly string[]> {
    if (this.#answers !== null) return this.#answers;
    const found = new Set<string>();
    const most = Math.min(LOOKED_THROUGH, this.#set.record.rows);
    for (let row = 0; row < most && found.size < OTHER_ANSWERS; row++) {
      const { reference = '' } = (await this.#set.row(row)).fields;
      if (reference.trim() !== '') found.add(reference);
    }
    this.#answers = [...found];
    return this.#answers;
  }
}

export const lacking = (code: ScoreLack, words: string = SCORE_LACKS[code]): Lacks => ({
  code,
  words,
});

/** The item of the built-in world that a picture's name says, else null. */
function itemOf(name: string | undefined): WorldItem | null {
  const scene = sceneOfPicture(name);
  if (scene === null) return null;
  const { split, index, ...options } = scene;
  return worldItem(split, index, options);
}
