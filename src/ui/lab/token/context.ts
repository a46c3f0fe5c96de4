/** A rendered prompt in drawable pieces, and what each context shows. Pure. */

import type { Trace } from '../../../engine/trace.ts';
import type { TeacherName } from '../../../method/types.ts';

export type Role = 'student' | TeacherName;

/** What a role's user turn holds (METHOD: who supervises with what); its image is in the trace. */
export const READS: Record<Role, { question: boolean; answer: boolean }> = {
  student: { question: true, answer: false },
  perception: { question: false, answer: false },
  reasoning: { question: true, answer: true },
  reference: { question: true, answer: true },
  privileged: { question: true, answer: true },
};

export interface PromptPiece {
  kind: 'text' | 'special';
  text: string;
  /** Offset in the rendered prompt. */
  at: number;
}

const SPECIAL = /(?:<\|image_pad\|>)+|<\|[^|<>]{1,40}\|>/g;
const PAD = '<|image_pad|>';

/**
 * Splits off special tokens. The place of an image, one in the template's text and expanded for the
 * model, is said with its number of visual tokens.
 */
export function promptPieces(rendered: string, visualTokens: number): PromptPiece[] {
  const pieces: PromptPiece[] = [];
  let end = 0;
  for (const match of rendered.matchAll(SPECIAL)) {
    if (match.index > end)
      pieces.push({ kind: 'text', text: rendered.slice(end, match.index), at: end });
    pieces.push({
      kind: 'special',
      text: match[0].startsWith(PAD) ? `${PAD} × ${visualTokens}` : match[0],
      at: match.index,
    });
    end = match.index + match[0].length;
  }
  if (end < rendered.length) pieces.push({ kind: 'text', text: rendered.slice(end), at: end });
  return pieces;
}

/** First completion token a role is shown: in the code reading the reasoning teacher starts after `<think>`. */
export function completionStart(trace: Trace, role: Role): number {
  const hidesDescription = role === 'reasoning' && trace.method.reading === 'code';
  return hidesDescription ? (trace.spans.thinkOpen?.end ?? 0) : 0;
}
