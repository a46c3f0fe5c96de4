/** Which key of a file is which field of a rollout, where that is not known. */

import {
  ROLLOUT_FIELD_NAMES,
  ROLLOUT_FIELDS,
  type RolloutField,
  type RolloutMapping,
} from '../../contract/rollouts/rollouts.ts';
import { Select } from '../fields/Select.tsx';
import { useRollouts } from './context.ts';
import styles from './MappingForm.module.css';
import type { Unmapped } from './state.ts';

const NONE = '';

export function MappingForm({ unmapped }: { unmapped: Unmapped }) {
  const { setMapping, importMapped, dropMapping } = useRollouts();
  const { files, look, mapping } = unmapped;
  const options = [
    { value: NONE, label: 'not there' },
    ...look.keys.map(({ key, sample }) => ({ value: key, label: `${key}: ${sample}` })),
  ];
  const change = (field: RolloutField, key: string) => {
    const { [field]: _, ...rest } = mapping;
    setMapping((key === NONE ? rest : { ...rest, [field]: key }) as RolloutMapping);
  };
  const why =
    mapping.completion === undefined ? 'Say first which key holds the completion.' : undefined;
  return (
    <section className={styles.form} aria-labelledby="mapping-heading">
      <h3 id="mapping-heading">Which key is which?</h3>
      <p className={styles.small}>
        {files.length === 1 ? files[0].name : `${files.length} files`} has no shape that is known
        here. Of its first {look.records} records:
      </p>
      {ROLLOUT_FIELD_NAMES.map((field) => (
        <div key={field}>
          <label className="label" htmlFor={`mapping-${field}`}>
            <span>{ROLLOUT_FIELDS[field].label}</span>
          </label>
          <Select
            id={`mapping-${field}`}
            value={mapping[field] ?? NONE}
            options={options}
            onChange={(key) => change(field, key)}
            title={ROLLOUT_FIELDS[field].what}
          />
        </div>
      ))}
      <div className={styles.actions}>
        <button
          type="button"
          className="button"
          data-kind="primary"
          disabled={why !== undefined}
          title={why}
          onClick={() => void importMapped()}
        >
          Import
        </button>
        <button type="button" className="button" onClick={dropMapping}>
          Leave it
        </button>
      </div>
    </section>
  );
}
