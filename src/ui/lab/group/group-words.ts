/** A group in sentences, and its tokens as a strip draws them. Pure. */

import type { SamplingConfig } from '../../../contract/engine.ts';
import type { GroupReading, GroupRollout, GroupToken } from '../../../contract/trace/group.ts';
import type { Trace } from '../../../contract/trace/trace.ts';
import { teachesNothing } from '../../../method/rewards.ts';
import type { StripToken } from '../../rollout/view.ts';
import { formatNats, formatPercent, formatPlain } from '../../shared/format.ts';
import type { GroupFigure } from '../state/settings.ts';

/** Further from 1 than float32 sums of another order leave a ratio. */
const ROUNDING = 1e-3;

export const FIGURE_UNITS: Readonly<Record<GroupFigure, string>> = {
  ratio: 'size of the ratio’s logarithm',
  kl: 'KL to the base',
  loss: 'size of the loss term',
};

/** What colours a token, nats; null where it was not read. */
export const figureOf = ({ ratio, kl, loss }: GroupToken, figure: GroupFigure): number | null =>
  figure === 'ratio' ? Math.abs(Math.log(ratio)) : figure === 'kl' ? kl : Math.abs(loss);

/** Where the loss pushes a token: the slope is that of the loss by log p. */
function pushOf({ slope }: GroupToken): { readonly mark: string; readonly said: string } {
  if (slope === 0) return { mark: '·', said: 'not pushed' };
  return slope < 0 ? { mark: '↑', said: 'made likelier' } : { mark: '↓', said: 'made less likely' };
}

/** The tokens of a rollout with its terms. */
export const groupTokens = (
  { tokens }: Pick<Trace, 'tokens'>,
  { tokens: terms }: GroupRollout,
  figure: GroupFigure,
): StripToken[] =>
  tokens.flatMap(({ text, segment }, index) => {
    const term = terms[index];
    if (term === undefined) return [];
    const { mark, said } = pushOf(term);
    const clipped = term.clipped ? ', clipped' : '';
    const kl = term.kl === null ? '' : `, KL ${formatNats(term.kl)} nats`;
    return {
      ...{ index, text, segment, teacher: null, mark },
      value: figureOf(term, figure),
      noGradient: term.clipped,
      said: `ratio ${formatPlain(term.ratio)}${clipped}${kl}, loss ${formatNats(term.loss)} nats, ${said}`,
    };
  });

/** What the rewards of a group teach, in a sentence or two. */
export function rewardsInWords({ rollouts }: Pick<GroupReading, 'rollouts'>): string {
  const rewards = rollouts.map(({ reward }) => reward);
  const right = rollouts.filter(({ correct }) => correct).length;
  if (!teachesNothing(rewards)) {
    const above = rollouts.filter(({ advantage }) => advantage > 0).length;
    const below = rollouts.filter(({ advantage }) => advantage < 0).length;
    return `${right} of ${rollouts.length} are right. ${above} ${above === 1 ? 'has' : 'have'} more reward than the group’s mean and ${above === 1 ? 'is' : 'are'} made likelier, ${below} ${below === 1 ? 'has' : 'have'} less.`;
  }
  const all = `All ${rollouts.length} rollouts have the same reward, ${formatPercent(rewards[0] ?? 0)}, so none has an advantage: but for the KL to the base this group teaches nothing.`;
  if (right === rollouts.length)
    return `${all} All are right: a harder question would tell them apart, or a higher sampling temperature.`;
  return right === 0
    ? `${all} None is right: an easier question, a larger group or longer rollouts may bring one that is.`
    : all;
}

export interface Readers {
  /** Who sampled the rollouts, and who is asked now, by name. */
  readonly writer: string;
  readonly student: string;
}

/** Why the ratios are what they are. */
export function ratiosInWords(
  { rollouts }: Pick<GroupReading, 'rollouts'>,
  { writer, student }: Readers,
): string {
  const tokens = rollouts.flatMap((rollout) => rollout.tokens);
  const clipped = tokens.filter((token) => token.clipped).length;
  const off = tokens.filter(({ ratio }) => Math.abs(ratio - 1) > ROUNDING).length;
  if (writer === student && off === 0)
    return `Written and read by ${student}, so every ratio is 1 but for rounding and nothing is clipped: that is a step’s first update. Ratios leave 1 as the weights move: in a step’s later updates, or under another student, who is chosen above once one was trained here.`;
  const share = `${off} of ${tokens.length} tokens have a ratio other than 1, ${clipped} of them ${clipped === 1 ? 'is' : 'are'} clipped: ${clipped === 1 ? 'it has' : 'they have'} gone as far as the reward is counted, and only the KL moves ${clipped === 1 ? 'it' : 'them'}.`;
  if (clipped === 0)
    return `Written by ${writer}, read under ${student}: ${off} of ${tokens.length} tokens have a ratio other than 1, none of them so far off that it is clipped.`;
  return `Written by ${writer}, read under ${student}: ${share}`;
}

/** What a cut distribution does to ratios; null where the whole one was sampled from. */
export function cutInWords({ topP, topK }: Pick<SamplingConfig, 'topP' | 'topK'>): string | null {
  if (topP >= 1 && topK === 0) return null;
  const cuts = [
    ...(topP < 1 ? [`top-p ${formatPlain(topP)}`] : []),
    ...(topK > 0 ? [`top-k ${topK}`] : []),
  ];
  return `They were drawn from a cut distribution (${cuts.join(', ')}); probabilities and ratios are of the whole one. A run on rewards samples from the whole one.`;
}
