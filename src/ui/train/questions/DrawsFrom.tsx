/** What the run, or its chosen stage, draws its questions from: all that there are, or a set that was measured. */

import { useEffect, useId } from 'react';
import { useEngineState } from '../../engine/context.tsx';
import { Select } from '../../fields/Select.tsx';
import { takeOfferedData } from '../../shared/data-offers.ts';
import { Help } from '../../shared/Help.tsx';
import { useTrain, useTraining } from '../context.tsx';
import styles from './QuestionsPanel.module.css';

const ALL = '';
/** A set that came with a schedule and is not among those that are kept. */
const GIVEN = 'given';

const HELP =
  'All questions of the data’s settings, or a set of them that was measured and kept: “Measure questions” below makes one. With a set come the settings of its pictures. Sets of your own from the Data page stand here too.';

export function DrawsFrom() {
  const session = useTraining();
  const ready = useEngineState((engine) => engine.phase === 'ready');
  const sets = useTrain((s) => s.questions.sets);
  const given = useTrain((s) => s.form.settings.items);
  const own = useTrain((s) => s.questions.own);
  const questions = useTrain((s) => s.form.settings.questions);
  const id = useId();
  const { list, drawFrom, drawFromOwn } = session.questions;
  useEffect(() => {
    if (ready) void list();
  }, [ready, list]);
  useEffect(() => {
    const offered = takeOfferedData('train');
    if (offered !== null) session.change(drawFromOwn(offered));
  }, [session, drawFromOwn]);
  const none = (sets ?? []).length + (own ?? []).length === 0;
  if (given === undefined && questions === undefined && none) return null;
  const known = sets?.find(
    ({ name, items }) => name === given?.name && items.length === given.items.length,
  );
  const mine = own?.find(({ fingerprint }) => fingerprint === questions?.fingerprint);
  const isGiven = given !== undefined || questions !== undefined;
  const chosen = mine?.id ?? known?.id ?? (isGiven ? GIVEN : ALL);
  return (
    <div>
      <span className="label">
        <label htmlFor={id}>
          <Help entry={{ title: 'Draws from', text: HELP }}>Draws from</Help>
        </label>
      </span>
      <Select
        id={id}
        value={chosen}
        options={[
          { value: ALL, label: 'All questions' },
          ...(chosen === GIVEN
            ? [
                {
                  value: GIVEN,
                  label:
                    questions === undefined
                      ? `${given?.name} (${given?.items.length})`
                      : `${questions.name}${own === null ? '' : ' (not in this browser)'}`,
                },
              ]
            : []),
          ...(sets ?? []).map((set) => ({
            value: set.id,
            label: `${set.name} (${set.items.length})`,
          })),
          ...(own ?? []).map(({ id: value, name, items }) => ({
            value,
            label: `Data: ${name} (${items})`,
          })),
        ]}
        onChange={(value) => {
          const record = own?.find((set) => set.id === value);
          if (record !== undefined) session.change(drawFromOwn(record));
          else if (value !== GIVEN) session.change(drawFrom(value === ALL ? null : value));
        }}
      />
      {questions !== undefined && (
        <p className={styles.asked}>
          Questions, pictures and references are the set’s; answers are graded by a mathematical
          match. What is held out, and the settings of data, stay the world’s: ask the student on
          Evaluate with another set of your own.
        </p>
      )}
    </div>
  );
}
