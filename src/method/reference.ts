/** Reference answers as teachers are shown them and answers are graded by. */
import { BOX_OPEN, closingBrace } from './box.ts';
import type { Reading } from './types.ts';

/**
 * A reference answer (or an answer to grade) without what data sets put around it. The paper says nothing of it, so
 * its reading only trims. The released code takes off a code fence and a leading "Answer:", then keeps what stands in
 * `<answer>` and in the last box, without quotes and backticks around it (METHOD, training recipe).
 */
export function cleanReference(answer: string, reading: Reading): string {
  const trimmed = answer.trim();
  if (reading === 'paper') return trimmed;
  let text = trimmed
    .replace(/^```(?:[\p{L}\p{N}_]+)?\s*/u, '')
    .replace(/\s*```$/, '')
    .trim()
    .replace(/^answer\s*[:：]\s*/i, '');
  text = /<answer>\s*([\s\S]*?)\s*<\/answer>/i.exec(text)?.[1].trim() ?? text;
  const boxed = contentOfLastBox(text);
  if (boxed !== '' && boxed.toLowerCase() !== 'none') text = boxed;
  return text
    .trim()
    .replace(/^[`'"]+|[`'"]+$/g, '')
    .trim();
}

/** Trimmed; empty without a box, or where the last one that opens is not closed: an earlier one does not count then. */
function contentOfLastBox(text: string): string {
  const at = text.lastIndexOf(BOX_OPEN);
  const start = at + BOX_OPEN.length;
  const close = at < 0 ? undefined : closingBrace(text, start, 'code');
  return close === undefined ? '' : text.slice(start, close).trim();
}
