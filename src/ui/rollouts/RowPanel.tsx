/** One rollout: its tokens with their teachers, what its file says, and the way into the Lab. */

import { useMemo, useState } from 'react';
import { ROLLOUT_METHODS } from '../../contract/rollouts/rollout-methods.ts';
import type { OpenedRow } from '../../contract/rollouts/rollouts.ts';
import type { ParsedRollout, SupervisionPlan } from '../../method/types.ts';
import { LOG_SCALE } from '../rollout/heat-scale.ts';
import { PlannedTokens } from '../rollout/PlannedTokens.tsx';
import { TokenStrip } from '../rollout/TokenStrip.tsx';
import { lanesOf, scoredTokens } from '../rollout/view.ts';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { FileButton } from '../shared/FileButton.tsx';
import { formatPlain } from '../shared/format.ts';
import { Panel } from '../shared/Panel.tsx';
import { usePageLinks } from '../shared/page-links.tsx';
import { useRollouts, useRolloutsState } from './context.ts';
import styles from './RowPanel.module.css';
import { offerOf, pictureOfRow } from './row-offer.ts';
import { MOST_CHOSEN } from './state.ts';

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
          <Tokens opened={opened} parsed={parsed} plan={plan} />
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
      <InReport row={opened.row} />
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

interface TokensProps {
  opened: OpenedRow;
  parsed: ParsedRollout;
  plan: SupervisionPlan;
}

/** As heavy as they were scored, where they were; else who would teach them. */
function Tokens({ opened: { row, texts }, parsed, plan }: TokensProps) {
  const scored = useRolloutsState((s) => s.scoredRow);
  const scores = useRolloutsState((s) => s.scores);
  const here = scored?.row === row && scored.tokens.length === texts.length ? scored.tokens : null;
  const tokens = useMemo(() => (here === null ? null : scoredTokens(here)), [here]);
  if (tokens === null || scores === null)
    return (
      <>
        <PlannedTokens texts={texts} parsed={parsed} plan={plan} />
        {scored?.row === row && scored.lacks !== null && (
          <p className={styles.small}>Not scored: it has {scored.lacks.words}</p>
        )}
      </>
    );
  const { model } = scores.record;
  return (
    <>
      <p className={styles.small}>
        Divergences under {model.student?.label ?? model.name}, on a logarithmic scale.
      </p>
      <TokenStrip
        lanes={lanesOf(tokens, parsed.spans)}
        scale={LOG_SCALE}
        selected={null}
        onSelect={null}
      />
    </>
  );
}

function ToLab({ opened }: { opened: OpenedRow }) {
  const { openCompletion } = usePageLinks();
  const method = useRolloutsState((s) => s.query.method);
  const file = useRolloutsState((s) => s.record?.name ?? '');
  const given = useRolloutsState((s) => s.pictures);
  const [chosen, setChosen] = useState<File | null>(null);
  const { image, parsed } = opened;
  const own = image !== null && image.kind !== 'named';
  if (parsed === null) return null;
  const open = async () => {
    const picture = chosen ?? (await pictureOfRow(opened, given));
    const offer = offerOf(opened, { picture, file, method: ROLLOUT_METHODS[method].method });
    if (offer !== null) openCompletion(offer);
  };
  return (
    <div className={styles.lab}>
      <div className={styles.actions}>
        <button type="button" className="button" data-kind="primary" onClick={() => void open()}>
          Open in the Lab
        </button>
        <FileButton
          accept="image/*"
          label={chosen === null && !own ? 'Choose its picture' : 'Another picture'}
          icon="image"
          onFile={setChosen}
        />
      </div>
      <p className={styles.small}>{pictureWords(opened, chosen, given.length > 0)}</p>
    </div>
  );
}

/** Whether it goes into the report that is made of chosen rollouts. */
function InReport({ row }: { row: number }) {
  const { choose } = useRollouts();
  const chosen = useRolloutsState((s) => s.chosen.includes(row));
  const full = useRolloutsState((s) => s.chosen.length >= MOST_CHOSEN);
  return (
    <label className={styles.small}>
      <input
        type="checkbox"
        checked={chosen}
        disabled={full && !chosen}
        onChange={(event) => choose([row], event.target.checked)}
      />{' '}
      in the report
    </label>
  );
}

function pictureWords({ image }: OpenedRow, chosen: File | null, given: boolean): string {
  if (chosen !== null) return `With ${chosen.name}.`;
  if (image?.kind === 'file') return 'With the picture of the file.';
  if (image?.kind === 'scene') return `With scene ${image.name} of the tiny world, drawn anew.`;
  const named = image === null ? 'is not in the file' : `(${image.name}) is elsewhere`;
  const sought = given && image !== null ? ', and looked for among those that were given' : '';
  return `Its picture ${named}${sought}. The Lab shows the plan without it; teachers score with it.`;
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
