/** A model's folder, dropped anywhere on the page. */

import { useCallback } from 'react';
import { DropZone } from '../shared/DropZone.tsx';
import { type DropItem, droppedItems } from '../shared/dropped-folder.ts';
import { useModels } from './context.ts';

export function FolderDrop() {
  const { fail, lookAt } = useModels();
  const take = useCallback(
    (items: Iterable<DropItem>) =>
      droppedItems(items).then(({ files, folders }) => {
        const [folder] = folders;
        // Files without their folder are one all the same.
        const loose = files.map((file) => ({ path: file.name, file }));
        const source = folder ?? { name: 'dropped files', files: loose };
        return lookAt({ kind: 'folder', ...source });
      }, fail),
    [fail, lookAt],
  );
  return <DropZone words="Drop the folder of a model to look at it" onDrop={take} />;
}
