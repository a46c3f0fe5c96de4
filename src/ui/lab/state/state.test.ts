import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../../contract/engine.ts';
import type { Trace } from '../../../contract/trace/trace.ts';
import { VIGOS_PAPER } from '../../../method/named-methods.ts';
import { CUT_OFF, traceOf, VALID } from '../../rollout/fixtures/trace.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import {
  initialState,
  type LabState,
  type Shown,
  UNTOUCHED,
  withBatch,
  withError,
  withEvent,
  withFailure,
  withJob,
  withLink,
  withOwnPicture,
  withoutErrors,
  withoutJob,
  withPick,
  withReading,
  withScene,
  withSettings,
  withShown,
} from './state.ts';

const start = initialState(DEFAULT_SETTINGS);
const error = { code: 'x.y', message: 'm', fix: 'f' };
const token = (jobId: string, index: number, rollout = 0): EngineEvent => ({
  type: 'job.token',
  jobId,
  rollout,
  index,
  id: 40 + index,
  text: ` w${index}`,
  logProb: -1,
});
const shownOf = (trace: Trace): Shown => ({ ...UNTOUCHED, trace, subject: null, timings: null });
const follow = (state: LabState, ...events: EngineEvent[]) => events.reduce(withEvent, state);

describe('a token that an address asks for', () => {
  const trace = traceOf(VALID, VIGOS_PAPER, []);
  const asking = (token: number) => initialState({ ...DEFAULT_SETTINGS, token });

  it('beyond the end of the rollout is said, once, after what was said of the address', () => {
    const noted = withError(asking(99), 'link', { ...error, message: 'Before.' });
    const state = withBatch(noted, [shownOf(trace)]);
    expect(state.settings.token).toBeNull();
    expect(state.errors.link?.code).toBe('link.not-whole');
    expect(state.errors.link?.message).toMatch(/^Before\. .*Token “99” is not there: .* 9 tokens/);
    const later = withBatch(withoutErrors(state, 'link'), [shownOf(trace)]);
    expect(later.errors.link).toBeUndefined();
  });

  it('that is there is kept, and a shorter rollout of later is no fault of the address', () => {
    const state = withBatch(asking(8), [shownOf(trace)]);
    expect(state.settings.token).toBe(8);
    const shorter = withBatch(state, [shownOf(traceOf(CUT_OFF, VIGOS_PAPER, []))]);
    expect([shorter.settings.token, shorter.errors.link]).toEqual([null, undefined]);
  });

  it('of a view of the history is missed as aloud as one of a new page', () => {
    const back = withLink(initialState(DEFAULT_SETTINGS), { ...DEFAULT_SETTINGS, token: 99 });
    expect(withBatch(back, [shownOf(trace)]).errors.link?.detail).toEqual({ token: 99, length: 9 });
  });
});

describe('a rollout under way', () => {
  const running = withJob(start, 'a', 'rollout');

  it('grows token by token', () => {
    expect(follow(running, token('a', 0), token('a', 1)).live).toMatchObject({
      texts: [' w0', ' w1'],
      ids: [40, 41],
    });
  });

  it('starts over when the tokens come once more after a lost device', () => {
    const again = [token('a', 0), token('a', 1), token('a', 0), token('a', 1), token('a', 2)];
    expect(follow(running, ...again).live).toMatchObject({
      texts: [' w0', ' w1', ' w2'],
      ids: [40, 41, 42],
    });
  });

  it('does not listen to a job that is no longer wanted', () => {
    expect(follow(running, token('old', 0))).toBe(running);
  });

  it('keeps the batch’s other rollouts beside it, each with its own text', () => {
    const live = follow(running, token('a', 0, 2), token('a', 0), token('a', 1, 2)).live;
    expect(live).toMatchObject({ texts: [' w0'], others: ['', ' w0 w1'] });
  });

  it('leaves the earlier rollout in place when it is cancelled', () => {
    const shown = shownOf({} as Trace);
    const cancelled = withoutJob(follow({ ...running, shown }, token('a', 0)), 'a');
    expect(cancelled).toMatchObject({ work: null, live: null });
    expect(cancelled.shown).toBe(shown);
  });

  it('that fails stays to be read until the next run, and one that wrote nothing leaves nothing', () => {
    const failed = withFailure(follow(running, token('a', 0), token('a', 1)));
    expect(failed).toMatchObject({ work: null, live: null, unscored: { texts: [' w0', ' w1'] } });
    expect(withJob(failed, 'b', 'score').unscored).toBe(failed.unscored);
    expect(withJob(failed, 'b', 'rollout').unscored).toBeNull();
    expect(withFailure(running).unscored).toBeNull();
  });

  it('is not ended by the end of another job', () => {
    expect(withoutJob(running, 'old')).toBe(running);
  });

  it('takes the error of the run before away', () => {
    expect(withJob(withError(start, 'run', error), 'b', 'rollout').errors).toEqual({});
  });
});

describe('a batch of rollouts', () => {
  const traced = (count: number) =>
    shownOf({ tokens: Array(count).fill(null) } as unknown as Trace);
  const batch = [traced(3), traced(5), traced(4)];

  it('shows the picked one, and the last when fewer came than were picked', () => {
    const state = withBatch(withSettings(start, { pick: 1 }), batch);
    expect(state.shown).toBe(batch[1]);
    expect(withPick(state, 0).shown).toBe(batch[0]);
    expect(withBatch(withSettings(start, { pick: 7 }), batch).shown).toBe(batch[2]);
  });

  it('keeps the others when one is scored again', () => {
    const again = traced(5);
    const state = withShown(withPick(withBatch(start, batch), 1), again);
    expect(state.batch).toEqual([batch[0], again, batch[2]]);
    expect(state.shown).toBe(again);
  });

  it('lets go of a token that the picked rollout does not have', () => {
    const state = withSettings(withBatch(start, batch), { token: 4 });
    expect(withPick(state, 1).settings.token).toBe(4);
    expect(withPick(state, 0).settings.token).toBeNull();
  });
});

describe('the picture', () => {
  it('a new scene brings its own question and answer', () => {
    const edited = withSettings(start, { question: 'mine?', answer: 'blue', token: 3 });
    expect(withScene(edited, { split: 'test', index: 9 }).settings).toMatchObject({
      split: 'test',
      index: 9,
      question: null,
      answer: null,
      token: null,
    });
  });

  it('a new scene puts an own picture away, and a bad picture’s error with it', () => {
    const own = {
      name: 'cat.png',
      width: 1,
      height: 1,
      data: new Uint8ClampedArray(4),
      originalWidth: 1,
      originalHeight: 1,
    };
    const state = withError(withOwnPicture(start, own), 'picture', error);
    expect(state.own).toBe(own);
    expect(withScene(state, { split: 'test', index: 0 })).toMatchObject({ own: null, errors: {} });
  });
});

describe('reading an image file', () => {
  it('is said while it lasts and puts the error of the file before away', () => {
    const reading = withReading(withError(start, 'picture', error), true);
    expect(reading).toMatchObject({ readingPicture: true, errors: {} });
    expect(withReading(reading, false).readingPicture).toBe(false);
  });
});

describe('errors', () => {
  it('stay until they are dismissed, each in its place', () => {
    const state = withError(withError(start, 'run', error), 'trace', error);
    expect(withoutErrors(state, 'run').errors).toEqual({ trace: error });
    expect(withoutErrors(start, 'run')).toBe(start);
  });
});
