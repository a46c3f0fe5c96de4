/** What of the teachers' push comes from the answer, by the widgets of the Lab's leakage level. */

import { useMemo, useState } from 'react';
import { LeakageFigures } from '../../rollout/LeakageFigures.tsx';
import { leakageUnder, type MethodLeakage, topOf } from '../../rollout/leakage-view.ts';
import { MethodLeakageView } from '../../rollout/MethodLeakageView.tsx';
import type { Show } from '../chapter.ts';
import styles from './Stage.module.css';

const noKey = () => false;

type LeakageShow = Extract<Show, { kind: 'leakage' }>;

/** In the order in which they stand below one another. */
export const leakageMethods = ({ leakage, tokens }: LeakageShow['trace']): MethodLeakage[] =>
  (['opsd', 'vigos'] as const).map((name) =>
    leakageUnder(leakage, name, leakage.epsilon, tokens.length),
  );

export function LeakageStage({ show }: { show: LeakageShow }) {
  const { trace, token, parts } = show;
  const { leakage, tokens, input } = trace;
  const [picked, setPicked] = useState<number | null>(null);
  const index = picked ?? token;
  const methods = useMemo(() => leakageMethods(trace), [trace]);
  const top = topOf(methods);
  return (
    <div className={styles.parts}>
      {parts.includes('token') && (
        <div className={styles.part} data-part="token" data-lit={parts.length > 1 || undefined}>
          <p className={styles.note}>
            At <q>{tokens[index].text.trim()}</q>
          </p>
          <LeakageFigures
            leakage={leakage}
            answer={input.answer}
            first="opsd"
            index={index}
            count={tokens.length}
          />
        </div>
      )}
      {methods.map(
        (method) =>
          parts.includes(method.name) && (
            <div key={method.name} className={styles.part} data-part="method">
              <MethodLeakageView
                trace={trace}
                leakage={method}
                epsilon={leakage.epsilon}
                top={top}
                selected={index}
                onSelect={setPicked}
                onKey={noKey}
              />
            </div>
          ),
      )}
    </div>
  );
}
