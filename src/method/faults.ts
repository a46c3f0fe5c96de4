/** The first way in which a rollout breaks the form, and the sentence a person reads about it. */
import { AFTER_BOX } from './box.ts';
import { descriptionEnd, type Landmarks } from './landmarks.ts';
import { type TokenText, tokenAtChar } from './tags.ts';
import type { RolloutFault, RolloutFaultCode } from './types.ts';

export const FAULT_SENTENCES: Readonly<Record<RolloutFaultCode, string>> = {
  'no-description-close': 'The description is never closed: there is no </description>.',
  'description-empty': 'The description is empty.',
  'description-without-token':
    'The description has no token of its own: all its text stands in the token that opens </description>.',
  'text-before-think': 'There is text between </description> and <think>.',
  'no-think-open': 'There is no <think> after </description>.',
  'no-think-close': 'The reasoning is never closed: there is no </think> after <think>.',
  'reasoning-empty': 'The reasoning is empty.',
  'text-before-box': 'There is text between </think> and the box.',
  'no-box': 'There is no box: \\boxed{ does not occur after </think>.',
  'box-not-closed': 'The first box after </think> has no balanced closing brace.',
  'answer-empty': 'The box is empty.',
  'text-after-box': 'There is text after the box (only white space and one period may follow).',
};

/** Added to the sentence when the missing part might have followed: sampling stopped at its limit, or a typed text is unfinished. */
const UNENDED_SENTENCE = 'The rollout ends without an end of sequence.';

/** A failure and the character where it shows. */
export interface Fault {
  readonly code: RolloutFaultCode;
  readonly char: number;
}

/**
 * The released code's rule: the order, a closed box, and before `</description>` at least one whole token
 * that is no padding (an EOS would have ended the text).
 */
export function lenientFault(
  tokens: TokenText,
  found: Landmarks,
  padId: number | undefined,
): Fault | null {
  const end = tokens.text.length;
  const { descriptionClose, thinkOpen, thinkClose, boxOpen, boxClose } = found;
  if (!descriptionClose) return { code: 'no-description-close', char: end };
  const { token, joined } = descriptionEnd(tokens, descriptionClose);
  if (!tokens.ids.slice(0, token).some((id) => id !== padId)) {
    return { code: joined ? 'description-without-token' : 'description-empty', char: 0 };
  }
  if (!thinkOpen) return { code: 'no-think-open', char: end };
  if (!thinkClose) return { code: 'no-think-close', char: end };
  if (!boxOpen) return { code: 'no-box', char: end };
  if (boxClose === undefined) return { code: 'box-not-closed', char: boxOpen.charStart };
  return null;
}

/** The paper's rule: no part may be empty after trimming, and nothing may stand between the parts. */
export function strictFault(
  tokens: TokenText,
  found: Landmarks,
  specialTokens: readonly number[],
): Fault | null {
  const { text } = tokens;
  const end = text.length;
  const { descriptionClose, thinkOpen, thinkClose, boxOpen, boxClose } = found;
  const words = blank(tokens, specialTokens, ' ');
  const marks = blank(tokens, specialTokens, '\u0000');
  const empty = (from: number, to: number) => words.slice(from, to).trim() === '';
  /** First thing that is no white space in a stretch that must be blank, or -1. */
  const intruder = (from: number, to: number) => {
    const offset = marks.slice(from, to).search(/\S/);
    return offset < 0 ? -1 : from + offset;
  };

  if (!descriptionClose) return { code: 'no-description-close', char: end };
  if (empty(0, descriptionClose.charStart)) return { code: 'description-empty', char: 0 };
  if (!thinkOpen) return { code: 'no-think-open', char: end };
  const beforeThink = intruder(descriptionClose.charEnd, thinkOpen.charStart);
  if (beforeThink >= 0) return { code: 'text-before-think', char: beforeThink };
  if (!thinkClose) return { code: 'no-think-close', char: end };
  if (empty(thinkOpen.charEnd, thinkClose.charStart)) {
    return { code: 'reasoning-empty', char: thinkOpen.charEnd };
  }
  if (!boxOpen) return { code: 'no-box', char: end };
  const beforeBox = intruder(thinkClose.charEnd, boxOpen.charStart);
  if (beforeBox >= 0) return { code: 'text-before-box', char: beforeBox };
  if (boxClose === undefined) return { code: 'box-not-closed', char: boxOpen.charStart };
  if (empty(boxOpen.charEnd, boxClose)) return { code: 'answer-empty', char: boxOpen.charEnd };
  const after = marks.slice(boxClose + 1);
  if (!AFTER_BOX.test(after)) {
    const period = /^\s*\./.exec(after)?.[0].length ?? 0;
    const afterPeriod = intruder(boxClose + 1 + period, end);
    return { code: 'text-after-box', char: afterPeriod };
  }
  return null;
}

/** The text with the characters of special tokens replaced, offsets unchanged. */
function blank({ text, starts }: TokenText, specialTokens: readonly number[], by: string): string {
  let result = text;
  for (const token of specialTokens) {
    const start = starts[token];
    const end = starts[token + 1];
    result = result.slice(0, start) + by.repeat(end - start) + result.slice(end);
  }
  return result;
}

export function describeFault(fault: Fault, tokens: TokenText, ended: boolean): RolloutFault {
  const missing = fault.char >= tokens.text.length || fault.code === 'box-not-closed';
  const sentence = FAULT_SENTENCES[fault.code];
  return {
    ...fault,
    token: tokenAtChar(tokens, fault.char),
    message: missing && !ended ? `${sentence} ${UNENDED_SENTENCE}` : sentence,
  };
}
