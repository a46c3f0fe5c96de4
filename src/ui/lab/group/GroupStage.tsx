/** The rollouts of one question as GRPO learns from them: rewards and advantages side by side, and every token's terms. */

import { useEffect, useId, useMemo } from 'react';
import type { GroupReading } from '../../../contract/trace/group.ts';
import { useEngineState } from '../../engine/context.tsx';
import { Select } from '../../fields/Select.tsx';
import { HeatKey } from '../../rollout/HeatKey.tsx';
import { heatScale } from '../../rollout/heat-scale.ts';
import { ErrorNote } from '../../shared/ErrorNote.tsx';
import { formatNats } from '../../shared/format.ts';
import { ProgressBar } from '../../shared/ProgressBar.tsx';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { NumberField } from '../controls/NumberField.tsx';
import { LabError } from '../LabError.tsx';
import { GROUP_SIZE, groupKey, whyNoGroup } from '../state/group.ts';
import { nameOf } from '../state/made-by.ts';
import { SETTINGS } from '../state/settings.ts';
import type { Shown } from '../state/state.ts';
import { GroupRollouts } from './GroupRollouts.tsx';
import styles from './GroupStage.module.css';
import { GroupTable } from './GroupTable.tsx';
import {
  cutInWords,
  FIGURE_UNITS,
  figureOf,
  ratiosInWords,
  rewardsInWords,
} from './group-words.ts';

export interface GroupStageProps {
  shown: Shown;
  selected: number;
  onKey: (key: string) => boolean;
}

export function GroupStage({ shown, selected, onKey }: GroupStageProps) {
  const session = useSession();
  const engine = useEngineState((s) => s);
  const { batch, settings, student, group, groupJob, work, live } = useLab((s) => s);
  const key = useMemo(() => groupKey({ batch, settings, student }), [batch, settings, student]);
  const idle = work === null && live === null;
  const { phase } = engine;
  // Whatever changes what is asked; what is read already is not read again.
  useEffect(() => {
    void session.readGroup();
  }, [session, key, phase, idle]);
  const why = whyNoGroup({ batch, shown }, engine);
  const ready = phase === 'ready';
  const count = Math.max(GROUP_SIZE, settings.count);
  // Of the batch on the page, if under other terms or another student: shown as what it is until the new one is there.
  const reading = group !== null && fits(group.reading, batch) ? group.reading : null;
  const current = group?.key === key;
  return (
    <section className={styles.stage} aria-label="Group of rollouts">
      <p className={styles.intro}>
        <Term id="group">GRPO</Term> asks one question several times and has no teacher: a rollout
        with more reward than its group’s mean is made likelier at each of its tokens, one with less
        is made less likely.
      </p>
      <Terms />
      {why !== null && (
        <div className={styles.none}>
          <ErrorNote error={why} />
          <button
            type="button"
            className="button"
            data-kind="primary"
            aria-disabled={!ready || !idle}
            onClick={() => {
              if (ready && idle) void session.rollOutGroup();
            }}
          >
            Roll out {count} at temperature 1, from the whole distribution
          </button>
        </div>
      )}
      <LabError place="group" />
      {groupJob !== null && (
        <div className={styles.progress} role="status">
          <p>Reading every token under the student and the frozen base</p>
          <ProgressBar
            label="Reading the group"
            share={groupJob.total === 0 ? null : groupJob.done / groupJob.total}
          />
        </div>
      )}
      {why === null && reading !== null && (
        <div className={styles.read} data-stale={!current || undefined} aria-busy={!current}>
          <Said shown={shown} reading={reading} />
          <GroupTable reading={reading} at={batch.indexOf(shown)} />
          <Tokens {...{ shown, selected, onKey, reading }} />
        </div>
      )}
    </section>
  );
}

/** Whether a reading is of these rollouts, whoever read them. */
const fits = ({ rollouts }: GroupReading, batch: readonly Shown[]): boolean =>
  rollouts.length === batch.length &&
  batch.every(({ trace }, i) => trace.tokens.length === rollouts[i]?.tokens.length);

function Terms() {
  const session = useSession();
  const averaging = useLab((s) => s.settings.averaging);
  const id = useId();
  return (
    <div className={styles.terms}>
      <NumberField name="formatShare" inline />
      <NumberField name="ratioClip" inline />
      <NumberField name="klCoefficient" inline />
      <span className={styles.field}>
        <span id={id}>{SETTINGS.averaging.label}</span>
        <Select
          look="line"
          labelledBy={id}
          value={averaging}
          options={SETTINGS.averaging.options}
          onChange={(chosen) => void session.change({ averaging: chosen })}
        />
      </span>
    </div>
  );
}

function Said({ shown, reading }: { shown: Shown; reading: GroupReading }) {
  const student = useLab((s) => s.student);
  const { sampling } = shown.trace;
  const readers = { writer: nameOf(shown.writer), student: nameOf(student) };
  const cut = sampling === null ? null : cutInWords(sampling);
  return (
    <div className={styles.said} role="status">
      <p>
        {rewardsInWords(reading)} The loss of the group is {formatNats(reading.loss)} nats.
      </p>
      <p>{ratiosInWords(reading, readers)}</p>
      {cut !== null && <p>{cut}</p>}
    </div>
  );
}

function Tokens({ shown, selected, onKey, reading }: GroupStageProps & { reading: GroupReading }) {
  const session = useSession();
  const figure = useLab((s) => s.settings.groupFigure);
  const name = useLab((s) => s.settings.scale);
  const scale = useMemo(
    () =>
      heatScale(
        name,
        reading.rollouts.flatMap(({ tokens }) => tokens.map((token) => figureOf(token, figure))),
      ),
    [name, reading, figure],
  );
  return (
    <>
      <p className={styles.scale}>
        <Select
          look="line"
          label={SETTINGS.groupFigure.label}
          value={figure}
          options={SETTINGS.groupFigure.options}
          onChange={(chosen) => void session.change({ groupFigure: chosen })}
        />
        <span className={styles.unit}>{FIGURE_UNITS[figure]}</span>
        <HeatKey scale={scale} />
        <span className={styles.unit}>
          ↑ made likelier, ↓ less likely, · not pushed; hatched: clipped
        </span>
      </p>
      <GroupRollouts {...{ shown, selected, onKey, reading, figure, scale }} />
    </>
  );
}
