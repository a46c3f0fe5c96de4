/** One kept run: its line in the list, and what can be done with it. */

import { Popover } from 'radix-ui';
import { RUN_NAME_LENGTH } from '../../../contract/train/run-name.ts';
import type { RunExport, StoredRun } from '../../../contract/train/runs.ts';
import { recipeText, stagesOf } from '../../../contract/train/stages.ts';
import { LineKey } from '../../charts/LineKey.tsx';
import { formatBytes, formatPercent } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { DeleteKept, KeptActions, KeptName } from '../../shared/KeptRow.tsx';
import { usePageLinks } from '../../shared/page-links.tsx';
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
      <td data-cell="name">
        <KeptName
          name={name}
          longest={RUN_NAME_LENGTH}
          onRename={(wanted) => void session.rename(runId, wanted)}
        />
        {run.unverified && (
          <p className={styles.unverified}>
            Unverified: its file had no checksums, so a change since its export cannot be told.
          </p>
        )}
      </td>
      <td data-label="Recipe">{recipeText(settings)}</td>
      <td className="numeric" data-label="Steps">
        {step} of {stagesOf(settings).some(({ open }) => open) ? 'at most ' : ''}
        {settings.steps}
      </td>
      <td className="numeric" data-label="Score">
        {scoreOf(run)}
      </td>
      <td data-label="Written">{run.lasting ? formatWhen(savedAt) : 'in this tab alone'}</td>
      <td className="numeric" data-label="Size">
        {formatBytes(bytes)}
      </td>
      <KeptActions>
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
        <DeleteKept
          name={name}
          disabled={shown && busy}
          heading={RUNS_HEADING}
          remove={async () => {
            await session.remove(runId);
            return session.store.getState().stored?.every((own) => own.runId !== runId) ?? false;
          }}
        >
          Its {step} {step === 1 ? 'step' : 'steps'}, its curves and its weights are gone from this
          browser; export it first to keep them.
        </DeleteKept>
      </KeptActions>
    </tr>
  );
}

/** Its last Score, and of which step where that is not the last one. */
function scoreOf({ evaluation, step }: StoredRun): string {
  if (evaluation === null || evaluation.score === null) return '–';
  const score = formatPercent(evaluation.score);
  return evaluation.step === step ? score : `${score} at step ${evaluation.step}`;
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
