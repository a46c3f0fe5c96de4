/** All chapters, each with what it is about. */

import styles from './ChapterList.module.css';
import { CHAPTERS } from './chapters.ts';
import { placeQuery, START } from './state/place.ts';
import { PAGE } from './use-place.ts';

const addressOf = (chapter: string) =>
  `?page=${PAGE}&${placeQuery({ ...START, chapter }, CHAPTERS)}`;

export function ChapterList({ onOpen }: { onOpen: (chapter: string) => void }) {
  return (
    <>
      <h2 className={styles.title}>Chapters</h2>
      <p className={styles.lead}>
        What this playground shows, told in {CHAPTERS.length} short chapters on its own widgets.
        Each asks you for a prediction before it shows what is so, and ends with something to try.
        They work on recorded rollouts, marked as such, until the model is here, and on its own
        figures then. Arrow keys go on and back.
      </p>
      <ol className={styles.list}>
        {CHAPTERS.map(({ id, title, lead, steps }) => (
          <li key={id}>
            <a
              className={styles.chapter}
              href={addressOf(id)}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
                event.preventDefault();
                onOpen(id);
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
