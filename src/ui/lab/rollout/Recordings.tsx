/** Rollouts to look at while the model loads, or where it cannot. */

import { ChipList } from '../../shared/ChipList.tsx';
import { useLab, useSession } from '../context.tsx';
import { RECORDINGS, recordingFor } from '../state/recordings.ts';

export function Recordings() {
  const session = useSession();
  const current = useLab((s) => (s.own === null ? (recordingFor(s.settings)?.id ?? null) : null));
  return (
    <ChipList
      strong
      label="Recorded rollouts"
      chips={RECORDINGS.filter(({ swapOf }) => swapOf === undefined).map((recording) => ({
        id: recording.id,
        label: recording.label,
        pressed: recording.id === current,
        onClick: () => void session.openRecording(recording),
      }))}
    />
  );
}
