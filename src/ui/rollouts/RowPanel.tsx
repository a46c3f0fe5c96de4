/** One rollout: its tokens with their teachers, what its file says, and the way into the Lab. */

import { useState } from 'react';
import { type OpenedRow, ROLLOUT_METHODS } from '../../contract/rollouts.ts';
import { PlannedTokens } from '../rollout/PlannedTokens.tsx';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { FileButton } from '../shared/FileButton.tsx';
import { formatPlain } from '../shared/format.ts';
import { Panel } from '../shared/Panel.tsx';
import { usePageLinks } from '../shared/page-links.tsx';
import { useRollouts, useRolloutsState } from './context.ts';
import styles from './RowPanel.module.css';

export function RowPanel() {
  const { dismiss } = useRollouts();
  const opened = useRolloutsState((s) => s.opened);
  const error = useRolloutsState((s) => s.errors.row);
  return (
    <Panel
      heading={opened === null ? 'One rollout' : `Line ${opened.line}`}
      headingId="row-heading"
      note={opened === null ? 'Choose one in the list.' : noteOf(opened)}
    >
      {error !== undefined && <ErrorNote error={error} onDismiss={() => dismiss('row')} />}
      {opened !== null && <Row key={opened.row} opened={opened} />}
    </Panel>
  );
}

function noteOf({ step, id }: OpenedRow): string {
  return [step === null ? '' : `step ${step}`, id ?? ''].filter(Boolean).join(', ');
}

function Row({ opened }: { opened: OpenedRow }) {
  const { parsed, plan, unreadable, asRead, answer, reference, grade, prompt } = opened;
  const planned = parsed !== null && plan !== null;
  return (
    <>
      {unreadable !== null && <ErrorNote error={unreadable} />}
      {planned && (
        <>
          <p>
            <strong>{parsed.valid ? 'Valid' : 'Invalid'}</strong>
            {parsed.reason === null ? '.' : `: ${parsed.reason.message}`}{' '}
            {answer === null ? 'It has no answer' : `Its answer is “${answer}”`}
            {reference === null ? '.' : `; the reference is “${reference}”`}
            {grade !== null && `, so it is ${grade} by mathematical match.`}
          </p>
          <PlannedTokens texts={opened.texts} parsed={parsed} plan={plan} />
        </>
      )}
      {!planned && <pre className={styles.text}>{opened.text}</pre>}
      {asRead.length > 0 && (
        <ul className={styles.asRead} aria-label="How it was read">
          {asRead.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      )}
      <ToLab opened={opened} />
      <Facts opened={opened} />
      {prompt !== null && (
        <details className={styles.more}>
          <summary>Prompt</summary>
          <pre className={styles.text}>{prompt}</pre>
        </details>
      )}
    </>
  );
}

function ToLab({ opened }: { opened: OpenedRow }) {
  const { openCompletion } = usePageLinks();
  const method = useRolloutsState((s) => s.query.method);
  const file = useRolloutsState((s) => s.record?.name ?? '');
  const [chosen, setChosen] = useState<File | null>(null);
  const { image, parsed, plan, ids, texts } = opened;
  const own = image?.kind === 'file' ? image.file : null;
  const picture = chosen ?? own;
  const named = image?.kind === 'named' ? image.name : null;
  if (parsed === null || plan === null) return null;
  return (
    <div className={styles.lab}>
      <div className={styles.actions}>
        <button
          type="button"
          className="button"
          data-kind="primary"
          onClick={() =>
            openCompletion({
              text: opened.text,
              question: opened.question ?? opened.prompt ?? '',
              answer: opened.reference ?? '',
              picture,
              pictureName: named ?? `line ${opened.line} of ${file}`,
              method: ROLLOUT_METHODS[method].method,
              planned: { ids, texts, parsed, plan },
            })
          }
        >
          Open in the Lab
        </button>
        <FileButton
          accept="image/*"
          label={picture === null ? 'Choose its picture' : 'Another picture'}
          icon="image"
          onFile={setChosen}
        />
      </div>
      <p className={styles.small}>
        {picture === null
          ? `Its picture ${named === null ? 'is not in the file' : `(${named}) is elsewhere`}. The Lab shows the plan without it; teachers score with it.`
          : `With ${chosen === null ? 'the picture of the file' : picture.name}.`}
      </p>
    </div>
  );
}

function Facts({ opened: { numbers } }: { opened: OpenedRow }) {
  if (numbers.length === 0) return null;
  return (
    <dl className={styles.facts}>
      {numbers.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className="numeric">{formatPlain(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
