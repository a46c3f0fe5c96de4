/** Every change can be taken back and made again; what settings do not hold ends the steps. */

import { expect, it } from 'vitest';
import { fakeLab } from './fixtures/fake-lab.ts';

it('a change is taken back, made again, and gone once another one is made', async () => {
  const { session, engine, store } = fakeLab();
  await engine.load();
  await session.change({ seed: 7 });
  await session.undo();
  expect(store.getState().settings.seed).toBe(1);
  await session.redo();
  expect(store.getState().settings.seed).toBe(7);
  await session.undo();
  await session.change({ topK: 3 });
  await session.redo();
  expect(store.getState().settings).toMatchObject({ seed: 1, topK: 3 });
});

it('what is scored again is scored again when it is taken back', async () => {
  const { session, engine, store, api } = fakeLab();
  await engine.load();
  await session.run();
  await session.change({ answer: 'yellow' });
  const { length } = api.score.mock.calls;
  await session.undo();
  expect(store.getState().settings.answer).toBeNull();
  expect(api.score.mock.calls.length).toBe(length + 1);
  expect(store.getState().shown?.trace.input.answer).toBe('pink');
});

it('another scene is rolled out again when one goes back to it', async () => {
  const { session, engine, store, api } = fakeLab();
  await engine.load();
  await session.choose({ split: 'test', index: 3 });
  const { length } = api.rollout.mock.calls;
  await session.undo();
  expect(store.getState().settings).toMatchObject({ split: 'prior-test', index: 10 });
  expect(api.rollout.mock.calls.length).toBe(length + 1);
  await session.redo();
  expect(store.getState().settings).toMatchObject({ split: 'test', index: 3 });
});

it('choosing a token is no change, and a typed rollout ends the steps', async () => {
  const { session, engine, store } = fakeLab();
  await engine.load();
  await session.change({ token: 4 });
  expect(session.steps.getState().past).toHaveLength(0);
  await session.change({ seed: 7 });
  expect(session.steps.getState().past).toHaveLength(1);
  await session.scoreTyped(' A leaf. </description> <think> It. </think> \\boxed{red}');
  expect(session.steps.getState().past).toHaveLength(0);
  expect(store.getState().settings.seed).toBe(7);
});
