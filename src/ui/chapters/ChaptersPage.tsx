/** The chapters: the list of them, or one with its steps. */

import { useCallback, useEffect } from 'react';
import { ChapterList } from './ChapterList.tsx';
import styles from './ChaptersPage.module.css';
import { ChapterView } from './ChapterView.tsx';
import { CHAPTERS } from './chapters.ts';
import { type Place, placeAfter, wayOf } from './state/place.ts';
import { usePlace } from './use-place.ts';

/** Where arrow keys have a meaning of their own. */
const OWN_ARROWS =
  'input, textarea, select, [role="listbox"], [role="radiogroup"], [role="slider"], [role="dialog"]';

export function ChaptersPage() {
  const { place, unknown, go } = usePlace();
  const chapter = CHAPTERS.find(({ id }) => id === place.chapter);
  const move = useCallback(
    (by: 1 | -1) => {
      const next = placeAfter(place, by, CHAPTERS);
      if (next !== null) go(next);
    },
    [place, go],
  );
  useMovingKeys(place, move);
  return (
    <main className={styles.page}>
      {unknown !== null && (
        <p role="alert" className={styles.unknown}>
          There is no chapter or step “{unknown.slice(0, 40)}”: this is the nearest there is.
        </p>
      )}
      {chapter === undefined ? (
        <ChapterList onOpen={(id) => go({ ...place, chapter: id, step: 0, said: null })} />
      ) : (
        <ChapterView key={chapter.id} chapter={chapter} place={place} onGo={go} onMove={move} />
      )}
    </main>
  );
}

function useMovingKeys({ chapter, present }: Place, move: (by: 1 | -1) => void) {
  useEffect(() => {
    if (chapter === null) return;
    const onKey = (event: KeyboardEvent) => {
      const way = wayOf(event, present);
      const inOwn = event.target instanceof Element && event.target.closest(OWN_ARROWS) !== null;
      // A clicker goes on wherever the focus is.
      const isClicker = present && event.key.startsWith('Page');
      if (event.defaultPrevented || way === null || (inOwn && !isClicker)) return;
      event.preventDefault();
      event.stopPropagation();
      move(way);
    };
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, [chapter, present, move]);
}
