/** Where the reader is, in step with the address. */

import { useCallback, useEffect, useState } from 'react';
import { usePageLinks } from '../shared/page-links.tsx';
import { CHAPTERS } from './chapters.ts';
import { type Place, placeQuery, readPlace } from './state/place.ts';

export const PAGE = 'chapters';

const here = () => readPlace(location.search, CHAPTERS);

export interface Placed {
  readonly place: Place;
  /** What of the address is no chapter or step of ours. */
  readonly unknown: string | null;
  /** Another chapter or step is a step of the history; a prediction belongs to the step it is in. */
  readonly go: (next: Place) => void;
}

export function usePlace(): Placed {
  const { writeQuery } = usePageLinks();
  const [{ place, unknown }, setRead] = useState(here);
  useEffect(() => {
    const read = () => setRead(here());
    addEventListener('popstate', read);
    return () => removeEventListener('popstate', read);
  }, []);
  const go = useCallback(
    (next: Place) => {
      const moved = place.chapter !== next.chapter || place.step !== next.step;
      setRead({ place: next, unknown: null });
      writeQuery(PAGE, placeQuery(next, CHAPTERS), moved ? 'pushState' : 'replaceState');
      if (place.chapter !== next.chapter) scrollTo(0, 0);
    },
    [writeQuery, place],
  );
  return { place, unknown, go };
}
