/** Whether each teacher of the rollout looks at the picture, and whether it goes by the answer: measured when asked. */

import type { ErrorRecord } from '../../../base/errors.ts';
import { useEngineState } from '../../engine/context.tsx';
import { LooksTable } from '../../rollout/LooksTable.tsx';
import { whoLooksMore } from '../../rollout/looks-words.ts';
import { temperatureOf } from '../../rollout/view.ts';
import { ProgressBar } from '../../shared/ProgressBar.tsx';
import { Term } from '../../shared/Term.tsx';
import { cut } from '../../shared/visible-text.ts';
import { useLab, useSession } from '../context.tsx';
import { LabError } from '../LabError.tsx';
import { looksNow, looksPicture, whyNoLooks } from '../state/looks.ts';
import type { Shown } from '../state/state.ts';
import styles from './LooksPanel.module.css';

const PICTURES = { blank: 'a blank picture', swapped: 'another scene’s picture' } as const;

const inWords = (why: ErrorRecord | null): string | null =>
  why === null ? null : `${why.message} ${why.fix}`;

export function LooksPanel({ shown, selected }: { shown: Shown; selected: number }) {
  const session = useSession();
  const settings = useLab((s) => s.settings);
  const job = useLab((s) => s.looksJob);
  const why = useEngineState((engine) => inWords(whyNoLooks({ shown }, engine)));
  const looks = looksNow(shown, settings);
  const { trace } = shown;
  const { temperature } = trace.method;
  const wrong = shown.looks?.wrongAnswer ?? null;
  return (
    <section className={styles.panel} aria-label="Does each teacher look?">
      <p className={styles.heading}>
        <strong>
          <Term id="looks">Does each teacher look?</Term>
        </strong>{' '}
        {looks === null
          ? `The same teacher with the picture and with ${PICTURES[looksPicture(settings)]}, with the answer and with a wrong one.`
          : `Each with ${PICTURES[looksPicture(settings)]}${wrong === null ? '' : ` and with the wrong answer “${cut(wrong, 40)}”`}; forward KL, nats a token, ${temperatureOf({ temperature }) ?? 'at τ = 1'}.`}
      </p>
      {looks !== null && (
        <LooksTable
          tokens={looks}
          at={{ token: selected, text: trace.tokens[selected]?.text ?? '' }}
          whole
        />
      )}
      {looks !== null && shown.looks !== null && (
        <p className={styles.heading} data-testid="looks-more">
          {whoLooksMore(shown.looks.tokens)}
        </p>
      )}
      {looks === null && job === null && (
        <button
          type="button"
          className="button"
          aria-disabled={why !== null}
          onClick={() => {
            if (why === null) void session.readLooks();
          }}
        >
          Ask the teachers
        </button>
      )}
      {looks === null && job === null && why !== null && <p className={styles.heading}>{why}</p>}
      {job !== null && (
        <div role="status">
          <ProgressBar
            label="Asking the teachers"
            share={job.total === 0 ? null : job.done / job.total}
          />
        </div>
      )}
      <LabError place="looks" />
    </section>
  );
}
