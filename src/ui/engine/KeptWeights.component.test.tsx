/** What 4 bits made of a model's weights is said with each matrix, the worst first. */

import { expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { render } from '../shared/fixtures/render.tsx';
import { KeptWeights } from './KeptWeights.tsx';

it('lists what 4 bits made of each matrix, the worst first', async () => {
  const errors = [
    { name: 'model.layers.0.mlp.up_proj.weight', relative: 0.0712 },
    { name: 'model.layers.0.self_attn.qkv.weight', relative: 0.0887 },
  ];
  render(<KeptWeights kept={{ precision: 'q4', errors }} />);
  const summary = page.getByText('each matrix is off by 7.1 % to 8.9 % of its norm');
  await userEvent.click(summary);
  const rows = page.getByRole('listitem').elements();
  expect(rows.map((row) => row.textContent)).toEqual([
    'model.layers.0.self_attn.qkv.weight 8.9 %',
    'model.layers.0.mlp.up_proj.weight 7.1 %',
  ]);
});
