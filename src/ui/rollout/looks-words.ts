/** Which method’s teachers look more on a rollout, in a sentence with its numbers. Pure. */

import { goesBy, type LooksCompared, type LooksToken, looksCompared } from '../../method/looks.ts';
import { formatNats } from '../shared/format.ts';

/** @param tokens of one rollout under both methods, with the same other picture and at one temperature; null where they share none. */
export function whoLooksMore(
  tokens: Readonly<Record<'vigos' | 'opsd', readonly LooksToken[]>>,
): string | null {
  const [all, ...segments] = looksCompared(tokens);
  if (all === undefined) return null;
  const where = segments.map((one) => `${one.segment}: ${figures(one)}`).join('; ');
  const count = all.tokens === 1 ? 'the one token' : `the ${all.tokens} tokens`;
  return `Shown the other picture, the teachers of ViGOS and of OPSD move by ${figures(all)} nats a token on ${count} that both teach${where === '' ? '' : ` (${where})`}. ${verdict(all)}`;
}

const figures = ({ vigos, opsd }: LooksCompared): string =>
  `${formatNats(vigos)} and ${formatNats(opsd)}`;

function verdict({ vigos, opsd }: LooksCompared): string {
  if (goesBy(Math.max(vigos, opsd)) === 'hardly')
    return 'On this rollout neither method’s teachers look.';
  if (formatNats(vigos) === formatNats(opsd)) return 'Both look as much on this rollout.';
  return `On this rollout ${vigos > opsd ? 'ViGOS’s' : 'OPSD’s'} look more.`;
}
