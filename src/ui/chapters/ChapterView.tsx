/** One chapter: where in it one is, the step with its words and its stage, and the way on. */

import { useEffect, useMemo } from 'react';
import { CopyButton } from '../shared/CopyButton.tsx';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { Icon } from '../shared/Icon.tsx';
import { usePrinting } from '../shared/use-printing.ts';
import styles from './ChapterView.module.css';
import type { Chapter } from './chapter.ts';
import { CHAPTERS } from './chapters.ts';
import { useChapters, useChaptersState } from './context.ts';
import { Handout } from './Handout.tsx';
import type { HallWish } from './hall.ts';
import { StepView } from './StepView.tsx';
import { allFacts } from './state/facts.ts';
import { closed, type Place, placeAfter, placeQuery } from './state/place.ts';
import { PAGE } from './use-place.ts';

export interface ChapterViewProps {
  chapter: Chapter;
  place: Place;
  onGo: (next: Place) => void;
  onMove: (by: 1 | -1) => void;
  onHall: (wish: HallWish) => void;
}

export function ChapterView({ chapter, place, onGo, onMove, onHall }: ChapterViewProps) {
  const { want } = useChapters();
  const known = useChaptersState((s) => s.facts);
  const error = useChaptersState((s) => s.error);
  const { needs, steps, title } = chapter;
  useEffect(() => void want(needs), [want, needs]);
  const facts = useMemo(() => allFacts(known, needs), [needs, known]);
  const printing = usePrinting();
  const step = steps[place.step];
  const number = CHAPTERS.indexOf(chapter) + 1;
  return (
    <>
      <header className={styles.head}>
        <p className={styles.place}>
          <button
            type="button"
            className={styles.all}
            onClick={() =>
              onGo({ ...place, chapter: null, step: 0, said: null, worksheet: closed(place) })
            }
          >
            All chapters
          </button>{' '}
          <span>
            {number} of {CHAPTERS.length}
          </span>
        </p>
        <h2>{title}</h2>
        <p className={styles.hall}>
          {place.present ? (
            <>
              <button type="button" className="button" onClick={() => onHall('notes')}>
                Notes (N)
              </button>
              <button type="button" className="button" onClick={() => onHall('full')}>
                Full screen (F)
              </button>
              <button type="button" className="button" onClick={() => onHall('hall')}>
                Light or dark (D)
              </button>
              <button type="button" className="button" onClick={() => onHall('end')}>
                End (Esc)
              </button>
            </>
          ) : (
            <>
              <button
                type="button"
                className="button"
                onClick={() => {
                  onGo({ ...place, present: true });
                  onHall('full');
                }}
              >
                Present
              </button>
              <button
                type="button"
                className="button"
                onClick={() => onGo({ ...place, handout: true })}
              >
                Handout
              </button>
              <WorksheetButtons place={place} onGo={onGo} />
            </>
          )}
        </p>
        <Progress chapter={chapter} place={place} onGo={onGo} />
      </header>
      {error !== null && (
        <ErrorNote
          error={error}
          {...(error.code === 'chapters.not-fetched'
            ? { retry: { label: 'Try again', run: () => void want(needs) } }
            : {})}
        />
      )}
      {facts === null ? (
        <p role="status">{error === null && 'What this chapter shows is fetched …'}</p>
      ) : printing ? (
        <Handout chapters={[chapter]} facts={facts} worksheet={place.worksheet !== null} />
      ) : (
        <StepView
          key={step.id}
          step={step}
          facts={facts}
          said={place.said}
          onSay={(said) => onGo({ ...place, said })}
          worksheet={place.worksheet}
          onShow={() => onGo({ ...place, worksheet: 'shown' })}
        />
      )}
      <Ways place={place} onMove={onMove} />
    </>
  );
}

/** A worksheet hides what is so until it is asked for; a link to it does so for a class. */
function WorksheetButtons({ place, onGo }: Pick<ChapterViewProps, 'place' | 'onGo'>) {
  const link = () => {
    const sheet = placeQuery({ ...place, said: null, worksheet: 'hidden' }, CHAPTERS);
    return `${location.origin}${location.pathname}?page=${PAGE}&${sheet}`;
  };
  const on = place.worksheet !== null;
  return (
    <>
      <button
        type="button"
        className="button"
        data-kind={on ? 'primary' : undefined}
        aria-pressed={on}
        onClick={() => onGo({ ...place, said: null, worksheet: on ? null : 'hidden' })}
      >
        Worksheet
      </button>
      <CopyButton label="Copy worksheet link" text={link} />
    </>
  );
}

/** The steps, each to be gone to. */
function Progress({ chapter, place, onGo }: Pick<ChapterViewProps, 'chapter' | 'place' | 'onGo'>) {
  return (
    <nav aria-label="Steps of the chapter">
      <ol className={styles.progress}>
        {chapter.steps.map(({ id, heading }, i) => (
          <li key={id}>
            <button
              type="button"
              className={styles.dot}
              aria-current={i === place.step ? 'step' : undefined}
              data-done={i < place.step || undefined}
              title={heading}
              onClick={() => onGo({ ...place, step: i, said: null, worksheet: closed(place) })}
            >
              <span className="visually-hidden">
                Step {i + 1} of {chapter.steps.length}: {heading}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Ways({ place, onMove }: Pick<ChapterViewProps, 'place' | 'onMove'>) {
  const back = placeAfter(place, -1, CHAPTERS);
  const on = placeAfter(place, 1, CHAPTERS);
  return (
    <footer className={styles.ways}>
      <button type="button" className="button" disabled={back === null} onClick={() => onMove(-1)}>
        <Icon name="previous" />
        Back
      </button>
      <button
        type="button"
        className="button"
        data-kind="primary"
        disabled={on === null}
        onClick={() => onMove(1)}
      >
        {wayOn(place, on)}
        <Icon name="next" />
      </button>
    </footer>
  );
}

function wayOn(place: Place, on: Place | null): string {
  if (on === null) return 'The end';
  if (on.chapter !== place.chapter)
    return `Next chapter: ${CHAPTERS.find(({ id }) => id === on.chapter)?.title ?? ''}`;
  return on.step === place.step ? 'Show it without a prediction' : 'Next';
}
