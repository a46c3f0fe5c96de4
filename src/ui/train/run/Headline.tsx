/** Where the run stands, in words and figures. */

import { useEffect, useRef } from 'react';
import { recipeOf } from '../../../contract/train/recipes.ts';
import { settingsAt, stageOf, stagesOf, tokensIn } from '../../../contract/train/stages.ts';
import { wilsonInterval } from '../../../method/estimates.ts';
import { useEngineState } from '../../engine/context.tsx';
import { formatMs, formatNats, formatPercent } from '../../shared/format.ts';
import { Help } from '../../shared/Help.tsx';
import { ProgressBar } from '../../shared/ProgressBar.tsx';
import { usePageLinks } from '../../shared/page-links.tsx';
import { CHARTS } from '../charts/definitions.ts';
import { useTrain } from '../context.tsx';
import { RunTimeline } from '../schedule/RunTimeline.tsx';
import { findingOf } from '../state/finding.ts';
import { recordedShown } from '../state/recorded-run.ts';
import type { RunState, RunView } from '../state/run.ts';
import { isRunning } from '../state/run.ts';
import { formatDuration } from '../words.ts';
import styles from './Headline.module.css';

const STATES: Record<RunState, string> = {
  starting: 'starting',
  stopping: 'stopping after this step',
  elsewhere: 'another tab has it',
  running: 'training',
  paused: 'paused',
  stopped: 'stopped',
  done: 'done',
  failed: 'stopped by an error',
  kept: 'waiting in this browser',
  interrupted: 'interrupted',
};

export function Headline() {
  const run = useTrain((s) => s.run);
  // Until the list was read, or the run in it, nobody knows whether there is one to show.
  const failed = useEngineState((engine) => engine.phase === 'failed');
  const unknown = useTrain((s) => s.stored?.length !== 0 && s.errors.runs === undefined);
  const looking = unknown && !failed;
  const root = useRef<HTMLDivElement>(null);
  const isNew = run?.state === 'starting' && run.metrics.length === 0;
  useEffect(() => {
    // On a narrow screen the form stands between the button and what it starts.
    if (isNew) root.current?.scrollIntoView({ block: 'nearest' });
  }, [isNew]);
  if (run === null && looking)
    return (
      <div className={styles.headline}>
        <h2>Train</h2>
        <p className={styles.state} role="status">
          Looking for runs that this browser keeps …
        </p>
      </div>
    );
  if (run === null)
    return (
      <div className={styles.headline}>
        <h2>Train</h2>
        <p className={styles.intro}>
          The student answers questions about pictures; frozen copies of it that see more, or only
          the picture, grade every token, and the student moves towards them. Everything happens in
          this tab, on the model and the machine at hand.
        </p>
        <ol className={styles.steps}>
          <li>
            <strong>Choose</strong> a recipe beside; the preset “Tiny” works in minutes.
          </li>
          <li>
            <strong>Train</strong>, and watch Score: right answers on pictures that contradict what
            is usual.
          </li>
          <li>
            <strong>Open</strong> any rollout in the Lab, or ask the trained student there.
          </li>
        </ol>
        <Recorded />
      </div>
    );
  return (
    <div ref={root} className={styles.headline} data-run-state={run.state} data-run-step={run.step}>
      <div className={styles.name}>
        <h2>{run.name}</h2>
        <AskButton run={run} />
      </div>
      <p className={styles.state} role="status">
        Step <strong className="numeric">{run.step}</strong> of{' '}
        {stagesOf(run.settings).some(({ open }) => open) ? 'at most ' : ''}
        {run.settings.steps}
        {stageText(run)}, {doing(run)}
      </p>
      <ProgressBar label="Steps done" share={run.step / run.settings.steps} />
      <RunTimeline settings={run.settings} step={run.step} />
      <Finding run={run} />
      <dl className={styles.figures}>
        <HeldOut run={run} name="score" />
        <HeldOut run={run} name="prior" />
        <HeldOut run={run} name="accuracy" />
        <LastStep run={run} />
      </dl>
    </div>
  );
}

/** What the charts show before there is a run of one's own. */
function Recorded() {
  const recorded = useTrain(recordedShown);
  if (recorded === null) return null;
  const { name, model, step, command, curves } = recorded;
  return (
    <div className={styles.recorded} data-testid="recorded-run">
      <p>
        <strong>Recorded:</strong> the curves below are “{name}”, {step} steps on {model}, made
        earlier with <code>{command}</code>. A run of your own takes their place.
      </p>
      <p>{findingOf({ state: 'done', evaluations: curves.evaluations })}</p>
    </div>
  );
}

function Finding({ run }: { run: RunView }) {
  const found = findingOf(run);
  return found === null ? null : <p className={styles.finding}>{found}</p>;
}

/** In which stage it is, and how far in that. */
function stageText({ settings, step, metrics }: RunView): string {
  if (settings.schedule === undefined) return '';
  const place = stageOf(settings, Math.max(1, step));
  const { label, from, to, open } = place;
  const tokens = open ? tokensIn(settings, place, metrics) : null;
  const until =
    tokens === null
      ? ''
      : `, ${tokens.done.toLocaleString('en')} of ${tokens.of.toLocaleString('en')} tokens`;
  return `, in “${label}” (${step - from} of ${open ? 'at most ' : ''}${to - from}${until})`;
}

/** To the Lab with the student as it was last written down. */
function AskButton({ run }: { run: RunView }) {
  const { openStudent } = usePageLinks();
  const { runId, name, savedStep } = run;
  if (isRunning(run) || savedStep === null || savedStep === 0) return null;
  const offer = {
    label: `${name}, step ${savedStep}`,
    choice: { kind: 'kept', runId },
  } as const;
  return (
    <button type="button" className="button" onClick={() => openStudent(offer)}>
      Ask this student in the Lab
    </button>
  );
}

function doing(run: RunView): string {
  if (run.waitsFor !== null && isRunning(run)) return `${run.waitsFor} …`;
  if (run.compiling !== null) return `compiling the ${run.compiling} …`;
  if (run.evaluating !== null)
    return `evaluating ${run.evaluating.done} of ${run.evaluating.total} …`;
  if (run.state !== 'running') return STATES[run.state];
  const rate = rateOf(run);
  if (rate === null) return STATES[run.state];
  const left = (run.settings.steps - run.step) * rate;
  const compiled = run.compiled.at(-1);
  const since = run.metrics.at(-1)?.compileMs ?? 0;
  const about = left < 1000 ? '' : `, about ${formatDuration(left)} left`;
  return `${STATES[run.state]}, ${formatMs(rate)} a step${about}${
    compiled !== undefined && since > 0 ? `; the last step compiled for ${formatMs(since)}` : ''
  }`;
}

/** Mean time of the last steps on the present backend, ms. */
function rateOf({ metrics, backendSince }: RunView): number | null {
  const last = metrics.slice(-10).filter(({ step }) => step > backendSince);
  if (last.length === 0) return null;
  return last.reduce((sum, { ms }) => sum + ms.total, 0) / last.length;
}

const tokensSoFar = ({ metrics }: RunView): number =>
  metrics.reduce((sum, { tokens }) => sum + tokens, 0);

type Measure = 'score' | 'prior' | 'accuracy';

function HeldOut({ run, name }: { run: RunView; name: Measure }) {
  const { title, sentence } = CHARTS.find(({ id }) => id === name) ?? CHARTS[0];
  const measured = run.evaluations.flatMap(({ step, counts, [name]: share }) =>
    share === null ? [] : [{ step, share, trials: counts[name] }],
  );
  const last = measured.at(-1);
  const [first] = measured;
  return (
    <div className={styles.figure}>
      <dt>
        <Help entry={{ title: title, text: sentence }}>{title}</Help>
      </dt>
      <dd>
        <strong className="numeric">{last === undefined ? '–' : formatPercent(last.share)}</strong>
        {last !== undefined && (
          <span className={styles.small}>
            {last.step !== run.step && `at step ${last.step}: `}
            {intervalOf(last)}, {last.trials} answers
            {first !== last && `; ${formatPercent(first.share)} at step ${first.step}`}
          </span>
        )}
      </dd>
    </div>
  );
}

function intervalOf({ share, trials }: { share: number; trials: number }): string {
  const { low, high } = wilsonInterval(share * trials, trials);
  return `${formatPercent(low)} to ${formatPercent(high)}`;
}

function LastStep({ run }: { run: RunView }) {
  const last = run.metrics.at(-1);
  if (last === undefined) return null;
  const share = (id: string | undefined) =>
    id === undefined || last.figures[id] === undefined ? '' : `${formatPercent(last.figures[id])} `;
  const figures: [label: string, value: string, small: string][] = [
    ['Loss', formatNats(last.loss), 'nats'],
    ['Tokens', tokensSoFar(run).toLocaleString('en'), 'learnt from so far'],
    ...recipeOf(settingsAt(run.settings, last.step).settings.recipe).kind.charts.flatMap(
      ({ headline, lines: [{ id }] }): [string, string, string][] =>
        headline === undefined || last.figures[id] === undefined
          ? []
          : [[headline.label, share(id).trim(), `${share(headline.of)}${headline.small}`]],
    ),
  ];
  return figures.map(([label, value, small]) => (
    <div key={label} className={styles.figure}>
      <dt>{label}</dt>
      <dd>
        <strong className="numeric">{value}</strong>
        <span className={styles.small}>{small}</span>
      </dd>
    </div>
  ));
}
