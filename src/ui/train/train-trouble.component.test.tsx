/** What goes wrong in training is said on the page, with what to do, on an engine that fails as a test says. */

import { expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import type { ErrorRecord } from '../../base/errors.ts';
import type { Outcome } from '../../base/outcome.ts';
import { trainSettings } from '../../contract/train/train-settings.ts';
import type { TrainRequest, TrainResult } from '../../contract/train/training.ts';
import { backendOf, READY, type Replies } from '../engine/fixtures/fake-engine.ts';
import { showTrain, storedRun } from './fixtures/shown-train.tsx';

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const headline = () => document.querySelector('[data-run-state]');
const state = () => headline()?.getAttribute('data-run-state');
const noted = (code: string) =>
  document.querySelector(`[data-error-code="${code}"]`)?.textContent ?? '';

const refused = (code: string): Outcome<TrainResult> => {
  const error: ErrorRecord = { code, message: 'It went wrong.', fix: 'Do this.' };
  return { ok: false, error };
};

const STORED = storedRun({ ...trainSettings('vigos', 'tiny'), steps: 3 });

it('a setting out of its bounds stands as typed, says the bound, and starts nothing', async () => {
  const train = vi.fn();
  await showTrain({ train });
  const steps = page.getByRole('textbox', { name: 'Steps', exact: true });
  await steps.fill('0');
  await expect
    .element(page.getByRole('alert'))
    .toHaveTextContent('Give a whole number from 1 to 100000.');
  await button('Train').click();
  await expect.poll(() => noted('train.invalid-setting')).not.toBe('');
  await expect.element(steps).toHaveValue('0');
  expect(headline()).toBeNull();
  expect(train).not.toHaveBeenCalled();
  await steps.fill('3');
  await expect.poll(() => page.getByRole('alert').elements()).toEqual([]);
});

it.each(['train.all-invalid', 'train.nothing-supervised'])(
  'a run that ends with %s has failed, and says so once',
  async (code) => {
    const train = vi.fn(async (_: TrainRequest) => refused(code));
    await showTrain({ train });
    await button('Train').click();
    await expect.poll(state).toBe('failed');
    await expect.poll(() => noted(code)).toContain('It went wrong.');
    expect(noted(code)).toContain('Do this.');
    expect(document.querySelectorAll('[data-error-code]')).toHaveLength(1);
  },
);

it('a run of another model stays in the list and is not gone on with', async () => {
  const resumeRun = vi.fn(async () => refused('run.other-model'));
  await showTrain({ resumeRun }, { runs: [STORED] });
  await button('Go on from step 2').click();
  await expect.poll(() => noted('run.other-model')).not.toBe('');
  await expect.poll(state).toBe('kept');
  expect(document.querySelectorAll('tr[data-run]')).toHaveLength(1);
});

it('where weights are no use, the checkpoint before is gone back to with a tenth of the learning rate', async () => {
  const resumeRun = vi.fn(
    async (_: string, options = {}): Promise<Outcome<TrainResult>> =>
      Object.keys(options).length === 0
        ? refused('train.not-finite')
        : { ok: true, value: { runId: 'mine', state: 'done', step: 3 } },
  );
  await showTrain({ resumeRun }, { runs: [STORED] });
  await button('Go on from step 2').click();
  await expect.poll(() => noted('train.not-finite')).toContain('It went wrong.');
  expect(headline()?.getAttribute('data-run-step')).toBe('2');
  await button('Go back to step 1 with a tenth of the learning rate').click();
  await expect.poll(state).toBe('done');
  const { learningRate } = STORED.settings.optimizer;
  expect(resumeRun).toHaveBeenLastCalledWith('mine', {
    back: { learningRate: learningRate / 10 },
  });
  expect(noted('train.not-finite')).toBe('');
});

it('a length that leaves no room for the prompt is said before the run', async () => {
  await showTrain({});
  document.querySelector<HTMLElement>('[data-group="rollouts"] summary')?.click();
  const longest = page.getByRole('textbox', { name: /^Longest rollout/ });
  const said = page.getByText('The loaded model has 1024 positions');
  await longest.fill('1023');
  expect(said.elements()).toEqual([]);
  await longest.fill('1024');
  await expect.element(said).toBeVisible();
});

it('a press that can do nothing says why, while the model loads and when it is there', async () => {
  let come = (): void => undefined;
  const coming = new Promise<void>((resolve) => {
    come = resolve;
  });
  const train = vi.fn(async () => refused('train.refused'));
  const load: Replies['load'] = async () => {
    await coming;
    return { ok: true, value: READY };
  };
  await showTrain({ load, train }, { held: true });
  const toolbar = page.getByRole('toolbar', { name: 'Training' });
  const press = (name: string) => button(name).click({ force: true });
  await press('Train');
  await expect.element(toolbar).toHaveTextContent('The model is still loading');
  await press('Stop');
  await expect.element(toolbar).toHaveTextContent('No run is under way.');
  expect(train).not.toHaveBeenCalled();
  come();
  await expect.element(button('Train')).toHaveAttribute('aria-disabled', 'false');
  await press('Pause');
  await expect.element(toolbar).toHaveTextContent('No run is under way.');
  await press('Train');
  await expect.poll(() => train.mock.calls.length).toBe(1);
});

it('a GPU that goes away is said until the run goes on, on another device or on WebAssembly', async () => {
  const train = () => new Promise<never>(() => undefined);
  let runId = '';
  const { fire } = await showTrain({
    train: (asked: TrainRequest) => {
      runId = asked.runId;
      return train();
    },
  });
  await button('Train').click();
  await expect.poll(() => runId).not.toBe('');
  fire({ type: 'train.state', runId, state: 'running', step: 0 });
  await expect.poll(state).toBe('running');
  const status = () => headline()?.querySelector('[role="status"]')?.textContent;
  const recovering = page.getByText('The GPU went away; the run goes on from its last state');
  const what = 'backward pass for 8 × 160 tokens';
  fire({ type: 'train.compiling', runId, what, ms: null });
  await expect.poll(status).toContain(`compiling the ${what}`);
  fire({ type: 'device.lost', message: 'gone' });
  await expect.element(recovering).toBeVisible();
  await expect.poll(status).toContain('the GPU is lost, recovering');
  fire({ type: 'device.recovered', backend: backendOf('webgpu'), ms: 5 });
  await expect.poll(() => recovering.elements()).toEqual([]);
  const instead = `${what}, with WebAssembly as its GPU is gone`;
  fire({ type: 'train.compiling', runId, what: instead, ms: null });
  await expect.poll(status).toContain(`compiling the ${instead}`);
  expect(page.getByRole('alert').elements()).toEqual([]);
});
