/** The debugger's controls: levels, play, step, and jumps; under them what the step did, in words. */

import type { Trace } from '../../contract/trace/trace.ts';
import { Choice } from '../fields/Choice.tsx';
import { Icon, type IconName } from '../shared/Icon.tsx';
import { Term } from '../shared/Term.tsx';
import { isLevel, LEVEL_CHOICES } from './choices.ts';
import { back, forward, nextOf } from './levels.ts';
import { stepInWords } from './step-words.ts';
import styles from './Transport.module.css';
import type { Walk } from './use-walk.ts';

export function Transport({ trace, walk }: { trace: Trace; walk: Walk }) {
  const { place, playing, landmarks } = walk;
  const count = trace.tokens.length;
  const ahead = forward(place, count);
  const behind = back(place, count);
  const segment = nextOf(landmarks.segments, place.token);
  const clipped = nextOf(landmarks.clipped, place.token);
  return (
    <div className={styles.transport}>
      <div className={styles.row}>
        <fieldset className={styles.buttons}>
          <legend className="visually-hidden">Walk through the rollout</legend>
          <Press
            label="Step back"
            icon="back"
            disabled={behind === null}
            onPress={() => walk.go(behind)}
          />
          <Press
            label={playing ? 'Pause' : 'Play'}
            icon={playing ? 'pause' : 'run'}
            hint="Space"
            disabled={count === 0}
            onPress={walk.togglePlay}
          />
          <Press
            label="Step forward"
            icon="forward"
            disabled={ahead === null}
            onPress={() => walk.go(ahead)}
          />
          <span className={styles.gap} />
          <Press
            label="Next segment"
            icon="segment"
            hint="S"
            disabled={segment === null}
            onPress={() => walk.goTo(segment)}
          />
          <Press
            label={place.level === 'leakage' ? 'Largest push' : 'Largest divergence'}
            icon="peak"
            hint="D"
            disabled={landmarks.peak === null}
            onPress={() => walk.goTo(landmarks.peak)}
          />
          <Press
            label="Next token without gradient"
            icon="skip"
            hint="C"
            disabled={clipped === null}
            onPress={() => walk.goTo(clipped)}
          />
        </fieldset>
        <div className={styles.levels}>
          <span className={styles.label}>
            <Term id="levels">Levels</Term>
          </span>
          <Choice
            label="Level of the walk"
            value={place.level}
            options={LEVEL_CHOICES}
            onChange={walk.setLevel}
          />
        </div>
      </div>
      {isLevel(place.level) && (
        <p className={styles.words} data-testid="step-words" aria-live={playing ? 'off' : 'polite'}>
          {stepInWords(trace, place)}
        </p>
      )}
    </div>
  );
}

interface PressProps {
  label: string;
  icon: IconName;
  /** Its key in the strip. */
  hint?: string;
  disabled: boolean;
  onPress: () => void;
}

/** Never truly disabled, so that the focus of a person who steps to the end is not lost. */
function Press({ label, icon, hint, disabled, onPress }: PressProps) {
  return (
    <button
      type="button"
      className="button"
      data-shape="square"
      aria-label={label}
      aria-disabled={disabled}
      title={hint === undefined ? label : `${label} (${hint} in the strip)`}
      onClick={() => {
        if (!disabled) onPress();
      }}
    >
      <Icon name={icon} />
    </button>
  );
}
