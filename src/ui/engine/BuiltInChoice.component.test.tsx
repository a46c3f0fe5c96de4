import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import type { EngineStatus, LoadRequest, Outcome } from '../../contract/engine.ts';
import { BUILT_IN_MODELS } from '../../contract/models/built-in-models.ts';
import { render } from '../shared/fixtures/render.tsx';
import { EngineProvider } from './context.tsx';
import { fakeEngine, READY } from './fixtures/fake-engine.ts';
import { ModelChoice } from './ModelChoice.tsx';

it('a built-in model is chosen by what was planted in it; a folder is none of them', async () => {
  const asked: string[] = [];
  const load = async ({ source }: LoadRequest): Promise<Outcome<EngineStatus>> => {
    asked.push('name' in source ? source.name : source.kind);
    return { ok: true, value: READY };
  };
  const { engine } = fakeEngine({ load });
  render(
    <EngineProvider engine={engine}>
      <ModelChoice />
    </EngineProvider>,
  );
  await engine.load();
  const row = ({ title }: { title: string }) => page.getByRole('radio', { name: title });
  const [first, other] = BUILT_IN_MODELS;
  await expect.element(row(first)).toBeChecked();
  // One open at a time, so that settings are not pushed down.
  await expect.element(row(other)).not.toHaveTextContent(other.planted);
  await row(other).click();
  await expect.element(row(other)).toBeChecked();
  await expect.element(row(other)).toHaveTextContent(other.planted);
  await engine.takeModel({ kind: 'folder', name: 'mine', files: [] });
  await expect.element(row(other)).not.toBeChecked();
  await page.getByRole('button', { name: 'Built-in model' }).click();
  await expect.element(row(first)).toBeChecked();
  expect(asked.slice(1, 3)).toEqual([other.name, 'mine']);
});
