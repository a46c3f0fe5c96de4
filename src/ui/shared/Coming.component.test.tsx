import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { Coming } from './Coming.tsx';
import { render } from './fixtures/render.tsx';

it('says what is fetched, and how much of it has come', async () => {
  render(<Coming what="the page" />);
  const said = page.getByRole('status');
  await expect.element(said).toHaveTextContent('Loading the page …');
  await (await fetch(`/recorded/pink-sun.json?${performance.now()}`)).text();
  await expect.element(said).toHaveTextContent(/Loading the page … [\d.]+\s.B so far/);
});
