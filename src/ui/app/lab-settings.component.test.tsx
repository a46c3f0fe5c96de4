import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Outcome, RolloutResult } from '../../contract/engine.ts';
import {
  button,
  noted,
  tokenPanel as panel,
  query,
  showLab,
  tokens,
  verdict,
} from './fixtures/shown-lab.tsx';

const moved = page.getByTestId('moved');
const radio = (name: string) => page.getByRole('radio', { name, exact: true });

describe('settings of the method', () => {
  it('score the same rollout again, and say which are idle', async () => {
    const lab = await showLab();
    const texts = lab.texts();
    await page.getByRole('list', { name: 'Answers to try' }).getByRole('button').nth(2).click();
    await expect.element(verdict).toHaveTextContent('though the picture says');
    await radio('Code').click();
    await expect.poll(lab.letters).toMatch(/^P+–+R+–+$/);
    await radio('OPSD').click();
    await expect.poll(lab.letters).toMatch(/^O+$/);
    await radio('Paper').click();
    await expect.poll(() => lab.api.score.mock.calls.at(-1)?.[0].method.reading).toBe('paper');
    expect(lab.letters()).toMatch(/^O+$/);
    const stage = page.elementLocator(
      document.querySelector('[data-stage="shown"]') ?? document.body,
    );
    expect(stage.getByText('at τ = 1.1', { exact: true }).elements()).toHaveLength(2);
    const ablation = page.getByRole('combobox', { name: /^Ablation ?: not under OPSD/ });
    await expect.element(ablation).toBeDisabled();
    await expect.element(ablation).toHaveAccessibleDescription(/OPSD has one teacher/);
    await tokens.first().click();
    await expect.element(panel).toHaveTextContent('In OPSD one teacher');
    await expect.element(panel).toHaveTextContent('at τ = 1.1');
    expect(lab.texts()).toEqual(texts);
    await expect.poll(query).toMatch(/method=opsd/);
  });

  it('that change quicker than the engine answers: the last one counts', async () => {
    const lab = await showLab();
    const answer = lab.api.score.getMockImplementation();
    if (answer === undefined) throw new Error('nothing scores');
    lab.api.score.mockImplementation(async (request) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      return answer(request);
    });
    for (const name of ['OPSD', 'ViGOS', 'OPSD']) {
      const one = document.querySelector<HTMLElement>(
        `[role="radio"][value="${name.toLowerCase()}"]`,
      );
      one?.click();
    }
    await expect.poll(lab.letters).toMatch(/^O+$/);
    await expect.element(radio('OPSD')).toBeChecked();
  });

  it('all stand in the form and in the address, and what differs from the preset goes back in one press', async () => {
    const lab = await showLab('?method.temperature=2');
    const texts = lab.texts();
    const differs = page.getByTestId('method-differs');
    await expect
      .element(differs)
      .toHaveTextContent('ViGOS (paper), but distillation temperature 2 instead of 1.');
    await button('Settings of the loss, 1 changed').click();
    const form = page.getByRole('dialog', { name: 'Settings of the loss' });
    const clip = form.getByRole('textbox', { name: /^Clip value/ });
    await clip.fill('0');
    await expect
      .element(form.getByRole('alert'))
      .toHaveTextContent('Give a number from 0.000001 to 1000');
    await clip.fill('0.2');
    await expect.poll(query).toMatch(/method\.clip\.value=0\.2/);
    await form.getByRole('combobox', { name: /^Reasoning divergence/ }).selectOptions('jsd');
    await form.getByRole('textbox', { name: /^Reasoning β/ }).fill('0.3');
    await userEvent.keyboard('{Escape}');
    await expect.poll(query).toMatch(/divergence\.reasoning\.beta=0\.3/);
    await expect.element(moved).toHaveTextContent('Reasoning β 0.3 instead of 0.5');
    await expect.element(panel.getByText('JSD', { exact: true })).toBeVisible();
    expect(lab.texts()).toEqual(texts);
    await differs.getByRole('button', { name: 'Back to it' }).click();
    await expect.poll(() => differs.elements()).toEqual([]);
    await expect.poll(query).not.toMatch(/method\./);
  });
});

describe('what if', () => {
  it('a teacher is missing or sees another picture: the same rollout is scored again, and what moved is said', async () => {
    const lab = await showLab();
    const texts = lab.texts();
    expect(moved.elements()).toEqual([]);
    await page.getByLabelText('Ablation').selectOptions('without-perception');
    await expect.element(moved).toHaveTextContent('another teacher or none');
    await expect.poll(lab.letters).toMatch(/^–+R+–+R+–+$/);
    await page.getByLabelText('Ablation').selectOptions('none');
    await expect.poll(lab.letters).toMatch(/^P+/);

    await page.getByLabelText('the picture', { exact: true }).selectOptions('blank');
    await expect.element(moved).toHaveTextContent('most at');
    await page.getByLabelText('Show to').selectOptions('reasoning');
    await expect.poll(query).toMatch(/see=blank&who=reasoning/);
    expect(lab.texts()).toEqual(texts);
  });

  it('both methods stand side by side on the same rollout, in step', async () => {
    const lab = await showLab();
    await page.getByRole('switch', { name: 'Side by side' }).click();
    const other = page.getByRole('listbox', { name: 'Tokens under OPSD' });
    await expect.poll(() => other.getByRole('option').elements().length).toBe(lab.texts().length);
    await other.getByRole('option').nth(4).click();
    await expect.element(panel).toHaveTextContent('Token 5 of');
    await radio('OPSD').click();
    await expect.element(page.getByRole('listbox', { name: 'Tokens under ViGOS' })).toBeVisible();
    await page.getByRole('switch', { name: 'Side by side' }).click();
    await expect.poll(() => page.getByRole('listbox').elements().length).toBe(1);
  });
});

describe('what is asked', () => {
  it('several rollouts stand beside each other, and any of them is picked, by mouse and keys', async () => {
    const lab = await showLab('?t=2&p=1&k=0');
    await page.getByRole('spinbutton', { name: 'Rollouts' }).fill('3');
    await button('Run').click();
    const picker = page.getByRole('radiogroup', { name: 'Rollout of this run' });
    await expect.poll(() => picker.getByRole('radio').elements().length).toBe(3);
    const first = lab.texts();
    await picker.getByRole('radio').nth(1).click();
    await expect.poll(lab.texts).not.toEqual(first);
    await expect.poll(query).toMatch(/n=3.*r=1/);
    await userEvent.keyboard('{ArrowLeft>}');
    await expect.poll(lab.texts).toEqual(first);
    await userEvent.keyboard('{/ArrowLeft}');
  });

  it('an empty question is said beside the question', async () => {
    await showLab();
    await page.getByRole('textbox', { name: 'Question' }).fill('  ');
    await button('Run').click();
    await expect.poll(() => noted('lab.question-empty')).not.toBe('');
    await button('use the scene’s').click();
    await button('Run').click();
    await expect.poll(() => noted('lab.question-empty')).toBe('');
  });

  it('a scene of the gallery is rolled out at once, and a question of one’s own on Enter', async () => {
    const lab = await showLab();
    const question = page.getByRole('textbox', { name: 'Question' });
    const before = question.element() as HTMLInputElement;
    const asked = () => lab.api.rollout.mock.calls.map(([{ input }]) => input.question);
    await radio('Maths').click();
    await page
      .getByRole('list', { name: /^Scenes to pick/ })
      .getByRole('button')
      .first()
      .click();
    await expect.poll(query).toMatch(/split=test/);
    await expect.poll(() => before.value).toMatch(/\?$/);
    await expect.poll(() => asked().at(-1)).toBe(before.value);

    await question.fill('What is at the top?');
    await expect.element(page.getByText(/belongs to another question/)).toBeVisible();
    await userEvent.keyboard('{Enter}');
    await expect.poll(() => asked().at(-1)).toBe('What is at the top?');
    await expect.poll(() => page.getByText(/belongs to another question/).elements()).toEqual([]);
  });

  it('going back in the history in the middle of a run shows the scene before', async () => {
    const lab = await showLab();
    const asked = () => lab.api.rollout.mock.calls.at(-1)?.[0].input.question;
    const first = asked();
    await radio('Rules').click();
    await page
      .getByRole('list', { name: /^Scenes to pick/ })
      .getByRole('button')
      .nth(1)
      .click();
    await expect.poll(query).toMatch(/split=test/);
    await expect.poll(asked).not.toBe(first);
    const second = asked();
    let end: (outcome: Outcome<RolloutResult>) => void = () => undefined;
    lab.api.rollout.mockImplementationOnce(
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    await button('Run').click();
    await expect.element(button('Cancel')).toBeEnabled();
    lab.api.cancel.mockImplementation(async () => {
      const error = { code: 'job.cancelled', message: 'Cancelled.', fix: 'Run again.' };
      end({ ok: false, error });
      return undefined;
    });
    history.back();
    await expect.poll(asked).toBe(first);
    // The gallery goes back to the scene's family too.
    await expect.element(radio('Prior')).toBeChecked();
    history.forward();
    await expect.poll(asked).toBe(second);
    await expect.element(radio('Rules')).toBeChecked();
  });
});

describe('the prompts', () => {
  it('are the model’s until somebody writes others, which the next rollout is asked with', async () => {
    const lab = await showLab();
    await page.getByText('Prompts', { exact: true }).click();
    const student = page.getByRole('textbox', { name: 'Student', exact: true });
    await expect.element(student).toHaveValue('{question}');
    await student.fill('Look closely.');
    await expect
      .element(page.getByRole('alert').filter({ hasText: '{question} has to stand' }))
      .toBeVisible();
    await expect.element(button('Keep for this model')).toBeDisabled();
    await student.fill('Look closely. {question}');
    await button('Keep for this model').click();
    await button('Run').click();
    await expect
      .poll(() => lab.api.rollout.mock.calls.at(-1)?.[0].input.wording)
      .toEqual({ student: 'Look closely. {question}' });
    await button('Back to the model’s own').click();
    await expect.element(student).toHaveValue('{question}');
  });
});
