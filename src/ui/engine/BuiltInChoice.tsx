/** The models that come with the page, as one radio group; the chosen one says what was planted in it. */

import { RadioGroup } from 'radix-ui';
import {
  BUILT_IN_MODELS,
  builtInModel,
  DEFAULT_MODEL,
} from '../../contract/models/built-in-models.ts';
import styles from './BuiltInChoice.module.css';
import { builtInSource } from './built-in-source.ts';
import { useEngine, useEngineState } from './context.tsx';

export function BuiltInChoice() {
  const engine = useEngine();
  const { phase, ownModel, training } = useEngineState((s) => s);
  if (BUILT_IN_MODELS.length === 1) return null;
  const chosen = ownModel === null ? DEFAULT_MODEL : builtInModel(ownModel);
  return (
    <RadioGroup.Root
      className={styles.group}
      aria-label="Built-in model"
      value={chosen?.name ?? ''}
      disabled={phase === 'loading' || training}
      onValueChange={(name) => {
        const model = builtInModel(name);
        if (model !== undefined) void engine.takeModel(builtInSource(model));
      }}
    >
      {BUILT_IN_MODELS.map(({ name, title, planted }) => (
        <RadioGroup.Item
          key={name}
          value={name}
          className={styles.item}
          aria-label={title}
          title={name === chosen?.name ? undefined : planted}
        >
          <strong>{title}</strong>
          {name === chosen?.name && (
            <>
              <span className={styles.name}>{name}</span>
              <span>{planted}</span>
            </>
          )}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
