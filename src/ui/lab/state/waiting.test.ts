/** What is pressed too early is done in its time, or it is said that it will not be. */

import { expect, it } from 'vitest';
import type { EngineStatus, Outcome } from '../../../contract/engine.ts';
import { fakeApi, fakeLab, STATUS } from './fixtures/fake-lab.ts';

const OK: Outcome<EngineStatus> = { ok: true, value: STATUS };
const FAILED: Outcome<EngineStatus> = {
  ok: false,
  error: { code: 'model.unreadable', message: 'm', fix: 'f' },
};

/** A load that comes when a test says so. */
function heldLoad() {
  const api = fakeApi();
  let come: (outcome: Outcome<EngineStatus>) => void = () => undefined;
  const hold = () =>
    api.load.mockImplementationOnce(() => new Promise((resolve) => (come = resolve)));
  return { api, hold, come: (outcome: Outcome<EngineStatus>) => come(outcome) };
}

it('a rollout that is asked for while the model loads begins once it is there', async () => {
  const { api, hold, come } = heldLoad();
  hold();
  const { session, store, engine } = fakeLab({}, api);
  const loading = engine.load();
  await session.run();
  expect(store.getState().notice).toBe('The rollout begins as soon as the model is ready.');
  expect(api.rollout).not.toHaveBeenCalled();
  come(OK);
  await loading;
  expect(api.rollout).toHaveBeenCalledTimes(1);
  expect(store.getState()).toMatchObject({ notice: '', work: null });
});

it('where another model does not come it is the one before that writes it', async () => {
  const { api, hold, come } = heldLoad();
  const { session, engine } = fakeLab({}, api);
  await engine.load();
  const before = api.rollout.mock.calls.length;
  hold();
  const taking = engine.takeModel({ kind: 'folder', name: 'mine', files: [] });
  await session.run();
  expect(api.rollout).toHaveBeenCalledTimes(before);
  come(FAILED);
  await taking;
  await expect.poll(() => api.rollout.mock.calls.length).toBe(before + 1);
});

it('where no model comes it is said that nothing is rolled out', async () => {
  const { api, hold, come } = heldLoad();
  hold();
  const { session, store, engine } = fakeLab({}, api);
  const loading = engine.load();
  await session.run();
  come(FAILED);
  await loading;
  const said = 'No model is loaded here, so nothing can be rolled out: start the engine again.';
  expect(store.getState().notice).toBe(said);
  await session.run();
  expect(store.getState().notice).toBe(said);
  expect(api.rollout).not.toHaveBeenCalled();
});

it('a swap that is pressed while a rollout is under way is made once that is there', async () => {
  const api = fakeApi();
  const { session, store, engine } = fakeLab({}, api);
  await engine.load();
  let go = (): void => undefined;
  const answer = api.rollout.getMockImplementation();
  api.rollout.mockImplementationOnce(async (request) => {
    await new Promise<void>((resolve) => {
      go = resolve;
    });
    if (answer === undefined) throw new Error('The fake rolls nothing out.');
    return answer(request);
  });
  const running = session.run();
  await session.swap();
  await session.swap();
  expect(store.getState().settings.teacherImage).toBe('same');
  expect(store.getState().notice).toContain('once what is under way is done');
  go();
  await running;
  await expect.poll(() => store.getState().shown?.seen.teacherImage).toBe('swapped');
  expect(store.getState()).toMatchObject({ notice: '', work: null });
});
