/** Start, pause, one step, stop, go on; what keeps the screen on and who is told at the end. */

import { type ReactNode, useId, useState } from 'react';
import { useEngineState } from '../../engine/context.tsx';
import type { EngineState } from '../../engine/state.ts';
import { Switch } from '../../fields/Switch.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { useTrain, useTraining } from '../context.tsx';
import { canKeepAwake } from '../state/awake.ts';
import { canNotify } from '../state/end-notice.ts';
import { canGoOn, goesOnFrom, isRunning } from '../state/run.ts';
import styles from './Controls.module.css';

export function Controls() {
  const session = useTraining();
  const phase = useEngineState((engine) => engine.phase);
  const run = useTrain((s) => s.run);
  const untrained = useTrain((s) => s.form.settings.recipe === 'base');
  const [pressed, setPressed] = useState<string | null>(null);
  const running = run !== null && isRunning(run);
  const resumable = run !== null && canGoOn(run);
  const trainable = useEngineState((engine) => engine.model?.abilities.canTrain.can !== false);
  const busy = running ? 'A run is under way: pause or stop it first.' : null;
  const begins = WHY_NOT[phase] ?? (trainable ? busy : 'This model cannot be trained here.');
  const none = 'No run is under way.';
  const stopping = run?.state === 'stopping' ? 'It stops after this step.' : null;
  const actions: readonly ActionProps[] = [
    ...(resumable
      ? [
          {
            id: 'go on',
            kind: 'primary' as const,
            label: goesOnFrom(run) === 0 ? 'Go on' : `Go on from step ${goesOnFrom(run)}`,
            icon: 'run' as const,
            why: begins,
            onClick: () => void session.goOn(),
          },
        ]
      : []),
    {
      id: 'start',
      kind: resumable ? undefined : 'primary',
      label: run === null ? (untrained ? 'Measure' : 'Train') : 'New run',
      icon: resumable ? undefined : 'run',
      why: begins,
      onClick: () => void session.start(),
    },
    {
      id: 'pause',
      label: 'Pause',
      icon: 'pause',
      why: running ? stopping : none,
      onClick: () => void session.pause(),
    },
    {
      id: 'step',
      label: 'One step',
      title: run === null || resumable ? undefined : 'One step of a new run',
      icon: 'skip',
      why: begins ?? (untrained ? 'This recipe measures the base and has no steps.' : null),
      onClick: () => void session.step(),
    },
    {
      id: 'stop',
      label: 'Stop',
      icon: 'stop',
      why: running ? stopping : run?.state === 'paused' ? null : none,
      onClick: () => void session.stop(),
    },
  ];
  const said = actions.find(({ id }) => id === pressed)?.why ?? null;
  return (
    <div className={styles.bar} role="toolbar" aria-label="Training">
      {actions.map((action) => (
        <Action
          key={action.id}
          {...action}
          onClick={() => {
            setPressed(action.why === null ? null : action.id);
            if (action.why === null) action.onClick();
          }}
        />
      ))}
      <p className={styles.said} role="status">
        {said}
      </p>
      <div className={styles.switches}>
        <AwakeSwitch />
        <NoticeSwitch />
      </div>
    </div>
  );
}

/** Why nothing can be begun. */
const WHY_NOT: Readonly<Partial<Record<EngineState['phase'], string>>> = {
  loading: 'The model is still loading: press again once it is ready.',
  failed: 'No model is loaded: start the engine again.',
};

interface ActionProps {
  id: string;
  label: string;
  icon: Parameters<typeof Icon>[0]['name'] | undefined;
  /** Why it does nothing now; said once it is pressed. */
  why: string | null;
  kind?: 'primary' | undefined;
  /** Says more than the label, and begins with it. */
  title?: string | undefined;
  onClick: () => void;
}

/** Stays in the order of the keyboard when there is nothing to do, so that focus is never lost. */
function Action({ label, icon, why, kind, title, onClick }: ActionProps) {
  return (
    <button
      type="button"
      className="button"
      data-kind={kind}
      title={title}
      aria-label={title}
      aria-disabled={why !== null}
      onClick={onClick}
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
