/** A file dropped anywhere: an image becomes the picture, a JSON file is opened as a trace. */

import { useEffect, useState } from 'react';
import { useSession } from './context.tsx';
import styles from './DropZone.module.css';
import { readOwnPicture } from './scene/own-picture.ts';

const isTrace = (file: File) => file.type === 'application/json' || file.name.endsWith('.json');

export function DropZone() {
  const session = useSession();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    addEventListener(
      'dragover',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(true);
      },
      { signal },
    );
    addEventListener(
      'dragleave',
      (event) => {
        if (event.relatedTarget === null) setOver(false);
      },
      { signal },
    );
    addEventListener(
      'drop',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (file === undefined) return;
        if (isTrace(file)) void session.openTrace(file);
        else void session.takePicture(() => readOwnPicture(file));
      },
      { signal },
    );
    return () => listening.abort();
  }, [session]);
  if (!over) return null;
  return <div className={styles.zone}>Drop a picture to ask about it, or a trace to open it</div>;
}
