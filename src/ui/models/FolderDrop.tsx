/** A model's folder, dropped anywhere on the page. */

import { useEffect, useState } from 'react';
import { droppedItems } from '../shared/dropped-folder.ts';
import { useModels } from './context.ts';
import styles from './FolderDrop.module.css';

export function FolderDrop() {
  const { fail, lookAt } = useModels();
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
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      droppedItems(event.dataTransfer?.items ?? []).then(({ files, folders }) => {
        const [folder] = folders;
        // Files without their folder are one all the same.
        const loose = files.map((file) => ({ path: file.name, file }));
        const source = folder ?? { name: 'dropped files', files: loose };
        return lookAt({ kind: 'folder', ...source });
      }, fail);
    };
    addEventListener('dragover', onOver, { signal });
    addEventListener('dragleave', onLeave, { signal });
    addEventListener('drop', onDrop, { signal });
    return () => listening.abort();
  }, [fail, lookAt]);
  if (!over) return null;
  return <div className={styles.zone}>Drop the folder of a model to look at it</div>;
}
