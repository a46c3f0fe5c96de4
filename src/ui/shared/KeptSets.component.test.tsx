/** The list of what was imported: what cannot be read is said, and can be deleted. */

import { expect, it, vi } from 'vitest';
import { page } from 'vitest/browser';
import { render } from './fixtures/render.tsx';
import { KeptItem, KeptOpener, KeptSets } from './KeptSets.tsx';

it('counts the sets, opens one, and deletes what cannot be read', async () => {
  const remove = vi.fn();
  const open = vi.fn();
  const error = { code: 'x', message: 'It is broken.', fix: 'Delete it.', where: 'b' };
  const shelf = {
    sets: [{ id: 'a', bytes: 2e6 }],
    undone: [],
    damaged: [{ id: 'b', bytes: 1e6, error }],
    lasting: false,
  };
  render(
    <KeptSets headingId="kept" shelf={shelf} remove={remove}>
      {({ id }) => (
        <KeptItem key={id} shown={true}>
          <KeptOpener name={id} facts="2 rollouts" shown={true} onOpen={open} />
        </KeptItem>
      )}
    </KeptSets>,
  );
  await expect
    .element(page.getByText(/^One set, 2\.0\sMB\. This browser keeps no files/))
    .toBeVisible();
  await page.getByRole('button', { name: 'a 2 rollouts' }).click();
  expect(open).toHaveBeenCalledTimes(1);
  await expect
    .element(page.getByText(/It is broken\. Delete it\. It takes 1\.0\sMB\./))
    .toBeVisible();
  await page.getByRole('button', { name: 'Delete it' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  expect(remove).toHaveBeenCalledWith('b');
});
