/** The walk through a rollout: where it stands, and everything that moves it. */

import { useCallback, useEffect, useMemo } from 'react';
import type { Trace } from '../../contract/trace/trace.ts';
import { LEVELS, type LevelChoice } from './choices.ts';
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

export interface WalkProps {
  trace: Trace;
  place: Place;
  /** The walk goes on by itself. */
  playing: boolean;
  /** Both stay the same function from one rendering to the next. */
  onMove: (place: Place) => void;
  onPlaying: (playing: boolean) => void;
}

export function useWalk({ trace, place: at, playing, onMove, onPlaying }: WalkProps): Walk {
  const { level, token } = at;
  const count = trace.tokens.length;
  const place = useMemo(() => ({ level, token }), [level, token]);
  const landmarks = useMemo(() => landmarksOf(trace, level), [trace, level]);

  const go = useCallback(
    (next: Place | null) => {
      if (next !== null) onMove(next);
    },
    [onMove],
  );

  useEffect(() => {
    if (!playing) return;
    const timer = setTimeout(() => {
      const next = forward(place, count);
      if (next === null) onPlaying(false);
      else go(next);
    }, STEP_MS);
    return () => clearTimeout(timer);
  }, [playing, place, count, go, onPlaying]);
  // A strip that is taken off the page must not go on walking.
  useEffect(() => () => onPlaying(false), [onPlaying]);

  return useMemo(() => {
    const goTo = (next: number | null) => {
      onPlaying(false);
      if (next !== null) go({ level, token: next });
    };
    const setLevel = (next: LevelChoice) => {
      onPlaying(false);
      go({ level: next, token });
    };
    const togglePlay = () => {
      if (!playing) go(playFrom({ level, token }, count));
      onPlaying(!playing);
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
        onPlaying(false);
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
  }, [onPlaying, go, level, token, playing, count, landmarks]);
}
