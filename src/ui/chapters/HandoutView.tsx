/** The handout on the screen, with its print button: fetched first, since it needs what every chapter needs. */

import { useEffect, useMemo } from 'react';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { Icon } from '../shared/Icon.tsx';
import type { Chapter } from './chapter.ts';
import { useChapters, useChaptersState } from './context.ts';
import { Handout } from './Handout.tsx';
import styles from './HandoutView.module.css';
import { allFacts } from './state/facts.ts';
import type { Place } from './state/place.ts';

export interface HandoutViewProps {
  chapters: readonly Chapter[];
  place: Place;
  onGo: (next: Place) => void;
}

export function HandoutView({ chapters, place, onGo }: HandoutViewProps) {
  const { want } = useChapters();
  const known = useChaptersState((s) => s.facts);
  const error = useChaptersState((s) => s.error);
  const needs = useMemo(() => [...new Set(chapters.flatMap((one) => one.needs))], [chapters]);
  useEffect(() => void want(needs), [want, needs]);
  const facts = useMemo(() => allFacts(known, needs), [known, needs]);
  const worksheet = place.worksheet !== null;
  return (
    <>
      <p className={styles.bar}>
        <button type="button" className="button" onClick={() => onGo({ ...place, handout: false })}>
          <Icon name="previous" />
          Back to the {place.chapter === null ? 'chapters' : 'chapter'}
        </button>
        <button
          type="button"
          className="button"
          data-kind="primary"
          disabled={facts === null}
          onClick={() => print()}
        >
          Print, or save as PDF
        </button>
        <label className={styles.choice}>
          <input
            type="checkbox"
            checked={worksheet}
            onChange={({ target: { checked } }) =>
              onGo({ ...place, worksheet: checked ? 'hidden' : null })
            }
          />
          as a worksheet, without what is so
        </label>
      </p>
      {error !== null && (
        <ErrorNote error={error} retry={{ label: 'Try again', run: () => void want(needs) }} />
      )}
      {facts === null ? (
        <p role="status">{error === null && 'What the chapters show is fetched …'}</p>
      ) : (
        <Handout chapters={chapters} facts={facts} worksheet={worksheet} />
      )}
    </>
  );
}
