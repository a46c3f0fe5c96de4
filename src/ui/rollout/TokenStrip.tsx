/** The tokens in their lanes, each over its teacher's letter; a long rollout is drawn where it is looked at. */

import { latePart } from '../../base/late-part.ts';
import { useLatePart } from '../shared/use-late-part.ts';
import { usePrinting } from '../shared/use-printing.ts';
import { FlowStrip } from './FlowStrip.tsx';
import type { TokenStripProps } from './StripBox.tsx';

/** Up to here the whole strip is cheap, and its being whole is of use: to find in the page, to read aloud. */
const FLOW_TOKENS = 256;

/** If it does not come, a long rollout is drawn as a whole: slower, and the same. */
const longStrip = latePart(
  'The strip of long rollouts',
  async () => (await import('./LongStrip.tsx')).LongStrip,
);

export function TokenStrip({ label = 'Tokens of the rollout', ...props }: TokenStripProps) {
  const printing = usePrinting();
  const count = props.lanes.reduce((n, lane) => n + lane.tokens.length, 0);
  const isLong = count > FLOW_TOKENS && !printing;
  const { value: Long, error } = useLatePart(longStrip, isLong);
  if (isLong && Long === null && error === null)
    return <p role="status">Drawing {count} tokens …</p>;
  const Strip = isLong && Long !== null ? Long : FlowStrip;
  return <Strip {...props} label={label} count={count} />;
}
