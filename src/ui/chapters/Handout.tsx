/** Chapters as they are printed: all of their steps, a chapter on pages of its own; with what is so, or as a worksheet. */

import { CITATIONS } from '../shared/citations.ts';
import type { Chapter } from './chapter.ts';
import { CHAPTERS } from './chapters.ts';
import styles from './Handout.module.css';
import { StepView } from './StepView.tsx';
import type { AllFacts } from './state/facts.ts';
import { placeQuery, START } from './state/place.ts';
import { PAGE } from './use-place.ts';

export interface HandoutProps {
  chapters: readonly Chapter[];
  facts: AllFacts;
  /** Without what is so. */
  worksheet: boolean;
}

const nothing = () => undefined;

export function Handout({ chapters, facts, worksheet }: HandoutProps) {
  const [only] = chapters;
  const single = chapters.length === 1;
  const title = single ? only.title : 'Every token and its teacher';
  return (
    <div className={styles.handout} data-handout>
      <header className={styles.head}>
        <p className={styles.series}>
          ViGOS Playground, {worksheet ? 'worksheet' : 'handout'}
          {single && `, chapter ${CHAPTERS.indexOf(only) + 1} of ${CHAPTERS.length}`}
        </p>
        <h2>{title}</h2>
        {!single && <p>In {chapters.length} chapters.</p>}
        {single && !worksheet && <p>{only.lead}</p>}
        <p className={styles.from}>
          Printed on {new Date().toISOString().slice(0, 10)} from {addressOf(single ? only : null)}
        </p>
        <h3>How to cite</h3>
        <ul className={styles.from}>
          {CITATIONS.map(({ line }) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        {!single && (
          <>
            <h3>Contents</h3>
            <ol className={styles.contents}>
              {chapters.map(({ id, title: name, lead }) => (
                <li key={id}>
                  <strong>{name}</strong> {!worksheet && lead}
                </li>
              ))}
            </ol>
          </>
        )}
      </header>
      {chapters.map((chapter) => (
        <section key={chapter.id} className={styles.chapter} aria-label={chapter.title}>
          {!single && (
            <header className={styles.opening}>
              <p className={styles.series}>
                Chapter {CHAPTERS.indexOf(chapter) + 1} · {addressOf(chapter)}
              </p>
              <h2>{chapter.title}</h2>
              {/* It may say what a question asks. */}
              {!worksheet && <p>{chapter.lead}</p>}
            </header>
          )}
          {chapter.steps.map((step) => (
            <StepView
              key={step.id}
              step={step}
              facts={facts}
              said="none"
              onSay={nothing}
              worksheet={worksheet ? 'hidden' : null}
              onPaper
            />
          ))}
        </section>
      ))}
    </div>
  );
}

function addressOf(chapter: Chapter | null): string {
  const query = placeQuery({ ...START, chapter: chapter?.id ?? null }, CHAPTERS);
  const { origin, pathname } = location;
  return `${origin}${pathname}?page=${PAGE}${query === '' ? '' : `&${query}`}`;
}
