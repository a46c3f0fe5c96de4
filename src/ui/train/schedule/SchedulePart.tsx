/** The stages of the next run: none, ready-made ones, or one’s own, as a bar and with what can be done to the chosen one. */

import { useId } from 'react';
import { READY_SCHEDULES } from '../../../contract/train/ready-schedules.ts';
import { STAGE_ORDERS, type StageOrder } from '../../../contract/train/train-settings.ts';
import { Select } from '../../fields/Select.tsx';
import { FileButton } from '../../shared/FileButton.tsx';
import { Help } from '../../shared/Help.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { saveJson } from '../../shared/save-json.ts';
import { useTrain, useTraining } from '../context.tsx';
import { scheduleFile } from '../state/address.ts';
import type { FormState } from '../state/form.ts';
import {
  addedStage,
  formOfReady,
  formOfSchedule,
  movedStage,
  removedStage,
  renamedStage,
  runOf,
  stagesIn,
  withOrder,
  withoutStages,
  withStages,
  withTokens,
  withTokensOf,
} from '../state/stages.ts';
import styles from './SchedulePart.module.css';
import { Timeline } from './Timeline.tsx';

const NONE = 'none';
const OWN = 'own';

const ORDERS: Readonly<Record<StageOrder, string>> = {
  staged: 'one stage after the other',
  merged: 'all stages mixed',
  difficulty: 'easy first, over all stages',
  both: 'easy first, within each stage',
};

const HELP =
  'Stages follow one another, each with its own data, recipe, values and steps; each begins with a rate and moments of its own, on the weights that the one before left. Mixed, the very same questions are asked in another order, which takes one recipe for all.';

const TOKENS_HELP =
  'Tokens of completions that a stage learns from, after which it ends with the step that reaches them; its steps are then the most. Empty: its steps end it. Mixed stages end after the tokens of all. So a merged run can be held to the same tokens as a staged one.';

export function SchedulePart() {
  const session = useTraining();
  const form = useTrain((s) => s.form);
  const id = useId();
  const { stages } = form;
  const chosen = stages === undefined ? NONE : (stages.ready ?? OWN);
  const ready = READY_SCHEDULES.find((own) => own.id === chosen);
  return (
    <div className={styles.part}>
      <span className="label">
        <label htmlFor={id}>
          <Help entry={{ title: 'Stages', text: HELP }}>Stages</Help>
        </label>
      </span>
      <Select
        id={id}
        value={chosen}
        options={[
          { value: NONE, label: 'None: one recipe all along' },
          ...READY_SCHEDULES.map((own) => ({ value: own.id, label: own.title })),
          { value: OWN, label: 'Own stages' },
        ]}
        onChange={(value) => session.change((own) => withChoice(own, value))}
      />
      {ready !== undefined && <p className={styles.text}>{ready.sentence}</p>}
      {stages !== undefined && <Stages />}
      <div className={styles.buttons}>
        <FileButton
          label="Open a schedule"
          icon="upload"
          accept=".json,application/json"
          onFile={async (file) => {
            const text = await file.text();
            session.change((own) => formOfSchedule(own, parsed(text), null));
          }}
        />
        {stages !== undefined && (
          <button
            type="button"
            className="button"
            onClick={() =>
              saveJson('schedule.json', scheduleFile(form, ready?.title ?? 'Own stages'))
            }
          >
            <Icon name="download" />
            Save it
          </button>
        )}
      </div>
    </div>
  );
}

function withChoice(form: FormState, value: string): FormState {
  if (value === NONE) return withoutStages(form);
  const ready = READY_SCHEDULES.find((own) => own.id === value);
  if (ready !== undefined) return formOfReady(form, ready);
  const { stages } = form;
  return stages === undefined ? withStages(form) : { ...form, stages: { ...stages, ready: null } };
}

function Stages() {
  const session = useTraining();
  const form = useTrain((s) => s.form);
  const run = useTrain((s) => s.run);
  const id = useId();
  const tokensId = useId();
  const { stages } = form;
  if (stages === undefined) return null;
  const list = stagesIn(form);
  const { chosen, order } = stages;
  const total = list.reduce((sum, { settings }) => sum + settings.steps, 0);
  const described = runOf(form);
  const { change } = session;
  const ofRun = run === null || run.step < run.settings.steps ? null : withTokensOf(form, run);
  return (
    <>
      <Timeline stages={list} chosen={chosen} />
      <p className={styles.text}>
        {list.length} {list.length === 1 ? 'stage' : 'stages'}, {total} steps. The settings below
        are those of “{list[chosen].label}”; seed, adapter, evaluation and saving are the whole
        run’s.
      </p>
      <label className={styles.row}>
        Name
        <input
          className="input"
          value={list[chosen].label}
          maxLength={80}
          onChange={(event) => change((own) => renamedStage(own, event.target.value))}
        />
      </label>
      <div className={styles.row}>
        <label htmlFor={tokensId}>
          <Help entry={{ title: 'Most tokens', text: TOKENS_HELP }}>Most tokens</Help>
        </label>
        <input
          id={tokensId}
          className="input"
          type="number"
          min={1}
          placeholder="none: its steps end it"
          value={list[chosen].tokens ?? ''}
          onChange={({ target: { value } }) =>
            change((own) => withTokens(own, value === '' ? null : Number(value)))
          }
        />
      </div>
      {list.some(({ tokens }) => tokens !== undefined) && (
        <p className={styles.text}>
          Nobody knows beforehand which step brings a stage to its tokens: the borders here are
          where it ends at the latest.
        </p>
      )}
      <div className={styles.buttons}>
        <button
          type="button"
          className="button"
          disabled={chosen === 0}
          onClick={() => change((own) => movedStage(own, chosen, chosen - 1))}
        >
          Earlier
        </button>
        <button
          type="button"
          className="button"
          disabled={chosen === list.length - 1}
          onClick={() => change((own) => movedStage(own, chosen, chosen + 1))}
        >
          Later
        </button>
        <button type="button" className="button" onClick={() => change(addedStage)}>
          Copy
        </button>
        <button type="button" className="button" onClick={() => change(removedStage)}>
          Remove
        </button>
        {ofRun !== null && (
          <button
            type="button"
            className="button"
            title={`Each stage ends after the tokens that it took in “${run?.name}”`}
            onClick={() => change((own) => (run && withTokensOf(own, run)) ?? own)}
          >
            Tokens of the run
          </button>
        )}
      </div>
      <div className={styles.row}>
        <span id={id}>Questions</span>
        <Select
          look="row"
          labelledBy={id}
          value={order}
          options={STAGE_ORDERS.map((value) => ({ value, label: ORDERS[value] }))}
          onChange={(value) => change((own) => withOrder(own, value))}
        />
      </div>
      {'error' in described && (
        <p className={styles.error} role="alert">
          {described.error.message} {described.error.fix}
        </p>
      )}
    </>
  );
}

/** What is no JSON is no schedule, and is refused as that. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
