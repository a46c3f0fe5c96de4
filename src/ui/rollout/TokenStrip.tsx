/** The tokens in their lanes, each over its teacher's letter; a long rollout is drawn where it is looked at. */

import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';
import { FlowStrip } from './FlowStrip.tsx';
import { LongStrip } from './LongStrip.tsx';
import type { TokenStripProps } from './StripBox.tsx';

/** Up to here the whole strip is cheap, and its being whole is of use: to find in the page, to read aloud. */
const FLOW_TOKENS = 256;

export function TokenStrip({ label = 'Tokens of the rollout', ...props }: TokenStripProps) {
  const printing = usePrinting();
  const count = props.lanes.reduce((n, lane) => n + lane.tokens.length, 0);
  const Strip = count > FLOW_TOKENS && !printing ? LongStrip : FlowStrip;
  return <Strip {...props} label={label} count={count} />;
}

/** Paper cannot scroll, so that it is given every token. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const say = (value: boolean) => () => flushSync(() => setPrinting(value));
    addEventListener('beforeprint', say(true), { signal });
    addEventListener('afterprint', say(false), { signal });
    return () => listening.abort();
  }, []);
  return printing;
}
