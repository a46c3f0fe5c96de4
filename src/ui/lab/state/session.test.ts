import { describe, expect, it } from 'vitest';
import type { OwnPicture } from '../scene/own-picture.ts';
import { createSession } from './session.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { createLabStore } from './store.ts';

const picture = (name: string): OwnPicture => ({
  name,
  width: 1,
  height: 1,
  data: new Uint8ClampedArray(4),
  originalWidth: 1,
  originalHeight: 1,
});

function deferred() {
  let resolve: (own: OwnPicture) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<OwnPicture>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

function lab() {
  const store = createLabStore(DEFAULT_SETTINGS);
  const session = createSession({
    store,
    startEngine: () => {
      throw new Error('No engine is needed to choose a picture.');
    },
    model: { kind: 'bundled', name: 'none', url: '' },
  });
  return { store, session };
}

describe('a picture that takes long to read', () => {
  it('does not replace a picture chosen after it', async () => {
    const { store, session } = lab();
    const big = deferred();
    const slow = session.takePicture(() => big.promise);
    expect(store.getState().readingPicture).toBe(true);
    await session.takePicture(async () => picture('small.png'));
    big.resolve(picture('big.jpg'));
    await slow;
    expect(store.getState().own?.name).toBe('small.png');
    expect(store.getState().readingPicture).toBe(false);
  });

  it('does not replace a scene chosen after it, nor does its failure speak up', async () => {
    const { store, session } = lab();
    const big = deferred();
    const bad = deferred();
    const reads = [session.takePicture(() => big.promise), session.takePicture(() => bad.promise)];
    await session.choose({ split: 'test', index: 3 });
    big.resolve(picture('big.jpg'));
    bad.reject(new Error('unreadable'));
    await Promise.all(reads);
    expect(store.getState()).toMatchObject({ own: null, readingPicture: false, errors: {} });
    expect(store.getState().settings).toMatchObject({ split: 'test', index: 3 });
  });
});

describe('going back in the history', () => {
  it('restores the scene and its question, and keeps the backend', async () => {
    const { store, session } = lab();
    await session.takePicture(async () => picture('cat.png'));
    const before = { ...DEFAULT_SETTINGS, index: 14, question: 'Why?', backend: 'wasm' } as const;
    await session.restore({ settings: before, unused: [], otherScene: false });
    expect(store.getState().own).toBeNull();
    expect(store.getState().settings).toEqual({ ...before, backend: 'auto' });
  });
});
