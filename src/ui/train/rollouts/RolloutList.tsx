/** The rollouts of the last step: what was asked, what came, who teaches which token, and how it did. */

import { memo, useDeferredValue, useMemo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { rewardNote } from '../../../contract/figures/grpo-figures.ts';
import { recipeOf } from '../../../contract/train/recipes.ts';
import { settingsAt } from '../../../contract/train/stages.ts';
import type { PolicyFacts } from '../../../contract/train/train-records.ts';
import type { TrainSettings } from '../../../contract/train/train-settings.ts';
import type { TrainRollout } from '../../../contract/train/training.ts';
import { Select } from '../../fields/Select.tsx';
import { HeatKey } from '../../rollout/HeatKey.tsx';
import { type HeatScale, heatScale, SCALES, type ScaleName } from '../../rollout/heat-scale.ts';
import { formatNats, formatPercent, formatPlain } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { Panel } from '../../shared/Panel.tsx';
import { usePageLinks } from '../../shared/page-links.tsx';
import { TokenLook, tokenStyle } from '../../shared/TokenLook.tsx';
import { TEACHERS, teacherMark } from '../../shared/teachers.ts';
import { useTrain, useTraining } from '../context.tsx';
import { groupOffer, type RolledRun, rolloutOffer } from './open-group.ts';
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
            figures: run.metrics.find(({ step }) => step === run.rollouts?.step)?.figures ?? null,
          },
    ),
  );
  // A thousand tokens and more are new with every step; they come in a frame after the curves'.
  const run = useDeferredValue(latest);
  const { openRollout, openGroup } = usePageLinks();
  const { questions } = useTraining();
  const open = async (rolled: RolledRun, number: number) => {
    const group = groupOffer(rolled, number);
    const offer = rolloutOffer(rolled, number);
    const { item, question, answer, ids } = rolled.rollouts.rollouts[number];
    if (item.data === undefined) return group === null ? openRollout(offer) : openGroup(group);
    const picture = await questions.pictureOf(item.data, item.index);
    if (picture === null) return;
    if (group !== null) return openGroup({ ...group, picture });
    openRollout({ ...offer, rollout: { question, answer, ids, picture } });
  };
  const [all, setAll] = useState(false);
  const [scaleName, setScale] = useState<ScaleName>('log');
  const rolled = run?.rollouts?.rollouts;
  const scale = useMemo(
    () => heatScale(scaleName, rolled?.flatMap(heatOf) ?? []),
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
  const rolledRun = { ...run, rollouts: run.rollouts };
  const shown = all ? rollouts : rollouts.slice(0, SHOWN);
  const right = rollouts.filter(({ correct }) => correct).length;
  const valid = rollouts.filter((rollout) => rollout.valid).length;
  const rewarded = rollouts.some(({ policy }) => policy !== undefined);
  const note = run.figures === null ? null : rewardNote(run.figures);
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
          ;{' '}
          {rewarded
            ? 'stronger colour is more KL to the base, in nats'
            : 'stronger colour is more loss, after the clip'}
          . The rollouts of the last step that is written down are kept with the run in this
          browser, up to 1 MB
          {rollouts.length < made && `: the first ${rollouts.length} of ${made}`}.
        </>
      }
    >
      {note !== null && (
        <p className={styles.said}>
          {note.message} {note.fix}
        </p>
      )}
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
        {shown.map((rollout, number) => (
          <Rollout
            // The rollouts of a group have one item and often one length.
            key={`${step}-${number}-${rollout.item.index}`}
            rollout={rollout}
            scale={scale}
            grouped={groupOffer(rolledRun, number) !== null}
            onOpen={() => void open(rolledRun, number)}
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
function whyNone(run: TrainSettings, step: number): string {
  const { recipe } = settingsAt(run, step).settings;
  const { steps } = run;
  const { withoutRollouts } = recipeOf(recipe).kind;
  if (withoutRollouts !== null) return withoutRollouts;
  if (step === 0)
    return 'Those of each step stand here, with who teaches which token, or with their rewards; any of them opens in the Lab.';
  const none =
    'None are kept with this run: it came from a file, which has none, or from an earlier version of this page';
  return step < steps ? `${none}; those of the next step stand here.` : `${none}.`;
}

interface RolloutProps {
  rollout: TrainRollout;
  scale: HeatScale;
  /** Whether its whole group is here to be opened. */
  grouped: boolean;
  onOpen: () => void;
}

const Rollout = memo(
  function Rollout({ rollout, scale, grouped, onOpen }: RolloutProps) {
    const { item, question, answer, valid, reason, correct, wrongReference, policy } = rollout;
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
            {policy !== undefined && <Advantage policy={policy} />}
            {wrongReference !== undefined && (
              <Mark
                good={!wrongReference.boxed}
                text={`teachers were given “${wrongReference.answer}”, which is wrong: ${
                  wrongReference.boxed ? 'the student boxed it' : 'the student did not box it'
                }`}
              />
            )}
          </p>
          {item.words === undefined ? (
            <button type="button" className="button" onClick={onOpen}>
              {grouped ? 'Open its group in the Lab' : 'Open in the Lab'}
            </button>
          ) : (
            <span className={styles.why}>Asked in words: there is no picture for the Lab</span>
          )}
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

/** A rollout beside its group. */
function Advantage({ policy }: { policy: PolicyFacts }) {
  const { group, reward, advantage } = policy;
  const pull =
    advantage === 0
      ? 'no advantage: all of its group have the same, or it has the mean'
      : advantage > 0
        ? `advantage +${formatPlain(advantage)}, made likelier`
        : `advantage ${formatPlain(advantage)}, made less likely`;
  return (
    <span>
      Group {group + 1}: reward {formatPercent(reward)}, {pull}
    </span>
  );
}

/** What colours the tokens: the KL to the base where rewards are learnt from, else the loss under the teachers. */
const heatOf = ({ losses, policy }: TrainRollout): readonly number[] =>
  policy === undefined ? losses : (policy.kls ?? losses.map(() => 0));

/** A token in words, for who points at it. */
function titleOf({ teachers, losses, clipped, policy }: TrainRollout, index: number): string {
  const cut = clipped[index] ? ', clipped' : '';
  if (policy !== undefined) {
    const kl = policy.kls === null ? '' : `, KL to the base ${formatNats(policy.kls[index])} nats`;
    return `ratio ${formatPlain(policy.ratios[index])}${cut}${kl}`;
  }
  const mark = teacherMark(teachers[index]);
  const loss = mark === 'nobody' ? '' : `, ${formatNats(losses[index])} nats${cut}`;
  return `${TEACHERS[mark].label}${loss}`;
}

/** The texts stand before them for who does not see colours. */
function Tokens({ rollout, scale }: Pick<RolloutProps, 'rollout' | 'scale'>) {
  const { texts, teachers, clipped, policy } = rollout;
  const heats = heatOf(rollout);
  const tokens = texts.map((text, index) => ({
    index,
    text,
    mark: teacherMark(teachers[index]),
    heat: scale.at(heats[index]),
    clipped: clipped[index],
  }));
  return (
    <span aria-hidden="true">
      {tokens.map(({ index, text, mark, heat, clipped: cut }) => (
        <span
          key={index}
          className={`${tokenStyle} ${styles.token}`}
          data-teacher={mark}
          data-clipped={cut || undefined}
          data-rewarded={policy !== undefined || undefined}
          data-special={text.startsWith('<|') || undefined}
          title={titleOf(rollout, index)}
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
