/** Takes what is dropped anywhere on the page, and says meanwhile what may be. */

import { useEffect, useState } from 'react';
import styles from './DropZone.module.css';
import type { DropItem } from './dropped-folder.ts';

export interface DropZoneProps {
  /** What may be dropped. */
  words: string;
  /** Its items can be read until it returns. */
  onDrop: (items: Iterable<DropItem>) => void;
}

export function DropZone({ words, onDrop }: DropZoneProps) {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const dropped = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      onDrop(event.dataTransfer?.items ?? []);
    };
    addEventListener('dragover', onOver, { signal });
    addEventListener('dragleave', onLeave, { signal });
    addEventListener('drop', dropped, { signal });
    return () => listening.abort();
  }, [onDrop]);
  return over ? <div className={styles.zone}>{words}</div> : null;
}
