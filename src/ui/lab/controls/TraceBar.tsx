/** What leaves the page and what comes in: a link, an exported trace, an opened trace. */

import { useState } from 'react';
import { FileButton } from '../../shared/FileButton.tsx';
import { Icon } from '../../shared/Icon.tsx';
import { Term } from '../../shared/Term.tsx';
import { useSaid } from '../../shared/use-said.ts';
import { useLab, useSession } from '../context.tsx';
import { copiedWithout, settingsSeen } from '../state/link-words.ts';
import { settingsToQuery } from '../state/url.ts';
import { TakeAway } from '../takeaway/TakeAway.tsx';
import { WithPicture } from '../takeaway/WithPicture.tsx';
import { saveTrace } from './save-trace.ts';
import styles from './TraceBar.module.css';

/** Longer words stay longer, ms. */
const readingTime = (said: string) => Math.max(6000, 90 * said.length);

export function TraceBar() {
  const session = useSession();
  const shown = useLab((s) => s.shown);
  const [said, setSaid] = useSaid(readingTime);
  const [withPicture, setWithPicture] = useState(false);

  const copyLink = async () => {
    const link = new URL(location.href);
    const state = session.store.getState();
    link.search = settingsToQuery(settingsSeen(state));
    link.hash = '';
    try {
      await navigator.clipboard.writeText(link.href);
      setSaid(`Link copied.${copiedWithout(state)}`);
    } catch {
      setSaid(`The browser did not allow copying. This is the link: ${link.href}`);
    }
  };

  return (
    <div className={styles.bar}>
      <button type="button" className="button" onClick={() => void copyLink()}>
        <Icon name="link" />
        Copy link
      </button>
      <button
        type="button"
        className="button"
        disabled={shown === null}
        onClick={() => {
          if (shown !== null) void saveTrace(shown, withPicture).then(setSaid);
        }}
      >
        <Icon name="download" />
        Export trace
      </button>
      {shown?.subject?.own != null && (
        <WithPicture checked={withPicture} onChange={setWithPicture} />
      )}
      <TakeAway />
      <FileButton
        accept=".json,application/json"
        label="Open trace"
        icon="upload"
        onFile={(file) => void session.openTrace(file)}
      />
      <span className={styles.help}>
        <Term id="trace">What is a trace?</Term>
      </span>
      <p className={styles.said} role="status">
        {said}
      </p>
    </div>
  );
}
