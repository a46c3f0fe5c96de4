/** The rollouts of a group below each other, each in its tokens; a press on one's token puts it on the page. */

import { memo, useCallback, useMemo } from 'react';
import type { GroupReading, GroupRollout } from '../../../contract/trace/group.ts';
import { advantageText, answerText } from '../../rollout/group-facts.ts';
import type { HeatScale } from '../../rollout/heat-scale.ts';
import { TokenStrip } from '../../rollout/TokenStrip.tsx';
import { lanesOf } from '../../rollout/view.ts';
import { useLab, useSession } from '../context.tsx';
import type { GroupFigure } from '../state/settings.ts';
import type { Shown } from '../state/state.ts';
import styles from './GroupStage.module.css';
import { groupTokens } from './group-words.ts';

export interface GroupRolloutsProps {
  shown: Shown;
  /** The token on the page, of the rollout that is shown. */
  selected: number;
  onKey: (key: string) => boolean;
  reading: GroupReading;
  figure: GroupFigure;
  scale: HeatScale;
}

export function GroupRollouts({ shown, selected, reading, ...look }: GroupRolloutsProps) {
  const session = useSession();
  const batch = useLab((s) => s.batch);
  const at = batch.indexOf(shown);
  const select = useCallback(
    (rollout: number, token: number) => {
      void session.change({ token });
      if (rollout !== at) void session.pick(rollout);
    },
    [session, at],
  );
  return (
    <ol className={styles.rollouts}>
      {batch.map((one, i) => {
        const terms = reading.rollouts[i];
        return terms === undefined ? null : (
          <Rollout
            // Rollouts of a group may be equal to the last token.
            key={`${i}-${terms.tokens.length}`}
            number={i}
            shown={one}
            terms={terms}
            selected={i === at ? selected : null}
            onSelect={select}
            {...look}
          />
        );
      })}
    </ol>
  );
}

interface RolloutProps extends Omit<GroupRolloutsProps, 'reading' | 'selected'> {
  number: number;
  terms: GroupRollout;
  selected: number | null;
  onSelect: (rollout: number, token: number) => void;
}

const Rollout = memo(function Rollout(props: RolloutProps) {
  const { number, shown, terms, selected, onSelect, onKey, figure, scale } = props;
  const { trace } = shown;
  const lanes = useMemo(
    () => lanesOf(groupTokens(trace, terms, figure), trace.spans),
    [trace, terms, figure],
  );
  const select = useCallback((token: number) => onSelect(number, token), [onSelect, number]);
  return (
    <li className={styles.rollout} data-shown={selected !== null || undefined}>
      <p className={styles.name}>
        <strong>{number + 1}</strong> {answerText(terms)}, {advantageText(terms)}
      </p>
      <div className={styles.strip}>
        <TokenStrip
          lanes={lanes}
          scale={scale}
          label={`Tokens of rollout ${number + 1} with their terms`}
          selected={selected}
          onSelect={select}
          onKey={onKey}
        />
      </div>
    </li>
  );
});
