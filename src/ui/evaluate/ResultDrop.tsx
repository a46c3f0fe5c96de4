/** Files dropped anywhere on the page: an exported result, a set of questions, an adapter or a run. */

import { useCallback } from 'react';
import { DropZone } from '../shared/DropZone.tsx';
import { type DropItem, droppedItems } from '../shared/dropped-folder.ts';
import { useEvaluation } from './context.ts';

export function ResultDrop() {
  const { takeDrop } = useEvaluation();
  const take = useCallback(
    (items: Iterable<DropItem>) => void takeDrop(droppedItems(items)),
    [takeDrop],
  );
  return (
    <DropZone
      words="Drop an exported result to look at it, a set of questions to ask them, an adapter or a run to ask it"
      onDrop={take}
    />
  );
}
