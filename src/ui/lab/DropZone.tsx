/** Files dropped anywhere: an image becomes the picture, JSON is opened as a trace, a folder as a model. */

import { useEffect, useState } from 'react';
import { droppedItems } from '../shared/dropped-folder.ts';
import { useSession } from './context.tsx';
import styles from './DropZone.module.css';

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
        void session.takeDrop(droppedItems(event.dataTransfer?.items ?? []));
      },
      { signal },
    );
    return () => listening.abort();
  }, [session]);
  if (!over) return null;
  return (
    <div className={styles.zone}>
      Drop a picture to ask about it, a trace to open it, or both together; a model’s folder to run
      it
    </div>
  );
}
