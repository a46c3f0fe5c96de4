/** The chapters: the list of them, or one with its steps. */

import { useCallback, useEffect, useState } from 'react';
import { ChapterList } from './ChapterList.tsx';
import styles from './ChaptersPage.module.css';
import { ChapterView } from './ChapterView.tsx';
import { CHAPTERS } from './chapters.ts';
import { HandoutView } from './HandoutView.tsx';
import { type HallWish, hallWishOf, openNotes, toggleFullScreen, toggleHall } from './hall.ts';
import { Notes } from './Notes.tsx';
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
  const [notes, setNotes] = useState<Window | null>(null);
  const act = useCallback(
    (wish: HallWish) => {
      if (wish === 'end') {
        if (document.fullscreenElement !== null) void document.exitFullscreen();
        go({ ...place, present: false });
      } else if (wish === 'full') void toggleFullScreen();
      else if (wish === 'hall') toggleHall();
      else setNotes(openNotes());
    },
    [place, go],
  );
  useKeys(window, place, move, act);
  useKeys(notes, place, move, act);
  useHall(place.present);
  return (
    <main className={styles.page}>
      {unknown !== null && (
        <p role="alert" className={styles.unknown}>
          There is no chapter, step or value “{unknown.slice(0, 40)}”: this is the nearest there is.
        </p>
      )}
      {place.handout ? (
        <HandoutView
          chapters={chapter === undefined ? CHAPTERS : [chapter]}
          place={place}
          onGo={go}
        />
      ) : chapter === undefined ? (
        <ChapterList place={place} onGo={go} />
      ) : (
        <ChapterView
          key={chapter.id}
          chapter={chapter}
          place={place}
          onGo={go}
          onMove={move}
          onHall={act}
        />
      )}
      {chapter !== undefined && !place.handout && notes !== null && (
        <Notes into={notes} chapter={chapter} place={place} onClosed={() => setNotes(null)} />
      )}
    </main>
  );
}

/** Keys act in the hall's window and in that of the notes. */
function useKeys(
  target: Window | null,
  { chapter, present, handout }: Place,
  move: (by: 1 | -1) => void,
  act: (wish: HallWish) => void,
) {
  useEffect(() => {
    if (chapter === null || handout || target === null) return;
    const onKey = (event: KeyboardEvent) => {
      // An element of another window is no Element of this one.
      const at = event.target as Partial<Element> | null;
      const inOwn = at?.closest?.(OWN_ARROWS) != null;
      const way = wayOf(event, present);
      const wish = present ? hallWishOf(event) : null;
      // A clicker goes on wherever the focus is.
      const isClicker = present && event.key.startsWith('Page');
      if (event.defaultPrevented || (way === null && wish === null)) return;
      if (inOwn && !isClicker) return;
      // It closes what is open first.
      if (wish === 'end' && document.querySelector('[role="dialog"]') !== null) return;
      event.preventDefault();
      event.stopPropagation();
      if (way !== null) move(way);
      else if (wish !== null) act(wish);
    };
    target.addEventListener('keydown', onKey, { capture: true });
    return () => target.removeEventListener('keydown', onKey, { capture: true });
  }, [target, chapter, present, handout, move, act]);
}

/** The page's root knows of it: the shell's header goes, and all text grows. */
function useHall(present: boolean) {
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset.chapters = present ? 'present' : 'read';
    return () => {
      delete dataset.chapters;
    };
  }, [present]);
}
