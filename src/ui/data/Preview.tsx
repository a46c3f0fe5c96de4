/** What some files hold, before anything of them is imported: their first rows with their pictures, and which key is which. */

import { useId } from 'react';
import {
  DATA_FIELD_NAMES,
  DATA_FIELDS,
  type DataField,
  type DataMapping,
  type DataSample,
} from '../../contract/data/data-sets.ts';
import { Select } from '../fields/Select.tsx';
import { Panel } from '../shared/Panel.tsx';
import { useData, useDataState } from './context.ts';
import styles from './DataPage.module.css';
import { Picture } from './Picture.tsx';
import type { Looked } from './state.ts';
import { countOf } from './words.ts';

const NONE = '';

export function Preview({ looked }: { looked: Looked }) {
  const { importLooked, dropLooked } = useData();
  const busy = useDataState((s) => s.busy);
  const { name, look } = looked;
  const why =
    look.mapping.question === undefined ? 'Say first which key holds the question.' : undefined;
  return (
    <Panel
      heading={`Preview of ${name}`}
      headingId="preview-heading"
      long
      note={
        look.shape === null
          ? `No shape that is known here: say which key is which. ${countOf(look.records, 'row')} were read for this; nothing is imported yet.`
          : `These are ${look.shape}. The first rows; nothing is imported yet.`
      }
    >
      {look.samples.length > 0 && (
        <ol className={styles.samples} aria-label="First rows">
          {look.samples.map((sample) => (
            <Sample key={sample.line} sample={sample} />
          ))}
        </ol>
      )}
      <details className={styles.mapping} open={look.shape === null || why !== undefined}>
        <summary>Which key is which</summary>
        <div className={styles.fields}>
          {DATA_FIELD_NAMES.map((field) => (
            <MappedField key={field} field={field} looked={looked} />
          ))}
        </div>
      </details>
      <div className={styles.actions}>
        <button
          type="button"
          className="button"
          data-kind="primary"
          disabled={why !== undefined || busy !== null}
          title={why}
          onClick={() => void importLooked()}
        >
          Import
        </button>
        <button type="button" className="button" onClick={dropLooked}>
          Leave it
        </button>
      </div>
      {why !== undefined && <p className={styles.small}>{why}</p>}
    </Panel>
  );
}

function MappedField({ field, looked }: { field: DataField; looked: Looked }) {
  const { setMapping } = useData();
  const id = useId();
  const { keys, mapping } = looked.look;
  const change = (key: string) => {
    const { [field]: _, ...rest } = mapping;
    void setMapping((key === NONE ? rest : { ...rest, [field]: key }) as DataMapping);
  };
  return (
    <div>
      <label className="label" htmlFor={id}>
        {DATA_FIELDS[field].label}
      </label>
      <Select
        id={id}
        value={mapping[field] ?? NONE}
        options={[
          { value: NONE, label: 'not there' },
          ...keys.map(({ key, sample }) => ({ value: key, label: `${key}: ${sample}` })),
        ]}
        onChange={change}
        title={DATA_FIELDS[field].what}
      />
    </div>
  );
}

function Sample({ sample }: { sample: DataSample }) {
  if ('skipped' in sample)
    return (
      <li className={styles.sample}>
        <p>
          Line {sample.line} would be passed over: {sample.skipped}.
        </p>
      </li>
    );
  const { line, question, answer, pictures } = sample;
  return (
    <li className={styles.sample}>
      <div className={styles.pictures}>
        {pictures.map((file, i) => (
          <Picture key={`${line} ${i}`} file={file} label={`Picture of line ${line}`} />
        ))}
        {pictures.length === 0 && <span className={styles.small}>no picture</span>}
      </div>
      <div className={styles.about}>
        <p className={styles.question}>{question}</p>
        <p className={styles.small}>
          Answer: <b>{answer === '' ? 'none' : answer}</b>
        </p>
      </div>
    </li>
  );
}
