/** The rollouts of the last step: what was asked, what came, who teaches which token, and how it did. */

import { memo, useDeferredValue, useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { recipeOf } from '../../../contract/recipes.ts';
import type { TrainSettings } from '../../../contract/train-settings.ts';
import type { TrainRollout } from '../../../contract/training.ts';
import { Select } from '../../fields/Select.tsx';
import { HeatKey } from '../../rollout/HeatKey.tsx';
import { type HeatScale, heatScale, SCALES, type ScaleName } from '../../rollout/heat-scale.ts';
import { formatNats } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { usePageLinks } from '../../shared/page-links.tsx';
import { TokenLook, tokenStyle } from '../../shared/TokenLook.tsx';
import { TEACHERS, teacherMark } from '../../shared/teachers.ts';
import { useTrain } from '../context.tsx';
import styles from './RolloutList.module.css';

const SHOWN = 8;

export function RolloutList() {
  const latest = useTrain(
    useShallow(({ run }) =>
      run === null
        ? null
        : {
            runId: run.runId,
            name: run.name,
            settings: run.settings,
            step: run.rollouts === null ? run.step : 0,
            rollouts: run.rollouts,
          },
    ),
  );
  // A thousand tokens and more are new with every step; they come in a frame after the curves'.
  const run = useDeferredValue(latest);
  const { openRollout } = usePageLinks();
  const [all, setAll] = useState(false);
  const [scaleName, setScale] = useState<ScaleName>('log');
  const rolled = run?.rollouts?.rollouts;
  const scale = useMemo(
    () => heatScale(scaleName, rolled?.flatMap(({ losses }) => losses) ?? []),
    [scaleName, rolled],
  );
  if (run === null) return null;
  if (run.rollouts === null)
    return (
      <Panel
        heading="Rollouts"
        headingId="rollouts-heading"
        note={whyNone(run.settings, run.step)}
      />
    );
  const { step, made, rollouts } = run.rollouts;
  const shown = all ? rollouts : rollouts.slice(0, SHOWN);
  const right = rollouts.filter(({ correct }) => correct).length;
  const valid = rollouts.filter((rollout) => rollout.valid).length;
  const misled = rollouts.flatMap(({ wrongReference }) => wrongReference ?? []);
  return (
    <Panel
      heading={`Rollouts of step ${step}`}
      headingId="rollouts-heading"
      note={
        <>
          {valid} of {rollouts.length} valid, {right} right
          {misled.length > 0 &&
            `, ${misled.length} with a wrong reference, which ${misled.filter(({ boxed }) => boxed).length} box`}
          ; stronger colour is more loss, after the clip. The rollouts of the last step that is
          written down are kept with the run in this browser, up to 1 MB
          {rollouts.length < made && `: the first ${rollouts.length} of ${made}`}.
        </>
      }
    >
      <p className={styles.scale}>
        <Select
          look="line"
          label="Scale of the tokens’ colour"
          value={scaleName}
          options={SCALES}
          onChange={setScale}
        />
        <HeatKey scale={scale} />
      </p>
      <ol className={styles.list}>
        {shown.map((rollout) => (
          <Rollout
            key={`${rollout.item.split}-${rollout.item.index}-${rollout.ids.length}`}
            rollout={rollout}
            scale={scale}
            onOpen={() =>
              openRollout({
                rollout,
                sampling: { ...run.settings.sampling, seed: run.settings.seed },
                method: run.settings.method,
                student: {
                  // The weights that sampled it are those before the step.
                  label: `${run.name}, before step ${step}`,
                  choice: { kind: 'run', runId: run.runId, step: step - 1 },
                },
              })
            }
          />
        ))}
      </ol>
      {rollouts.length > SHOWN && (
        <button type="button" className={`button ${styles.more}`} onClick={() => setAll(!all)}>
          {all ? `Show ${SHOWN}` : `Show all ${rollouts.length}`}
        </button>
      )}
    </Panel>
  );
}

/** Why there are no rollouts to show, in words. */
function whyNone({ recipe, steps }: TrainSettings, step: number): string {
  const { withoutRollouts } = recipeOf(recipe).kind;
  if (withoutRollouts !== null) return withoutRollouts;
  if (step === 0)
    return 'Those of each step stand here, with who teaches which token; any of them opens in the Lab.';
  const none =
    'None are kept with this run: it came from a file, which has none, or from an earlier version of this page';
  return step < steps ? `${none}; those of the next step stand here.` : `${none}.`;
}

interface RolloutProps {
  rollout: TrainRollout;
  scale: HeatScale;
  onOpen: () => void;
}

const Rollout = memo(
  function Rollout({ rollout, scale, onOpen }: RolloutProps) {
    const { question, answer, valid, reason, correct, wrongReference } = rollout;
    return (
      <li className={styles.rollout}>
        <div className={styles.asked}>
          <p className={styles.question}>{question}</p>
          <p className={styles.marks}>
            <Mark good={valid} text={valid ? 'valid' : `invalid: ${reason ?? ''}`} />
            <Mark
              good={correct}
              text={`${correct ? 'right' : 'wrong'}: the answer is “${answer}”`}
            />
            {wrongReference !== undefined && (
              <Mark
                good={!wrongReference.boxed}
                text={`teachers were given “${wrongReference.answer}”, which is wrong: ${
                  wrongReference.boxed ? 'the student boxed it' : 'the student did not box it'
                }`}
              />
            )}
          </p>
          <button type="button" className="button" onClick={onOpen}>
            Open in the Lab
          </button>
        </div>
        <p className={styles.tokens}>
          <span className="visually-hidden">{rollout.texts.join('')}</span>
          <Tokens rollout={rollout} scale={scale} />
        </p>
      </li>
    );
  },
  (a, b) => a.rollout === b.rollout && a.scale === b.scale,
);

/** The texts stand before them for who does not see colours. */
function Tokens({ rollout, scale }: Omit<RolloutProps, 'onOpen'>) {
  const { texts, teachers, losses, clipped } = rollout;
  const tokens = texts.map((text, index) => ({
    index,
    text,
    mark: teacherMark(teachers[index]),
    heat: scale.at(losses[index]),
    loss: losses[index],
    clipped: clipped[index],
  }));
  return (
    <span aria-hidden="true">
      {tokens.map(({ index, text, mark, heat, loss, clipped: cut }) => (
        <span
          key={index}
          className={`${tokenStyle} ${styles.token}`}
          data-teacher={mark}
          data-clipped={cut || undefined}
          data-special={text.startsWith('<|') || undefined}
          title={`${TEACHERS[mark].label}${mark === 'nobody' ? '' : `, ${formatNats(loss)} nats${cut ? ', clipped' : ''}`}`}
          style={{ '--heat': heat.toFixed(3) }}
        >
          <TokenLook text={text} letter={TEACHERS[mark].letter} />
        </span>
      ))}
    </span>
  );
}

function Mark({ good, text }: { good: boolean; text: string }) {
  return (
    <span className={styles.mark} data-good={good}>
      <Icon name={good ? 'check' : 'cross'} />
      {text}
    </span>
  );
}
