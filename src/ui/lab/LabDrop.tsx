/** Files dropped anywhere: an image becomes the picture, JSON is opened as a trace, a folder as a model. */

import { useCallback } from 'react';
import { DropZone } from '../shared/DropZone.tsx';
import { type DropItem, droppedItems } from '../shared/dropped-folder.ts';
import { useSession } from './context.tsx';

export interface LabDropProps {
  /** Called first, where the Lab is not the page on show. */
  onTake?: () => void;
}

export function LabDrop({ onTake }: LabDropProps) {
  const session = useSession();
  const take = useCallback(
    (items: Iterable<DropItem>) => {
      onTake?.();
      void session.takeDrop(droppedItems(items));
    },
    [session, onTake],
  );
  return (
    <DropZone
      words="Drop a picture to ask about it, a trace to open it, or both together; a model’s folder to run it"
      onDrop={take}
    />
  );
}
