/** One token: its text on its heat, and under it its teacher's letter, as in an interlinear gloss. */

import { memo } from 'react';
import { formatNats, formatPlain } from '../shared/format.ts';
import { TokenLook, tokenStyle } from '../shared/TokenLook.tsx';
import { TEACHERS } from '../shared/teachers.ts';
import { spokenToken } from '../shared/visible-text.ts';
import type { StripToken } from './view.ts';

export interface TokenCellProps {
  token: StripToken;
  /** 0..1 on the heat scale. */
  heat: number;
  selected: boolean;
  /** Number of tokens in the strip. */
  of: number;
  /** px, in a strip whose lines are not the browser's. */
  width?: number;
  onPick: ((index: number) => void) | null;
}

function spoken(token: StripToken): string {
  const { index, text, segment, teacher, value, noGradient, ahead, mark, said, stop, drivers } =
    token;
  if (ahead === true) return `${index + 1}: not sampled yet`;
  const parts = [`${index + 1}: ${spokenToken(text)}`];
  if (said !== undefined) return [...parts, said].join(', ');
  if (mark !== undefined && segment !== null) parts.push(segment);
  if (teacher !== null) parts.push(teacher === 'nobody' ? 'no teacher' : TEACHERS[teacher].label);
  if (drivers !== undefined)
    parts.push(
      `${formatPlain(drivers.answer)} from the answer and ${formatPlain(drivers.image)} from the picture, nats²`,
    );
  else if (value !== null) parts.push(`${formatNats(value)} nats`);
  if (noGradient) parts.push('clipped, no gradient');
  if (stop !== undefined) parts.push(`parsing stopped ${stop === 'after' ? 'after it' : 'here'}`);
  return parts.join(', ');
}

function answerShare(drivers: StripToken['drivers']): { '--answer'?: string } {
  const push = drivers === undefined ? 0 : drivers.answer + drivers.image;
  return drivers === undefined || push === 0
    ? {}
    : { '--answer': (drivers.answer / push).toFixed(3) };
}

export const TokenCell = memo(function TokenCell(props: TokenCellProps) {
  const { token, heat, selected, of, width, onPick } = props;
  return (
    <button
      type="button"
      role="option"
      aria-selected={selected}
      aria-label={spoken(token)}
      aria-posinset={token.index + 1}
      aria-setsize={of}
      tabIndex={selected ? 0 : -1}
      className={tokenStyle}
      data-index={token.index}
      data-teacher={token.teacher ?? undefined}
      data-clipped={token.noGradient || undefined}
      data-ahead={token.ahead || undefined}
      data-stop={token.stop}
      data-marked={token.mark === undefined ? undefined : true}
      data-special={token.text.startsWith('<|') || undefined}
      data-driven={token.drivers === undefined ? undefined : true}
      style={{ '--heat': heat.toFixed(3), width, ...answerShare(token.drivers) }}
      onClick={() => onPick?.(token.index)}
    >
      <TokenLook
        text={token.text}
        letter={token.teacher === null ? token.mark : TEACHERS[token.teacher].letter}
      />
    </button>
  );
});
