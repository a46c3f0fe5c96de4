import { describe, expect, it } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { figuresOfLines } from '../../contract/evaluation/evaluation-figures.ts';
import type { EvaluationLine } from '../../contract/evaluation/evaluation-records.ts';
import { fakeEngine } from '../engine/fixtures/fake-engine.ts';
import { showPage } from '../engine/fixtures/show-page.tsx';
import { EvaluatePage } from './EvaluatePage.tsx';
import { evaluationOf, keeping } from './fixtures/results.ts';

async function shown(kept = [evaluationOf('base', 'Base', (item) => item % 3 === 0)]) {
  const answers = keeping(kept);
  const fake = fakeEngine(answers);
  await fake.engine.load();
  const { openRollout } = showPage(fake.engine, <EvaluatePage />);
  await expect.element(page.getByRole('heading', { name: 'Results' })).toBeVisible();
  return { ...fake, asked: answers.asked, openRollout, kept };
}

const figure = (name: string) => page.getByRole('row', { name: new RegExp(`^${name}`) });

describe('the results', () => {
  it('have their figures with intervals, and each opens its items, which open in the Lab', async () => {
    const { openRollout } = await shown();
    await expect.element(figure('Prior F')).toHaveTextContent(/100\.0\s%/);
    await expect.element(figure('Score F')).toHaveTextContent(/0\.0\s%\s*0\.0 to 32\.4/);
    await expect.element(figure('Thinking error')).toHaveTextContent(/66\.7\s%/);
    await figure('Score F').getByRole('button').last().click();
    await expect.element(page.getByRole('heading', { name: 'Behind Score F' })).toBeVisible();
    await expect.element(page.getByText('8 responses count in it')).toBeVisible();
    await page.getByRole('radio', { name: 'Counted 0' }).click();
    expect(page.getByRole('button', { name: /in the Lab/ }).elements()).toEqual([]);
    await page.getByRole('radio', { name: 'Not 8' }).click();
    await page.getByRole('button', { name: 'Open prior-test-1 in the Lab' }).click();
    await expect.poll(() => openRollout.mock.calls.length).toBe(1);
    expect(openRollout).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({
        rollout: expect.objectContaining({
          item: { split: 'prior-test', index: 1, usualShare: 0.6, fact: true },
          ids: [1, 2, 3],
        }),
        student: null,
      }),
    );
  });

  it('stand side by side, with what changed on the same pictures, and are sorted by a press', async () => {
    await shown([
      evaluationOf('base', 'Base', (item) => item % 3 === 0),
      evaluationOf('run', 'Run', (item) => item > 1),
    ]);
    await page.getByRole('checkbox', { name: 'Show Run' }).click();
    await expect.element(figure('Score F')).toHaveTextContent(/\+87\.5.*7 ↑ 0 ↓/);
    const names = () =>
      page
        .getByRole('rowheader')
        .elements()
        .map((element) => element.textContent);
    expect(names().slice(0, 3)).toEqual(['Prior F', 'Score F', 'Says the usual F']);
    const head = page.getByRole('columnheader', { name: 'Run' });
    await head.getByRole('button').click();
    await head.getByRole('button').click();
    await expect.element(head).toHaveAttribute('aria-sort', 'ascending');
    expect(names().slice(0, 3)).toEqual(['Says the usual F', 'Score F', 'Prior F']);
    await expect.element(page.getByRole('img', { name: /^Shares of Base, Run/ })).toBeVisible();
  });

  it('are renamed and deleted', async () => {
    const { kept } = await shown();
    const name = page.getByRole('textbox', { name: 'Name of Base' });
    await name.fill('First');
    name.element().blur();
    await expect.element(page.getByRole('columnheader', { name: 'First' })).toBeVisible();
    await page.getByRole('button', { name: 'Delete First' }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect.poll(() => kept).toEqual([]);
    await expect.element(page.getByText('Every evaluation is kept here')).toBeVisible();
  });

  it('that were paused go on', async () => {
    const { asked } = await shown([evaluationOf('half', 'Half', () => false, 'paused')]);
    await page.getByRole('button', { name: 'Go on with Half' }).click();
    await expect.poll(() => asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ evaluationId: 'half', student: null, keep: true });
  });
});

describe('items', () => {
  it('of a file of one’s own have their pictures and open in the Lab, once their file is here', async () => {
    const { record, lines } = evaluationOf('own', 'Own', () => true);
    const set = { name: 'file', file: 'own.zip', fingerprint: 'ab', count: 12 } as const;
    const settings = { ...record.settings, set, grading: 'mathematical' as const };
    const { openRollout } = await shown([{ record: { ...record, settings }, lines }]);
    await figure('Valid, strict').getByRole('button').last().click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('It is not here.');
    const chosen = new File(['x'], 'own.zip');
    await userEvent.upload(page.getByLabelText('Choose “own.zip”'), chosen);
    await expect.poll(() => document.querySelectorAll('li img').length).toBe(8);
    await page.getByRole('button', { name: 'Open prior-test-1 in the Lab' }).click();
    await expect.poll(() => openRollout.mock.calls.length).toBe(1);
    const [offer] = openRollout.mock.calls[0];
    expect(offer.rollout).toMatchObject({ picture: { name: 'a.png' }, ids: [1, 2, 3] });
    expect(offer.evaluated).toEqual({ grading: 'mathematical', leakage: null });
  });

  it('behind a rate of leakage open at that level, measured as they were', async () => {
    const { record, lines } = evaluationOf('base', 'Base', () => true);
    const leakage = { rollouts: 4, wrongAnswers: 2, epsilon: 1e-6 };
    const settings = { ...record.settings, measures: ['palr' as const], leakage };
    const sums = { tokens: 4, answer: 1, image: 3 };
    const leaks = lines.slice(0, 2).map(
      ({ item, id, fact, seed, response }): EvaluationLine => ({
        ...{ type: 'leakage', item, id, fact, seed, response, method: 'opsd' },
        ...{ description: sums, reasoningAnswer: sums, all: sums },
      }),
    );
    const all = [...lines, ...leaks];
    const measured = { ...record, settings, figures: figuresOfLines(settings, all) };
    const { openRollout } = await shown([{ record: measured, lines: all }]);
    await figure('PALR OPSD, all').getByRole('button').last().click();
    await page.getByRole('button', { name: 'Open prior-test-1 in the Lab' }).click();
    await expect.poll(() => openRollout.mock.calls.length).toBe(1);
    const [offer] = openRollout.mock.calls[0];
    expect(offer.method?.name).toBe('opsd');
    expect(offer.evaluated?.leakage).toEqual({
      wrongAnswers: null,
      wrongCount: 2,
      epsilon: 1e-6,
      mismatched: null,
    });
  });

  it('behind what teachers write are their texts, and open under the reference that they were given', async () => {
    const { record, lines } = evaluationOf('base', 'Base', () => true);
    const seeing = { noise: 20, pictureEdge: 112, occlusion: 0 };
    const teachers = { groups: 1 };
    const settings = { ...record.settings, measures: ['teachers' as const], teachers, seeing };
    const written = lines.slice(0, 3).map(
      ({ item, id, fact, seed, response }): EvaluationLine => ({
        ...{ type: 'teacher', item, id, fact, seed, response, image: item === 0 ? 1 : 2 },
        ...{ form: 'privileged', given: 'wrong', reference: 'mauve', text: 'So it is mauve.' },
        ...{ boxed: 'mauve', holds: true },
      }),
    );
    const all = [...lines, ...written];
    const measured = { ...record, settings, figures: figuresOfLines(settings, all) };
    const { openRollout } = await shown([{ record: measured, lines: all }]);
    await figure('OPSD’s teacher, conflict, wrong reference').getByRole('button').last().click();
    await expect.element(page.getByText('So it is mauve.').first()).toBeVisible();
    await expect.element(page.getByText('given “mauve”, boxes “mauve”').first()).toBeVisible();
    await page.getByRole('button', { name: 'Open prior-test-1 in the Lab' }).click();
    await expect.poll(() => openRollout.mock.calls.length).toBe(1);
    expect(openRollout.mock.calls[0][0].rollout).toMatchObject({
      wrongReference: { answer: 'mauve' },
      item: { seeing },
    });
  });

  it('of another model than the loaded one are not opened, which is said', async () => {
    const { record, lines } = evaluationOf('other', 'Other', () => true);
    const other = { ...record, model: { ...record.model, name: 'another' } };
    const { openRollout } = await shown([{ record: other, lines }]);
    await figure('Prior F').getByRole('button').last().click();
    await page.getByRole('button', { name: 'Open prior-test-0 in the Lab' }).click();
    await expect.element(page.getByRole('alert')).toHaveTextContent('Another answered.');
    expect(openRollout).not.toHaveBeenCalled();
  });
});

describe('an exported result', () => {
  it('is imported, marked, and compared with what differs in how it was asked', async () => {
    await shown();
    const { record, lines } = evaluationOf('theirs', 'Theirs', (item) => item > 1);
    const { settings } = record;
    const sampling = { ...settings.sampling, temperature: 0.5 };
    const imported = { at: record.createdAt, verified: false, lines: true };
    const brought = {
      record: { ...record, settings: { ...settings, sampling }, imported },
      lines,
    };
    const file = new File([JSON.stringify(brought)], 'theirs.json', { type: 'application/json' });
    await userEvent.upload(page.getByLabelText('Import a result'), file);
    await expect.element(page.getByText(/Unverified: its file had no checksum/)).toBeVisible();
    await expect.element(figure('Score F')).toHaveTextContent(/\+87\.5.*7 ↑ 0 ↓/);
    await expect
      .element(page.getByRole('list', { name: 'What the results were asked otherwise' }))
      .toHaveTextContent(/temperature 0\.5 instead of 1/);
  });

  it('without its answers has figures that open nothing', async () => {
    const { record } = evaluationOf('told', 'Told', () => true);
    const imported = { at: record.createdAt, verified: true, lines: false };
    await shown([{ record: { ...record, imported }, lines: [] }]);
    await expect.element(figure('Prior F').getByRole('button').last()).toBeDisabled();
    await expect.element(page.getByText(/holds figures alone/)).toBeVisible();
  });
});

describe('what is asked', () => {
  it('comes from a preset and is changed by hand; what is out of range is not taken', async () => {
    const { asked } = await shown([]);
    await expect.element(page.getByText('600 answers.')).toBeVisible();
    await page.getByRole('radio', { name: /Accuracy/ }).click();
    await expect.element(page.getByText('1,000 answers.')).toBeVisible();
    const seeds = page.getByRole('textbox', { name: 'Seeds' });
    await seeds.fill('1, 2');
    seeds.element().blur();
    await expect.element(page.getByText('2,000 answers.')).toBeVisible();
    await seeds.fill('x');
    seeds.element().blur();
    await expect.element(page.getByRole('alert')).toHaveTextContent('seeds is NaN');
    await expect.element(seeds).toHaveValue('1, 2');
    await page.getByText('Seeing: pictures as they are drawn').click();
    const noise = page.getByRole('spinbutton', { name: 'Noise' });
    await noise.fill('20');
    noise.element().blur();
    await expect.element(page.getByText('Seeing: noise of 20')).toBeVisible();
    await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
    await expect.poll(() => asked).toHaveLength(1);
    expect(asked[0].settings).toMatchObject({
      seeds: [1, 2],
      responses: 5,
      measures: ['pass'],
      seeing: { noise: 20, pictureEdge: 112, occlusion: 0 },
    });
    await expect.element(figure('Prior F')).toBeVisible();
  });

  it('needs somebody to ask', async () => {
    await shown([]);
    await page.getByRole('checkbox', { name: 'built-in' }).click();
    await expect.element(page.getByText('Nobody is asked.')).toBeVisible();
    await expect
      .element(page.getByRole('button', { name: 'Evaluate', exact: true }))
      .toBeDisabled();
  });
});
