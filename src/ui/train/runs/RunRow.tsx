/** One kept run: its line in the list, and what can be done with it. */

import { Popover } from 'radix-ui';
import { useState } from 'react';
import { recipeOf } from '../../../contract/recipes.ts';
import { RUN_NAME_LENGTH } from '../../../contract/run-name.ts';
import type { RunExport, StoredRun } from '../../../contract/runs.ts';
import { LineKey } from '../../charts/LineKey.tsx';
import { Confirm } from '../../shared/Confirm.tsx';
import { formatBytes, formatPercent } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { usePageLinks } from '../../shared/page-links.tsx';
import { useDraft } from '../../shared/use-draft.ts';
import { useTrain, useTraining } from '../context.tsx';
import { isRunning } from '../state/run.ts';
import { formatWhen } from '../words.ts';
import styles from './RunsPanel.module.css';

/** The heading of the list. */
export const RUNS_HEADING = 'runs-heading';

const EXPORTS: readonly { as: RunExport; label: string }[] = [
  { as: 'run', label: 'Whole run, to go on elsewhere' },
  { as: 'adapter', label: 'Adapter (PEFT)' },
  { as: 'huggingface', label: 'Merged model (Hugging Face)' },
  { as: 'onnx', label: 'Merged model (ONNX)' },
  { as: 'vigos', label: 'To the released ViGOS trainer' },
  { as: 'trl', label: 'To TRL’s distillation' },
];

export function RunRow({ run }: { run: StoredRun }) {
  const { runId, name, settings, step, savedAt, bytes } = run;
  const session = useTraining();
  const shown = useTrain((s) => s.run?.runId === runId);
  const busy = useTrain((s) => s.run !== null && isRunning(s.run));
  const drawn = useTrain((s) => s.beside[runId] !== undefined);
  const place = useTrain((s) => {
    const others = (s.stored ?? []).filter(
      (own) => s.beside[own.runId] !== undefined && own.runId !== s.run?.runId,
    );
    const before = others.findIndex((own) => own.runId === runId);
    return before + (s.run === null ? 0 : 1);
  });
  return (
    <tr data-run={runId} data-shown={shown || undefined}>
      <td className={styles.draw}>
        <input
          type="checkbox"
          aria-label={`Draw ${name}`}
          checked={shown || drawn}
          disabled={shown}
          onChange={() => void session.toggleBeside(run)}
        />
        {(shown || drawn) && <LineKey line={{ runIndex: shown ? 0 : place }} />}
      </td>
      <td className={styles.named}>
        <Name run={run} />
        {run.unverified && (
          <p className={styles.unverified}>
            Unverified: its file had no checksums, so a change since its export cannot be told.
          </p>
        )}
      </td>
      <td data-label="Recipe">{recipeOf(settings.recipe).label}</td>
      <td className="numeric" data-label="Steps">
        {step} of {settings.steps}
      </td>
      <td className="numeric" data-label="Score">
        {scoreOf(run)}
      </td>
      <td data-label="Written">{run.lasting ? formatWhen(savedAt) : 'in this tab alone'}</td>
      <td className="numeric" data-label="Size">
        {formatBytes(bytes)}
      </td>
      <td className={styles.last}>
        <div className={styles.actions}>
          <button
            type="button"
            className="button"
            aria-label={`Show ${name}`}
            aria-disabled={shown || busy}
            onClick={() => {
              if (!shown && !busy) void session.openRun(run);
            }}
          >
            {shown ? 'Shown' : 'Show'}
          </button>
          <Ask run={run} />
          <More run={run} />
          <Delete run={run} />
        </div>
      </td>
    </tr>
  );
}

/** Its last Score, and of which step where that is not the last one. */
function scoreOf({ evaluation, step }: StoredRun): string {
  if (evaluation === null || evaluation.score === null) return '–';
  const score = formatPercent(evaluation.score);
  return evaluation.step === step ? score : `${score} at step ${evaluation.step}`;
}

function Name({ run: { runId, name } }: { run: StoredRun }) {
  const session = useTraining();
  const draft = useDraft(name, (text) => {
    const wanted = text.trim();
    if (wanted !== '' && wanted !== name) void session.rename(runId, wanted);
  });
  return (
    <input
      className={styles.name}
      aria-label={`Name of ${name}`}
      maxLength={RUN_NAME_LENGTH}
      title={`At most ${RUN_NAME_LENGTH} characters`}
      {...draft}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        else draft.onKeyDown(event);
      }}
    />
  );
}

/** The student as it was written down, beside the base. */
function Ask({ run: { runId, name, step } }: { run: StoredRun }) {
  const { openStudent } = usePageLinks();
  const offer = { label: `${name}, step ${step}`, choice: { kind: 'kept', runId, step } } as const;
  return (
    <button
      type="button"
      className="button"
      aria-label={`Ask ${name} in the Lab`}
      onClick={() => openStudent(offer)}
    >
      Ask
    </button>
  );
}

function More({ run }: { run: StoredRun }) {
  const session = useTraining();
  const adapter = run.settings.trainable.kind === 'lora';
  return (
    <Popover.Root>
      <Popover.Trigger className="button" aria-label={`Export ${run.name}`}>
        <Icon name="download" />
        Export
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover"
          aria-label={`Export ${run.name}`}
          sideOffset={6}
          collisionPadding={12}
        >
          <div className={styles.menu}>
            {EXPORTS.filter(({ as }) => as !== 'adapter' || adapter).map(({ as, label }) => (
              <Popover.Close
                key={as}
                className="button"
                data-kind="quiet"
                onClick={() => void session.exportRun(run.runId, as)}
              >
                {label}
              </Popover.Close>
            ))}
          </div>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Delete({ run: { runId, name, step } }: { run: StoredRun }) {
  const session = useTraining();
  const training = useTrain((s) => s.run?.runId === runId && isRunning(s.run));
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    await session.remove(runId);
    // The button that had the focus goes with its row.
    const gone = session.store.getState().stored?.every((own) => own.runId !== runId);
    if (gone) document.getElementById(RUNS_HEADING)?.focus();
  };
  return (
    <>
      <button
        type="button"
        className="button"
        data-shape="square"
        aria-label={`Delete ${name}`}
        title="Delete"
        disabled={training}
        onClick={() => setAsking(true)}
      >
        <Icon name="cross" />
      </button>
      <Confirm
        open={asking}
        title={`Delete ${name}?`}
        safe={{ label: 'Keep it' }}
        action={{ label: 'Delete', run: () => void remove() }}
        onClose={() => setAsking(false)}
      >
        Its {step} {step === 1 ? 'step' : 'steps'}, its curves and its weights are gone from this
        browser; export it first to keep them.
      </Confirm>
    </>
  );
}
