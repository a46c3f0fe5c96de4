/** The walk through the rollout on the page: where it stands, and everything that moves it. */

import { useCallback, useEffect, useMemo } from 'react';
import type { Trace } from '../../../contract/trace.ts';
import { useLab, useSession } from '../context.tsx';
import { LEVELS, type LevelChoice } from '../state/settings.ts';
import { useCurrentToken } from '../token/use-current-token.ts';
import { forward, type Landmarks, landmarksOf, nextOf, type Place, playFrom } from './levels.ts';

/** Time between two steps while playing: slow enough to read along. */
const STEP_MS = 140;

export interface Walk {
  place: Place;
  playing: boolean;
  landmarks: Landmarks;
  go(place: Place | null): void;
  goTo(token: number | null): void;
  setLevel(level: LevelChoice): void;
  togglePlay(): void;
  /** Does what a key stands for; false for a key that stands for nothing. */
  onKey(key: string): boolean;
}

export function useWalk(trace: Trace): Walk {
  const session = useSession();
  const level = useLab((s) => s.settings.level);
  const playing = useLab((s) => s.playing);
  const token = useCurrentToken() ?? 0;
  const count = trace.tokens.length;
  const place = useMemo(() => ({ level, token }), [level, token]);
  const landmarks = useMemo(() => landmarksOf(trace), [trace]);

  const go = useCallback(
    (next: Place | null) => {
      if (next !== null) void session.change(next);
    },
    [session],
  );

  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => {
      const next = forward(place, count);
      if (next === null) session.setPlaying(false);
      else go(next);
    }, STEP_MS);
    return () => clearTimeout(timer);
  }, [playing, place, count, go, session]);
  // A strip that is taken off the page must not go on walking.
  useEffect(() => () => session.setPlaying(false), [session]);

  return useMemo(() => {
    const goTo = (next: number | null) => {
      session.setPlaying(false);
      if (next !== null) go({ level, token: next });
    };
    const setLevel = (next: LevelChoice) => {
      session.setPlaying(false);
      // Coming from the finished rollout, a level is shown whole.
      const from = level === 'all' && next !== 'all' ? count - 1 : token;
      go({ level: next, token: from });
    };
    const togglePlay = () => {
      if (!playing) go(playFrom({ level, token }, count));
      session.setPlaying(!playing);
    };
    const keys: Record<string, () => void> = {
      ' ': togglePlay,
      s: () => goTo(nextOf(landmarks.segments, token)),
      d: () => goTo(landmarks.peak),
      c: () => goTo(nextOf(landmarks.clipped, token)),
      '0': () => setLevel('all'),
    };
    for (const [i, name] of LEVELS.entries()) keys[`${i + 1}`] = () => setLevel(name);
    return {
      place: { level, token },
      playing,
      landmarks,
      go: (next: Place | null) => {
        session.setPlaying(false);
        go(next);
      },
      goTo,
      setLevel,
      togglePlay,
      onKey: (key: string) => {
        const act = keys[key];
        act?.();
        return act !== undefined;
      },
    };
  }, [session, go, level, token, playing, count, landmarks]);
}
