/** Figures of a run in words. Pure. */

import { formatMs } from '../shared/format.ts';

/** Milliseconds as a person would say them: seconds, minutes, hours. */
export function formatDuration(ms: number): string {
  if (ms < 10_000) return formatMs(ms);
  const seconds = ms / 1000;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 90) return `${Math.round(minutes)} min`;
  return `${(minutes / 60).toFixed(1)} h`;
}

export function formatWhen(at: number): string {
  return new Date(at).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
}
