/** Start, pause, one step, stop, go on; what keeps the screen on and who is told at the end. */

import { Switch } from 'radix-ui';
import { type ReactNode, useId, useState } from 'react';
import { Confirm } from '../../shared/Confirm.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { usePlayground } from '../../shared/playground.tsx';
import { useTrain, useTraining } from '../context.tsx';
import { canGoOn, isRunning, unsavedSteps } from '../state/run.ts';
import styles from './Controls.module.css';
import { useEndNotice } from './use-end-notice.ts';
import { useWakeLock } from './use-wake-lock.ts';

export function Controls() {
  const session = useTraining();
  const { useEngine } = usePlayground();
  const ready = useEngine((engine) => engine.phase === 'ready');
  const run = useTrain((s) => s.run);
  const untrained = useTrain((s) => s.form.settings.recipe === 'base');
  const running = run !== null && isRunning(run);
  const resumable = run !== null && canGoOn(run);
  const idle = ready && !running;
  return (
    <div className={styles.bar} role="toolbar" aria-label="Training">
      {resumable && (
        <Action
          kind="primary"
          label={run.step === 0 ? 'Go on' : `Go on from step ${run.step}`}
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
      <Action label="Pause" icon="pause" enabled={running} onClick={() => void session.pause()} />
      <Action label="One step" icon="skip" enabled={idle} onClick={() => void session.step()} />
      <StopButton />
      <div className={styles.switches}>
        <AwakeSwitch running={running} />
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
  onClick: () => void;
}

/** Stays in the order of the keyboard when there is nothing to do, so that focus is never lost. */
function Action({ label, icon, enabled, kind, onClick }: ActionProps) {
  return (
    <button
      type="button"
      className="button"
      data-kind={kind}
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

/** Ends the run; asks first if steps are not written down. */
function StopButton() {
  const session = useTraining();
  const run = useTrain((s) => s.run);
  const [asking, setAsking] = useState(false);
  const live = run !== null && (isRunning(run) || run.state === 'paused');
  const unsaved = run === null ? 0 : unsavedSteps(run);
  return (
    <>
      <Action
        label="Stop"
        icon="stop"
        enabled={live}
        onClick={() => (unsaved > 0 ? setAsking(true) : void session.stop())}
      />
      <Confirm
        open={asking}
        title={`Stop without the last ${unsaved} ${unsaved === 1 ? 'step' : 'steps'}?`}
        safe={{ label: 'Pause instead', run: () => void session.pause() }}
        action={{ label: 'Stop and lose them', run: () => void session.stop() }}
        onClose={() => setAsking(false)}
      >
        {(run?.savedStep ?? null) === null
          ? 'Nothing of this run is written down yet. '
          : `Step ${run?.savedStep} is written down and stays in the list. `}
        Pausing writes everything down first.
      </Confirm>
    </>
  );
}

function Toggle(props: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <span className={styles.toggle}>
      <Switch.Root
        className="switch"
        checked={props.checked}
        aria-labelledby={id}
        onCheckedChange={props.onChange}
      >
        <Switch.Thumb className="switch-thumb" />
      </Switch.Root>
      <span id={id}>{props.children}</span>
    </span>
  );
}

function AwakeSwitch({ running }: { running: boolean }) {
  const [wanted, setWanted] = useState(false);
  const supported = useWakeLock(wanted && running);
  if (!supported) return null;
  return (
    <Toggle checked={wanted} onChange={setWanted}>
      Keep the screen awake
    </Toggle>
  );
}

function NoticeSwitch() {
  const { supported, wanted, setWanted } = useEndNotice();
  if (!supported) return null;
  return (
    <Toggle checked={wanted} onChange={(next) => void setWanted(next)}>
      Notify at the end
    </Toggle>
  );
}
