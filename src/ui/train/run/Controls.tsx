/** Start, pause, one step, stop, go on; what keeps the screen on and who is told at the end. */

import { type ReactNode, useId } from 'react';
import { useEngineState } from '../../engine/context.tsx';
import { Switch } from '../../fields/Switch.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { useTrain, useTraining } from '../context.tsx';
import { canKeepAwake } from '../state/awake.ts';
import { canNotify } from '../state/end-notice.ts';
import { canGoOn, goesOnFrom, isRunning } from '../state/run.ts';
import styles from './Controls.module.css';

export function Controls() {
  const session = useTraining();
  const ready = useEngineState((engine) => engine.phase === 'ready');
  const run = useTrain((s) => s.run);
  const untrained = useTrain((s) => s.form.settings.recipe === 'base');
  const running = run !== null && isRunning(run);
  const resumable = run !== null && canGoOn(run);
  const trainable = useEngineState((engine) => engine.model?.abilities.canTrain.can !== false);
  const idle = ready && trainable && !running;
  return (
    <div className={styles.bar} role="toolbar" aria-label="Training">
      {resumable && (
        <Action
          kind="primary"
          label={goesOnFrom(run) === 0 ? 'Go on' : `Go on from step ${goesOnFrom(run)}`}
          icon="run"
          enabled={idle}
          onClick={() => void session.goOn()}
        />
      )}
      <Action
        kind={resumable ? undefined : 'primary'}
        label={run === null ? (untrained ? 'Measure' : 'Train') : 'New run'}
        icon={resumable ? undefined : 'run'}
        enabled={idle}
        onClick={() => void session.start()}
      />
      <Action
        label="Pause"
        icon="pause"
        enabled={running && run.state !== 'stopping'}
        onClick={() => void session.pause()}
      />
      <Action
        label="One step"
        title={run === null || resumable ? undefined : 'One step of a new run'}
        icon="skip"
        enabled={idle && !untrained}
        onClick={() => void session.step()}
      />
      <Action
        label="Stop"
        icon="stop"
        enabled={run !== null && ((running && run.state !== 'stopping') || run.state === 'paused')}
        onClick={() => void session.stop()}
      />
      <div className={styles.switches}>
        <AwakeSwitch />
        <NoticeSwitch />
      </div>
    </div>
  );
}

interface ActionProps {
  label: string;
  icon: Parameters<typeof Icon>[0]['name'] | undefined;
  enabled: boolean;
  kind?: 'primary' | undefined;
  /** Says more than the label, and begins with it. */
  title?: string | undefined;
  onClick: () => void;
}

/** Stays in the order of the keyboard when there is nothing to do, so that focus is never lost. */
function Action({ label, icon, enabled, kind, title, onClick }: ActionProps) {
  return (
    <button
      type="button"
      className="button"
      data-kind={kind}
      title={title}
      aria-label={title}
      aria-disabled={!enabled}
      onClick={() => {
        if (enabled) onClick();
      }}
    >
      {icon !== undefined && <Icon name={icon} />}
      {label}
    </button>
  );
}

function Toggle(props: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** Why it does not do what it says. */
  note: string | null;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <div className={styles.toggle}>
      <Switch checked={props.checked} labelledBy={id} onChange={props.onChange} />
      <span id={id}>{props.children}</span>
      <span className={styles.note} role="status">
        {props.note}
      </span>
    </div>
  );
}

function AwakeSwitch() {
  const session = useTraining();
  const { wanted, refused } = useTrain((s) => s.awake);
  if (!canKeepAwake()) return null;
  return (
    <Toggle
      checked={wanted}
      onChange={session.keepAwake}
      note={
        refused
          ? 'The browser would not keep the screen on, as it does on a low battery; the training goes on.'
          : null
      }
    >
      Keep the screen awake
    </Toggle>
  );
}

function NoticeSwitch() {
  const session = useTraining();
  const { wanted, denied } = useTrain((s) => s.notice);
  if (!canNotify()) return null;
  return (
    <Toggle
      checked={wanted}
      onChange={(next) => void session.notifyAtEnd(next)}
      note={
        denied
          ? 'The browser lets this site show no notifications; allow them in its settings for the site. The tab’s title says when a run ends.'
          : null
      }
    >
      Notify at the end
    </Toggle>
  );
}
