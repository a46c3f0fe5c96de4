/** What was just done, said for a while. */

import { useEffect, useState } from 'react';

/** The words, empty after `ms`, and what sets them. Longer words may stay longer. */
export function useSaid(
  ms: number | ((said: string) => number) = 4000,
): [said: string, say: (words: string) => void] {
  const [said, say] = useState('');
  const stays = typeof ms === 'number' ? ms : ms(said);
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => say(''), stays);
    return () => clearTimeout(timer);
  }, [said, stays]);
  return [said, say];
}
