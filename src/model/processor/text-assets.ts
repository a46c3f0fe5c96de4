/** What a tokenizer alone says of completions: enough to read and plan one without any model. */

import type { TagIds } from '../../method/types.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface TextAssets {
  readonly tokenizer: Tokenizer;
  readonly tagIds: TagIds;
  /** Ids of control tokens other than the EOS: text of a rollout that holds one is not what it looks like. */
  readonly specialIds: readonly number[];
  /** Fed where there is no token. */
  readonly padId: number;
}

export function textAssets(tokenizer: Tokenizer): TextAssets {
  const { special, eosIds } = tokenizer;
  const tagIds = tagIdsOf(tokenizer);
  const tags = new Set(Object.values(tagIds).flat(2));
  return {
    tokenizer,
    tagIds,
    specialIds: specialsOf(tokenizer).filter((id) => !eosIds.includes(id) && !tags.has(id)),
    padId: special.endOfText,
  };
}

/**
 * Each tag alone and after a space, since byte-level BPE joins a space to what follows it; as the tokenizer writes it,
 * and letter by letter where it is a token of its own.
 */
function tagIdsOf(tokenizer: Tokenizer): TagIds {
  const spell = (tag: string) => {
    const texts = [tag, ` ${tag}`];
    const spelled = [texts.map((text) => tokenizer.encode(text)), texts.map(tokenizer.encodePlain)];
    return [...new Map(spelled.flat().map((ids) => [ids.join(), ids])).values()];
  };
  return {
    descriptionClose: spell('</description>'),
    thinkOpen: spell('<think>'),
    thinkClose: spell('</think>'),
    boxOpen: spell('\\boxed{'),
  };
}

function specialsOf(tokenizer: Tokenizer): number[] {
  return Array.from({ length: tokenizer.vocabSize }, (_, id) => id).filter(tokenizer.isSpecial);
}
