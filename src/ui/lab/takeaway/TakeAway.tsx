/** The rollout on the page as things that leave it: pictures, a page of its own, and how to cite where it is from. */

import { Popover } from 'radix-ui';
import { useState } from 'react';
import { type ErrorRecord, toErrorRecord } from '../../../base/errors.ts';
import { latePart } from '../../../base/late-part.ts';
import { Citations } from '../../shared/Citations.tsx';
import { CopyButton } from '../../shared/CopyButton.tsx';
import { ErrorNote } from '../../shared/ErrorNote.tsx';
import { formatBytes } from '../../shared/format.ts';
import { Icon } from '../../shared/Icon.tsx';
import { saveBlob } from '../../shared/save-file.ts';
import { useLab, useSession } from '../context.tsx';
import { copiedWithout, settingsSeen } from '../state/link-words.ts';
import type { LabSettings } from '../state/settings.ts';
import type { LabState, Shown } from '../state/state.ts';
import { settingsToQuery } from '../state/url.ts';
import { useCurrentToken } from '../token/use-current-token.ts';
import { labDocument } from './lab-document.ts';
import { Pictures, type PicturesProps } from './Pictures.tsx';
import styles from './TakeAway.module.css';
import { WithPicture } from './WithPicture.tsx';

export function TakeAway() {
  const shown = useLab((s) => s.shown);
  if (shown === null) return null;
  return (
    <Popover.Root>
      <Popover.Trigger className="button">
        <Icon name="download" />
        Take away
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={`popover ${styles.content}`}
          aria-label="Take away"
          sideOffset={6}
          collisionPadding={12}
        >
          <Things shown={shown} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Things({ shown }: { shown: Shown }) {
  const address = useLab(linkTo);
  const [withPicture, setWithPicture] = useState(false);
  const things = { shown, withPicture, address };
  return (
    <>
      {shown.subject?.own != null && (
        <WithPicture checked={withPicture} onChange={setWithPicture} />
      )}
      <Pictures {...things} />
      <Widget {...things} />
      <WorksheetLink />
      <section className={styles.part}>
        <h3>How to cite</h3>
        <Citations />
      </section>
    </>
  );
}

function WorksheetLink() {
  const session = useSession();
  const token = useCurrentToken();
  const { store } = session;
  const link = () => {
    const state = store.getState();
    return hrefOf({ ...settingsSeen(state), token, worksheet: true });
  };
  return (
    <section className={styles.part}>
      <h3>A worksheet</h3>
      <p>
        A link to this rollout and its marked token for a class. Teachers, divergences and whether
        the answer is right stay hidden until “Show” is pressed.
      </p>
      <CopyButton
        label="Copy worksheet link"
        text={link}
        after={() => copiedWithout(store.getState())}
      />
    </section>
  );
}

/** It carries the whole page that it writes. */
const embeddedFile = latePart('What writes pages', () => import('../../embed/embedded-file.ts'));

/** Height of the frame of the snippet, pixels; what is longer scrolls in it. */
const FRAME_HEIGHT = 720;

interface Saved {
  readonly name: string;
  readonly bytes: number;
  readonly snippet: string;
}

function Widget({ shown, withPicture, address }: PicturesProps) {
  const token = useCurrentToken();
  const [saved, setSaved] = useState<Saved | null>(null);
  const [error, setError] = useState<ErrorRecord | null>(null);
  const save = async () => {
    setError(null);
    try {
      const { embeddedHtml, frameSnippet } = await embeddedFile.come();
      const document = await labDocument({ shown, token, withPicture, address });
      const blob = new Blob([embeddedHtml(document)], { type: 'text/html' });
      const name = `vigos-${shown.trace.method.name}-seed-${shown.trace.seed ?? 'typed'}.html`;
      saveBlob(blob, name);
      const snippet = frameSnippet(name, document.title, FRAME_HEIGHT);
      setSaved({ name, bytes: blob.size, snippet });
    } catch (thrown) {
      setError(toErrorRecord(thrown, 'widget'));
    }
  };
  return (
    <section className={styles.part}>
      <h3>A page of its own</h3>
      <p>
        This rollout with its tokens and their figures as one HTML file, for a blog or the web page
        of a paper: it needs no model, no network and no other file, and opens from the disk.
      </p>
      <button type="button" className="button" onClick={() => void save()}>
        <Icon name="download" />
        Save as HTML
      </button>
      {error !== null && <ErrorNote error={error} />}
      {saved !== null && (
        <>
          <p role="status">
            Saved as {saved.name}, {formatBytes(saved.bytes)}. Put it beside the page that shows it,
            and this into that page; <code>#token=12&amp;theme=dark</code> behind the file’s name
            marks a token and sets the theme:
          </p>
          <pre className={styles.snippet}>{saved.snippet}</pre>
          <CopyButton label="Copy the snippet" text={() => saved.snippet} />
        </>
      )}
    </section>
  );
}

/** The address of the view on the screen; null where it would give another rollout. */
function linkTo(state: LabState): string | null {
  if (copiedWithout(state) !== '') return null;
  return hrefOf(settingsSeen(state));
}

function hrefOf(settings: LabSettings): string {
  const link = new URL(location.href);
  link.search = settingsToQuery(settings);
  link.hash = '';
  return link.href;
}
