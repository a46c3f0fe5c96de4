/** What the run, or its chosen stage, draws its questions from: all that there are, or a set that was measured. */

import { useEffect, useId } from 'react';
import { useEngineState } from '../../engine/context.tsx';
import { Select } from '../../fields/Select.tsx';
import { Help } from '../../shared/Help.tsx';
import { useTrain, useTraining } from '../context.tsx';

const ALL = '';
/** A set that came with a schedule and is not among those that are kept. */
const GIVEN = 'given';

const HELP =
  'All questions of the data’s settings, or a set of them that was measured and kept: “Measure questions” below makes one. With a set come the settings of its pictures.';

export function DrawsFrom() {
  const session = useTraining();
  const ready = useEngineState((engine) => engine.phase === 'ready');
  const sets = useTrain((s) => s.questions.sets);
  const given = useTrain((s) => s.form.settings.items);
  const id = useId();
  const { questions } = session;
  useEffect(() => {
    if (ready) void questions.list();
  }, [ready, questions]);
  if (given === undefined && (sets === null || sets.length === 0)) return null;
  const known = sets?.find(
    ({ name, items }) => name === given?.name && items.length === given.items.length,
  );
  const chosen = given === undefined ? ALL : (known?.id ?? GIVEN);
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
            ? [{ value: GIVEN, label: `${given?.name} (${given?.items.length})` }]
            : []),
          ...(sets ?? []).map((set) => ({
            value: set.id,
            label: `${set.name} (${set.items.length})`,
          })),
        ]}
        onChange={(value) => {
          if (value !== GIVEN) session.change(questions.drawFrom(value === ALL ? null : value));
        }}
      />
    </div>
  );
}
