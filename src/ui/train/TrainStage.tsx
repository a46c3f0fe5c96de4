/** The run: controls, where it stands, its curves, its rollouts, and the runs kept before it. */

import { StepsBar } from '../charts/StepsBar.tsx';
import { CancelLoading } from '../engine/CancelLoading.tsx';
import { useEngineState } from '../engine/context.tsx';
import { EngineError } from '../engine/EngineError.tsx';
import { Select } from '../fields/Select.tsx';
import { ErrorNote } from '../shared/ErrorNote.tsx';
import { ProgressBar } from '../shared/ProgressBar.tsx';
import { ChartGrid, HeldOutGrid, OutsideCharts } from './charts/ChartGrid.tsx';
import { useTrain, useTraining } from './context.tsx';
import { FollowedPanel } from './followed/FollowedPanel.tsx';
import { QuestionsPanel } from './questions/QuestionsPanel.tsx';
import { RolloutList } from './rollouts/RolloutList.tsx';
import { Controls } from './run/Controls.tsx';
import { Headline } from './run/Headline.tsx';
import { RunsPanel } from './runs/RunsPanel.tsx';
import { recordedShown } from './state/recorded-run.ts';
import { lastStepOf } from './state/state.ts';
import styles from './TrainStage.module.css';

export function TrainStage() {
  // Before the first run the charts are the recorded one's, and the list of runs has nothing to show.
  const first = useTrain((s) => recordedShown(s) !== null);
  return (
    <div className={styles.stage}>
      <Controls />
      <EngineNote />
      <RunErrors />
      <Headline />
      <ShownSteps />
      <ChartGrid large={true} />
      {!first && <RunsPanel />}
      <RolloutList />
      <FollowedPanel />
      <ChartGrid large={false} />
      <HeldOutGrid />
      <OutsideCharts />
      {first && <RunsPanel />}
      <QuestionsPanel />
    </div>
  );
}

const AXES = [
  { value: 'steps', label: 'steps' },
  { value: 'tokens', label: 'tokens' },
] as const;

function ShownSteps() {
  const session = useTraining();
  const range = useTrain((s) => s.shownSteps);
  const last = useTrain(lastStepOf);
  const axis = useTrain((s) => s.axis);
  const { showSteps, showOver } = session;
  return (
    <StepsBar {...{ range, last, axis }} onRange={showSteps}>
      <Select look="line" label="over" value={axis} options={AXES} onChange={showOver} />
    </StepsBar>
  );
}

function EngineNote() {
  const phase = useEngineState((engine) => engine.phase);
  const share = useEngineState((engine) => engine.share);
  const label = useEngineState((engine) => engine.label);
  const recovering = useEngineState((engine) => engine.recovering);
  if (recovering)
    return <p role="status">The GPU went away; the run goes on from its last state …</p>;
  if (phase === 'loading')
    return (
      <div role="status">
        <p className={styles.loading}>{label} …</p>
        <ProgressBar label="Loading the model" share={share} />
        <CancelLoading />
      </div>
    );
  return <EngineError />;
}

function RunErrors() {
  const session = useTraining();
  const start = useTrain((s) => s.errors.start);
  const failed = useTrain((s) => s.errors.run);
  const own = useTrain((s) => s.run?.error ?? null);
  const fault = useTrain((s) => s.run?.fault ?? null);
  const notSaved = useTrain((s) => s.run?.notSaved ?? null);
  const rate = useTrain((s) => (s.run?.settings.optimizer.learningRate ?? 0) / 10);
  const earlier = useTrain(
    (s) => s.stored?.find(({ runId }) => runId === s.run?.runId)?.earlier ?? null,
  );
  const wayOut = (code: string) => {
    if (code === 'run.busy') return { label: 'Take it over', run: () => void session.takeOver() };
    if (code !== 'train.not-finite' || earlier === null) return undefined;
    const label = `Go back to step ${earlier} with a tenth of the learning rate`;
    return { label, run: () => void session.goBack(rate) };
  };
  return (
    <>
      {start !== undefined && (
        <ErrorNote error={start} onDismiss={() => session.dismiss('start')} />
      )}
      {failed !== undefined && (
        <ErrorNote
          error={failed}
          retry={wayOut(failed.code)}
          onDismiss={() => session.dismiss('run')}
        />
      )}
      {own !== null && <ErrorNote error={own} onDismiss={() => session.dismissRunError()} />}
      {fault !== null && <ErrorNote error={fault} />}
      {notSaved !== null && (
        <ErrorNote
          error={notSaved}
          retry={{ label: 'Try to write it again', run: () => void session.listRuns() }}
          onDismiss={() => session.dismissNotSaved()}
        />
      )}
    </>
  );
}
