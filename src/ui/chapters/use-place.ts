/** Where the reader is and what they turned, in step with the address. */

import { useCallback, useEffect, useState } from 'react';
import { usePageLinks } from '../shared/page-links.tsx';
import { CHAPTERS } from './chapters.ts';
import { useChapters } from './context.ts';
import { type Place, placeQuery, readPlace } from './state/place.ts';
import { readTurned, TURNED, type Turned, turnedText } from './state/turned.ts';

export const PAGE = 'chapters';

/** Browsers refuse more than a few address changes a second; a slider that is dragged makes thirty. */
const SETTLE_MS = 300;

export interface Placed {
  readonly place: Place;
  /** What of the address is no chapter, step or value of ours. */
  readonly unknown: string | null;
  /** Another chapter, step or handout is a step of the history; a prediction belongs to the step it is in. */
  readonly go: (next: Place) => void;
}

function here() {
  const { place, unknown } = readPlace(location.search, CHAPTERS);
  const { turned, unknown: value } = readTurned(
    new URLSearchParams(location.search).get(TURNED) ?? '',
  );
  return { place, turned, unknown: unknown ?? value };
}

function queryOf(place: Place, turned: Turned): string {
  const text = turnedText(turned);
  const query = placeQuery(place, CHAPTERS);
  return text === '' || place.chapter === null ? query : `${query}&${TURNED}=${text}`;
}

export function usePlace(): Placed {
  const { writeQuery } = usePageLinks();
  const { store, turn } = useChapters();
  const [{ place, unknown }, setRead] = useState(here);
  useEffect(() => {
    const read = () => {
      const found = here();
      setRead(found);
      turn(found.turned);
    };
    read();
    addEventListener('popstate', read);
    return () => removeEventListener('popstate', read);
  }, [turn]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = store.subscribe(({ turned }, before) => {
      if (turned === before.turned) return;
      clearTimeout(timer);
      timer = setTimeout(() => writeQuery(PAGE, queryOf(place, turned), 'replaceState'), SETTLE_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [store, writeQuery, place]);
  const go = useCallback(
    (next: Place) => {
      const elsewhere = place.chapter !== next.chapter || place.handout !== next.handout;
      const moved = elsewhere || place.step !== next.step;
      setRead((read) => ({ ...read, place: next, unknown: null }));
      writeQuery(
        PAGE,
        queryOf(next, store.getState().turned),
        moved ? 'pushState' : 'replaceState',
      );
      if (elsewhere) scrollTo(0, 0);
    },
    [writeQuery, place, store],
  );
  return { place, unknown, go };
}
