/** Which model runs: a built-in one, or one from a folder of the person's own. */

import { useContext } from 'react';
import { builtInModel } from '../../contract/models/built-in-models.ts';
import { FolderButton } from '../shared/FolderButton.tsx';
import { formatBytes, formatMs } from '../shared/format.ts';
import { PageLinksContext } from '../shared/page-links.tsx';
import { Term } from '../shared/Term.tsx';
import styles from './BackendChip.module.css';
import { BuiltInButton } from './BuiltInButton.tsx';
import { BuiltInChoice } from './BuiltInChoice.tsx';
import { CancelLoading } from './CancelLoading.tsx';
import { useEngine, useEngineState } from './context.tsx';
import { KeptWeights } from './KeptWeights.tsx';

/** @param onLeave before another page is opened from here */
export function ModelChoice({ onLeave }: { onLeave?: () => void }) {
  const engine = useEngine();
  const links = useContext(PageLinksContext);
  const { phase, model, ownModel, training } = useEngineState((s) => s);
  return (
    <fieldset className={styles.content} aria-label="Model">
      {model !== null && (
        <dl className={styles.facts}>
          <dt>
            <Term id="model">Model</Term>
          </dt>
          <dd>
            <strong>{model.name}</strong>, {(model.parameters / 1e6).toFixed(2)} million parameters,{' '}
            {formatBytes(model.bytes)}, ready in {formatMs(model.readyMs)}
          </dd>
        </dl>
      )}
      {model?.marks.map((mark) => (
        <p key={mark} className={styles.refused}>
          {mark}
        </p>
      ))}
      {model?.notices.map((notice) => (
        <p key={notice}>{notice}</p>
      ))}
      {model !== null && <KeptWeights kept={model.kept} />}
      <BuiltInChoice />
      <div className={styles.buttons}>
        <FolderButton
          label="Open a model folder"
          disabled={phase === 'loading' || training}
          onFolder={({ name, files }) => void engine.takeModel({ kind: 'folder', name, files })}
        />
        {ownModel !== null && builtInModel(ownModel) === undefined && phase !== 'loading' && (
          <BuiltInButton disabled={training} />
        )}
        {links !== null && (
          <button
            type="button"
            className="button"
            onClick={() => {
              onLeave?.();
              links.openPage('models');
            }}
          >
            Models from elsewhere
          </button>
        )}
      </div>
      <CancelLoading />
      {training && <p className={styles.more}>It can be changed when no run is training.</p>}
      {phase === 'loading' && (
        <p className={styles.more}>Another can be chosen once this one is loaded, or cancelled.</p>
      )}
    </fieldset>
  );
}
