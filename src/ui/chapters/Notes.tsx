/** Speaker notes in a window of their own: part of the same page, so always in step with it. */

import { useEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import type { Chapter } from './chapter.ts';
import { CHAPTERS } from './chapters.ts';
import styles from './Notes.module.css';
import { type Place, placeAfter } from './state/place.ts';

export interface NotesProps {
  into: Window;
  chapter: Chapter;
  place: Place;
  onClosed: () => void;
}

const SECOND_MS = 1000;

export function Notes({ into, chapter, place, onClosed }: NotesProps) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const tick = setInterval(() => {
      if (into.closed) onClosed();
      else setSeconds((n) => n + 1);
    }, SECOND_MS);
    return () => clearInterval(tick);
  }, [into, onClosed]);
  const { title, steps } = chapter;
  const step = steps[place.step];
  const next = placeAfter(place, 1, CHAPTERS);
  const nextStep = CHAPTERS.find(({ id }) => id === next?.chapter)?.steps[next?.step ?? 0];
  return createPortal(
    <main className={styles.notes}>
      <p className={styles.clock}>
        <span className="numeric">
          {Math.floor(seconds / 60)}:{String(seconds % 60).padStart(2, '0')}
        </span>{' '}
        {title}, step {place.step + 1} of {steps.length}
      </p>
      <h1>{step.heading}</h1>
      <ul>
        {step.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
      <p className={styles.next}>
        {nextStep === undefined
          ? 'This is the end.'
          : nextStep === step
            ? 'Next: what is so.'
            : `Next: ${nextStep.heading}.`}
      </p>
    </main>,
    into.document.body,
  );
}
