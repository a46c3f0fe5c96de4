/** The right column: everything about the current token, first of all why it has its teacher. */

import { useCallback } from 'react';
import type { Reader } from '../../../method/sight.ts';
import { Figures } from '../../rollout/Figures.tsx';
import { GroupFigures } from '../../rollout/GroupFigures.tsx';
import { LeakageFigures } from '../../rollout/LeakageFigures.tsx';
import { TeacherContext } from '../../rollout/TeacherContext.tsx';
import { TokenHead } from '../../rollout/TokenHead.tsx';
import { TopLists } from '../../rollout/TopLists.tsx';
import { useLab, useSession } from '../context.tsx';
import { groupNow } from '../state/group.ts';
import { pictureFor } from '../state/perturbation.ts';
import styles from './TokenPanel.module.css';
import { TOKEN_PANEL_ID, useCurrentToken } from './use-current-token.ts';

export function TokenPanel() {
  const session = useSession();
  const shown = useLab((s) => s.shown);
  const level = useLab((s) => s.settings.level);
  const index = useCurrentToken();
  const live = useLab((s) => s.live !== null);
  const token = index === null ? undefined : shown?.trace.tokens[index];
  const leakage = shown?.trace.leakage;
  const ratioClip = useLab((s) => s.settings.ratioClip);
  const klCoefficient = useLab((s) => s.settings.klCoefficient);
  const terms = { ratioClip, klCoefficient };
  const grouped = useLab((s) =>
    s.settings.level === 'group' && s.shown !== null
      ? (groupNow(s)?.rollouts[s.batch.indexOf(s.shown)] ?? null)
      : null,
  );
  const subject = shown?.subject ?? null;
  const seen = shown?.seen ?? null;
  const pictureOf = useCallback(
    (role: Reader) => (subject === null || seen === null ? null : pictureFor(subject, seen, role)),
    [subject, seen],
  );
  const go = (next: number) => void session.change({ token: next });
  return (
    <section
      className={styles.panel}
      id={TOKEN_PANEL_ID}
      tabIndex={-1}
      aria-labelledby="token-heading"
      data-stale={live || undefined}
    >
      <h2 id="token-heading" className="visually-hidden">
        Token
      </h2>
      {shown === null || index === null || token === undefined ? (
        <p className={styles.empty}>
          Here stand the figures of one token: who teaches it and why, what student and teacher find
          probable there, and by how much they differ. They come with the first rollout.
        </p>
      ) : (
        <>
          <TokenHead
            trace={shown.trace}
            index={index}
            token={token}
            onGo={go}
            taught={grouped === null}
          />
          {level === 'leakage' && leakage !== undefined ? (
            <LeakageFigures
              leakage={leakage}
              answer={shown.subject?.answer ?? shown.trace.input.answer}
              first={shown.trace.method.name}
              index={index}
              count={shown.trace.tokens.length}
            />
          ) : grouped !== null ? (
            <GroupFigures rollout={grouped} index={index} terms={terms} />
          ) : (
            <>
              <Figures trace={shown.trace} index={index} token={token} />
              <TopLists token={token} method={shown.trace.method} />
            </>
          )}
          {grouped === null && (
            <TeacherContext trace={shown.trace} pictureOf={pictureOf} index={index} token={token} />
          )}
        </>
      )}
    </section>
  );
}
