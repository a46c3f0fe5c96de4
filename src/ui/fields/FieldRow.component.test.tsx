import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { list, type SettingField, whole } from '../../contract/settings/fields.ts';
import { render } from '../shared/fixtures/render.tsx';
import { FieldRow } from './FieldRow.tsx';

const STEPS = whole('steps', 'Steps', 'steps', [1, 12], 'How many steps.');
const FAMILIES = list('families', 'Families', ['counting', 'color', 'shape'], 'Which are drawn.');

function Row({ field, start }: { field: SettingField; start: unknown }) {
  const [value, setValue] = useState(start);
  const said = (next: unknown) => setValue(typeof next === 'string' ? Number(next) : next);
  return (
    <FieldRow
      field={field}
      value={value}
      draft={undefined}
      changed={value !== start}
      onChange={said}
      onBack={() => setValue(start)}
    />
  );
}

it('an entry that is refused stands as it was typed, with what to do, and says so to who cannot see', async () => {
  const error = { code: 'x.y', message: 'Too many.', fix: 'Choose from 1 to 12.' };
  render(
    <FieldRow
      field={STEPS}
      value={3}
      draft={{ text: '99', error }}
      changed={true}
      onChange={vi.fn()}
      onBack={vi.fn()}
    />,
  );
  const input = page.getByRole('textbox', { name: 'Steps' });
  await expect.element(input).toHaveValue('99');
  await expect.element(input).toHaveAttribute('aria-invalid', 'true');
  await expect.element(input).toHaveAccessibleDescription(/Whole numbers from 1 to 12 steps/);
  await expect.element(page.getByRole('alert')).toHaveTextContent('Choose from 1 to 12.');
});

it('arrow keys step a whole number and halt at its bounds; what is changed goes back in one press', async () => {
  render(<Row field={STEPS} start={11} />);
  const input = page.getByRole('textbox', { name: 'Steps' });
  await input.click();
  await userEvent.keyboard('{ArrowUp}{ArrowUp}{ArrowUp}');
  await expect.element(input).toHaveValue('12');
  await page.getByRole('button', { name: 'Steps: back to the preset’s value' }).click();
  await expect.element(input).toHaveValue('11');
  expect(page.getByRole('button', { name: /back to the preset/ }).elements()).toEqual([]);
});

it('a list that is left and taken again is the one of before, in the order of its options', async () => {
  const onChange = vi.fn();
  const row = (value: readonly string[]) => (
    <FieldRow
      field={FAMILIES}
      value={value}
      draft={undefined}
      changed={false}
      onChange={onChange}
      onBack={vi.fn()}
    />
  );
  const draw = render(row(['counting', 'shape']));
  await expect.element(page.getByRole('group', { name: 'Families' })).toBeVisible();
  await page.getByRole('checkbox', { name: 'counting' }).click();
  expect(onChange).toHaveBeenLastCalledWith(['shape']);
  draw(row(['shape']));
  await page.getByRole('checkbox', { name: 'counting' }).click();
  expect(onChange).toHaveBeenLastCalledWith(['counting', 'shape']);
});
