/** The one place that takes what is dropped, on whatever page, and says what it was and where it went. */

import { useCallback, useEffect, useMemo, useState } from 'react';
import { type ErrorRecord, toErrorRecord } from '../../../base/errors.ts';
import { latePart } from '../../../base/late-part.ts';
import { useEngine, useKeep } from '../../engine/context.tsx';
import { useSession } from '../../lab/context.tsx';
import { ErrorNote } from '../../shared/ErrorNote.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { usePageLinks } from '../../shared/page-links.tsx';
import { PAGES } from '../pages.ts';
import { currentPage, linkTo } from '../route.ts';
import styles from './DropTarget.module.css';
import { DropZone } from './DropZone.tsx';
import { type DropItem, droppedItems } from './dropped-folder.ts';
import type { Said } from './take.ts';

const taking = latePart(
  'What takes dropped files',
  async () => (await import('./take.ts')).takeDropped,
);

interface Shown {
  readonly said: readonly Said[];
  readonly errors: readonly ErrorRecord[];
}

const NOTHING: Shown = { said: [], errors: [] };

export function DropTarget({ page }: { page: string }) {
  const engine = useEngine();
  const keep = useKeep();
  const lab = useSession();
  const links = usePageLinks();
  const [shown, setShown] = useState(NOTHING);
  const [reading, setReading] = useState<string | null>(null);
  /** The page that was on show when the last drop was done with. */
  const [at, setAt] = useState<string | null>(null);
  const pages = useMemo(
    () => ({ engine, keep, lab, links, current: currentPage }),
    [engine, keep, lab, links],
  );
  const take = useCallback(
    (items: Iterable<DropItem>) => {
      // Items can be asked until this returns.
      const drop = droppedItems(items);
      setShown(NOTHING);
      setReading('Looking at what was dropped …');
      (async () => (await taking.come())(await drop, pages, setReading))()
        .catch((error) => ({ said: [], errors: [toErrorRecord(error, 'drop')] }))
        .then((report) => {
          setShown(report);
          setReading(null);
          setAt(currentPage());
        });
    },
    [pages],
  );
  useEffect(() => {
    // What was said belongs to the page that it was said on.
    if (at !== null && at !== page) setShown(NOTHING);
  }, [at, page]);
  const { said, errors } = shown;
  return (
    <>
      <DropZone
        words="Drop it: a picture, a trace, rollouts, a run, an adapter, a model’s folder, an evaluation, an experiment, questions. The page that takes it opens."
        onDrop={take}
      />
      <div role="status" data-testid="dropped">
        {reading !== null && <p className={styles.note}>{reading}</p>}
        {said.length > 0 && (
          <div className={styles.note}>
            <div>
              {said.map(({ words, page: where }) => (
                <p key={words}>
                  {words}{' '}
                  {where !== null && where !== page && (
                    <a
                      href={linkTo(where)}
                      onClick={(event) => {
                        event.preventDefault();
                        links.openPage(where);
                      }}
                    >
                      Go to {PAGES.find(({ id }) => id === where)?.label}
                    </a>
                  )}
                </p>
              ))}
            </div>
            <button
              type="button"
              className={styles.close}
              aria-label="Dismiss what was dropped"
              onClick={() => setShown(({ errors: left }) => ({ said: [], errors: left }))}
            >
              <Icon name="cross" />
            </button>
          </div>
        )}
      </div>
      {errors.length > 0 && (
        <div className={styles.errors}>
          {errors.map((error) => (
            <ErrorNote
              key={`${error.code} ${error.where ?? ''}`}
              error={error}
              onDismiss={() =>
                setShown((now) => ({ ...now, errors: now.errors.filter((own) => own !== error) }))
              }
            />
          ))}
        </div>
      )}
    </>
  );
}
