/** What to measure, and the button that starts it. */

import { CheckGroup } from '../fields/CheckGroup.tsx';
import { Choice } from '../fields/Choice.tsx';
import { Icon } from '../shared/Icon.tsx';
import styles from './Choices.module.css';
import { useBench, useBenchState } from './context.ts';
import {
  ALL_CONTENDERS,
  ALL_OPS,
  ALL_SHAPES,
  CONTENDER_NAMES,
  OP_NAMES,
  REPEATS,
  shapeKey,
  shapeName,
} from './names.ts';

export function Choices() {
  const { choose, start, stop } = useBench();
  const { ops, shapes, contenders, repeats } = useBenchState((s) => s.choice);
  const running = useBenchState((s) => s.run?.phase === 'running');
  const noGpu = useBenchState((s) => s.machine !== null && s.machine.software === null);
  const empty = ops.length === 0 || shapes.length === 0 || contenders.length === 0;
  const large = shapes.some(([tokens, vocab]) => tokens * vocab > 4e6);
  return (
    <div className={styles.choices}>
      <div className={styles.actions}>
        <button
          type="button"
          className="button"
          data-kind="primary"
          aria-disabled={running || empty}
          onClick={() => {
            if (!running && !empty) void start();
          }}
        >
          <Icon name="run" />
          Start
        </button>
        <button type="button" className="button" disabled={!running} onClick={stop}>
          <Icon name="stop" />
          Stop
        </button>
      </div>
      <p className={styles.note}>
        {empty
          ? 'Choose at least one operation, one shape and one contender.'
          : large
            ? 'The large shapes take some GB of memory and, without a fast GPU, minutes.'
            : 'Less than a minute on most machines. The libraries come from this site, when you start.'}
      </p>
      <CheckGroup
        label="Operations"
        options={ALL_OPS.map((op) => ({ key: op, value: op, label: OP_NAMES[op] }))}
        chosen={new Set(ops)}
        onChange={(values) => choose({ ops: values })}
        disabled={running}
      />
      <CheckGroup
        label="Shapes: tokens × vocabulary"
        options={ALL_SHAPES.map((shape) => ({
          key: shapeKey(shape),
          value: shape,
          label: shapeName(shape),
        }))}
        chosen={new Set(shapes.map(shapeKey))}
        onChange={(values) => choose({ shapes: values })}
        disabled={running}
      />
      <CheckGroup
        label="Contenders"
        options={ALL_CONTENDERS.map((contender) => ({
          key: contender,
          value: contender,
          label: CONTENDER_NAMES[contender].name,
          hint: CONTENDER_NAMES[contender].how,
          disabled: noGpu && CONTENDER_NAMES[contender].needsGpu,
        }))}
        chosen={new Set(contenders)}
        onChange={(values) => choose({ contenders: values })}
        disabled={running}
      />
      <div className={styles.repeats}>
        <span className={styles.label}>Timed runs of each</span>
        <Choice
          label="Timed runs of each"
          value={String(repeats)}
          options={REPEATS.map((n) => ({ value: String(n), label: String(n) }))}
          onChange={(value) => choose({ repeats: Number(value) })}
          why={running ? 'The benchmark is running; stop it to choose otherwise.' : undefined}
        />
      </div>
    </div>
  );
}
