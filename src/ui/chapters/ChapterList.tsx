/** All chapters, each with what it is about. */

import styles from './ChapterList.module.css';
import { CHAPTERS } from './chapters.ts';
import { closed, type Place, placeQuery, START } from './state/place.ts';
import { PAGE } from './use-place.ts';

const addressOf = (place: Place) => `?page=${PAGE}&${placeQuery(place, CHAPTERS)}`;

export interface ChapterListProps {
  place: Place;
  onGo: (next: Place) => void;
}

export function ChapterList({ place, onGo }: ChapterListProps) {
  const opened = (chapter: string): Place => ({ ...START, worksheet: closed(place), chapter });
  return (
    <>
      <h2 className={styles.title}>Chapters</h2>
      <p className={styles.lead}>
        What this playground shows, told in {CHAPTERS.length} short chapters on its own widgets.
        Each asks you for a prediction before it shows what is so, and ends with something to try.
        They work on recorded rollouts, marked as such, until the model is here, and on its own
        figures then. Arrow keys go on and back.
      </p>
      <p className={styles.take}>
        <button type="button" className="button" onClick={() => onGo({ ...place, handout: true })}>
          Handout
        </button>
        <span>All chapters to be printed, or saved as PDF; as a worksheet too.</span>
      </p>
      {place.worksheet !== null && (
        <p className={styles.take}>
          <strong>Worksheet:</strong> what is so stays hidden in every step until you ask for it.{' '}
          <button
            type="button"
            className="button"
            onClick={() => onGo({ ...place, worksheet: null })}
          >
            End the worksheet
          </button>
        </p>
      )}
      <ol className={styles.list}>
        {CHAPTERS.map(({ id, title, lead, steps }) => (
          <li key={id}>
            <a
              className={styles.chapter}
              href={addressOf(opened(id))}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
                event.preventDefault();
                onGo({ ...place, chapter: id, step: 0, said: null, worksheet: closed(place) });
              }}
            >
              <span className={styles.name}>{title}</span>
              <span className={styles.about}>{lead}</span>
              <span className={styles.steps}>{steps.length} steps</span>
            </a>
          </li>
        ))}
      </ol>
    </>
  );
}
