/** What a rollout is in its group, in words. Pure. */

import type { GroupRollout } from '../../contract/trace/group.ts';
import { formatPlain } from '../shared/format.ts';

/** Its sign is always there. */
export const signed = (value: number): string =>
  value > 0 ? `+${formatPlain(value)}` : formatPlain(value);

/** "“pink”, right", "no box, invalid". */
export function answerText({ answer, correct, valid }: GroupRollout): string {
  const said = answer === null ? 'no box' : `“${answer}”`;
  const graded = correct ? 'right' : 'wrong';
  return `${said}, ${valid ? graded : answer === null ? 'invalid' : `${graded}, invalid`}`;
}

export function advantageText({ advantage }: Pick<GroupRollout, 'advantage'>): string {
  if (advantage === 0) return 'no advantage';
  return `advantage ${signed(advantage)}, ${advantage > 0 ? 'made likelier' : 'made less likely'}`;
}
