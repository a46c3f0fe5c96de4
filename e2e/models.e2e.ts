/** A private model of a hub on this machine: looked at, fetched, loaded, and there again when the hub is gone. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { fakeRepo, startHub } from '../src/model/sources/fixtures/hub-server.ts';
import { complaintsOf } from './console.ts';

const TINY = path.resolve(import.meta.dirname, '../public/models/tiny-qwen2.5-vl');
const TOKEN = 'hf_of_a_person';

test('a model of a hub is shown before it is fetched, runs, and needs no hub the next time', async ({
  page,
}) => {
  const files = readdirSync(TINY).map((name) => [name, readFileSync(path.join(TINY, name))]);
  const repo = { ...fakeRepo(Object.fromEntries(files)), token: TOKEN };
  const hub = await startHub({ 'owner/tiny': repo });
  const problems = complaintsOf(page);
  await page.goto('?page=models');
  await page.getByText('Revision, token, another hub').click();
  await page.getByLabel('Base address of the hub').fill(hub.url);
  await page.getByLabel('Access token').fill(TOKEN);
  await page.getByLabel('Name, or the address of its page').fill('owner/tiny');
  // Before that nobody is asked.
  expect(hub.asked).toEqual([]);
  await expect(page.getByText('tiny-qwen2.5-vl').first()).toBeVisible();
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect(page.getByRole('radio', { name: 'kept in 32 bits' })).toBeChecked();
  expect(hub.asked.some(({ at }) => at === 'cdn')).toBe(false);
  await page.getByRole('button', { name: /^Fetch 8\.\d.MB and open/ }).click();
  const loaded = page.locator('section, div', { hasText: 'Loaded now' }).last();
  await expect(loaded).toContainText('owner/tiny');
  await expect(page.getByRole('row', { name: /owner\/tiny/ })).toContainText('safetensors');
  // A redirect to another host takes no token along.
  for (const { at, method, authorization } of hub.asked)
    if (method !== 'OPTIONS') expect([at, authorization !== null]).toEqual([at, at === 'hub']);
  expect(hub.asked.some(({ at }) => at === 'cdn')).toBe(true);
  await hub.close();
  await page.reload();
  await expect(loaded).toContainText('tiny-qwen2.5-vl');
  await page.getByRole('button', { name: 'Open owner/tiny' }).click();
  await expect(loaded).toContainText('owner/tiny');
  expect(problems).toEqual([]);
});
