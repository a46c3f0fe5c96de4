/** Whether the page is being printed: paper cannot scroll and has no steps, so that it is given everything. */

import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';

export function usePrinting(): boolean {
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
