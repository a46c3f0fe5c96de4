/** The tiny world on its way out: items of one of its splits, in the forms in which sets go out and come in. */

import { useId, useState } from 'react';
import { DATA_EXPORTS, MOST_WORLD_ITEMS } from '../../contract/data/data-sets.ts';
import { SPLIT_NAMES, type Split } from '../../world/split.ts';
import { NumberField } from '../fields/NumberField.tsx';
import { Select } from '../fields/Select.tsx';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { Icon } from '../shared/Icon.tsx';
import { useData, useDataState } from './context.ts';
import styles from './DataPage.module.css';
import { WAYS_OUT } from './words.ts';

const SPLITS = SPLIT_NAMES.map((value) => ({
  value,
  label: value === 'prior-test' ? 'prior-test, three pictures a question' : value,
}));
const MOST_START = 1e9;

export function WorldOut() {
  const { saveWorld, dismiss } = useData();
  const busy = useDataState((s) => s.busy);
  const error = useDataState((s) => s.errors.world);
  const [split, setSplit] = useState<Split>('test');
  const [start, setStart] = useState(0);
  const [count, setCount] = useState(300);
  const splitId = useId();
  const whole = (least: number, most: number) => (typed: number) =>
    Math.min(most, Math.max(least, Math.round(typed)));
  return (
    <details className={styles.world}>
      <summary>The tiny world as files</summary>
      <p className={styles.small}>
        Its questions, answers, descriptions and pictures, as trainers elsewhere read them; what
        goes out comes in here again as a set.
      </p>
      <label className={styles.small} htmlFor={splitId}>
        Split
      </label>
      <Select id={splitId} value={split} options={SPLITS} onChange={setSplit} />
      <NumberField
        label="Items"
        value={count}
        bounds={{ min: 1, max: MOST_WORLD_ITEMS, step: 1 }}
        fit={whole(1, MOST_WORLD_ITEMS)}
        onChange={setCount}
        onEnter={() => undefined}
      />
      <NumberField
        label="From item"
        value={start}
        bounds={{ min: 0, max: MOST_START, step: 1 }}
        fit={whole(0, MOST_START)}
        onChange={setStart}
        onEnter={() => undefined}
      />
      <div className={styles.actions}>
        {DATA_EXPORTS.map((as) => (
          <button
            key={as}
            type="button"
            className="button"
            disabled={busy !== null}
            title={WAYS_OUT[as].title}
            onClick={() => void saveWorld({ split, start, count }, as)}
          >
            <Icon name="download" />
            {WAYS_OUT[as].label}
          </button>
        ))}
      </div>
      {error !== undefined && <ErrorNote error={error} onDismiss={() => dismiss('world')} />}
    </details>
  );
}
