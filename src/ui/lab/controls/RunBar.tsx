/** Run or cancel, the seed, and the sampling settings behind one button. */

import { Popover } from 'radix-ui';
import { useStore } from 'zustand';
import { useEngineState } from '../../engine/context.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { Term } from '../../shared/Term.tsx';
import { useLab, useSession } from '../context.tsx';
import { SETTINGS } from '../state/settings.ts';
import { NumberField } from './NumberField.tsx';
import styles from './RunBar.module.css';

const SAMPLING = ['temperature', 'topP', 'topK', 'maxTokens'] as const;
/** A step back and a step forth again, by keys too. */
function UndoButtons() {
  const session = useSession();
  const { past, future } = useStore(session.steps);
  return (
    <div className={styles.transport}>
      {(
        [
          ['undo', 'Undo', past, session.undo],
          ['redo', 'Redo', future, session.redo],
        ] as const
      ).map(([icon, label, steps, go]) => (
        <button
          key={icon}
          type="button"
          className="button"
          data-shape="square"
          aria-label={label}
          title={label}
          disabled={steps.length === 0}
          onClick={() => void go()}
        >
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}

export function RunBar() {
  const session = useSession();
  const failed = useEngineState((s) => s.phase === 'failed');
  const rolling = useLab((s) => s.work?.kind === 'rollout');
  const seed = useLab((s) => s.settings.seed);
  const next = seed >= SETTINGS.seed.max ? 0 : seed + 1;
  return (
    <div className={styles.bar}>
      <button
        type="button"
        className="button"
        data-kind="quiet"
        onClick={() => void session.change({ view: 'start' })}
      >
        One token
      </button>
      <UndoButtons />
      <div className={styles.transport}>
        <button
          type="button"
          className={`button ${styles.run}`}
          data-kind="primary"
          aria-disabled={failed || rolling}
          onClick={() => void session.run()}
        >
          <Icon name="run" />
          Run
        </button>
        {/* A button of its own: a click that comes too late must not start the next rollout. */}
        <button
          type="button"
          className="button"
          data-shape="square"
          aria-label="Cancel"
          title="Cancel"
          disabled={!rolling}
          onClick={() => session.cancel()}
        >
          <Icon name="stop" />
        </button>
      </div>
      <div className={styles.seed}>
        <NumberField name="seed" inline />
        <button
          type="button"
          className="button"
          data-shape="square"
          aria-disabled={failed}
          aria-label={`Run with the next seed, ${next}`}
          onClick={() => {
            session.cancel();
            void session.change({ seed: next });
            void session.run();
          }}
        >
          +1
        </button>
      </div>
      <Popover.Root>
        <Popover.Trigger
          className="button"
          data-shape="square"
          aria-label="Sampling settings"
          title="Sampling settings"
        >
          <Icon name="sliders" />
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            className="popover"
            aria-label="Sampling settings"
            sideOffset={6}
            collisionPadding={12}
          >
            <div className={styles.fields}>
              {SAMPLING.map((name) => (
                <NumberField key={name} name={name} />
              ))}
              <p className={styles.note}>
                These change the next rollout. The defaults are the <Term id="vigos">paper’s</Term>.
              </p>
            </div>
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
    </div>
  );
}
