/** What may stand on the stage of a worksheet: pictures, questions and the student's words, and nothing of what is so. Pure. */

import type { RolloutPart, Show } from './chapter.ts';

/** Each part of a rollout without teachers, divergences and answers; nothing of what is made of them alone. */
const BARE: Readonly<Partial<Record<RolloutPart, RolloutPart>>> = {
  picture: 'picture',
  otherPicture: 'otherPicture',
  strip: 'plain',
  plain: 'plain',
};

/** Null where nothing is left. */
export function withoutTruth(show: Show): Show | null {
  if (show.kind !== 'rollout') return null;
  const parts = [...new Set(show.parts.flatMap((part) => BARE[part] ?? []))];
  const { trace, token, kind } = show;
  return parts.length === 0 ? null : { kind, trace, token, parts, lit: parts[0], bare: true };
}
