import { describe, expect, it } from 'vitest';
import { READY_SCHEDULES } from '../../../contract/train/ready-schedules.ts';
import { TRAIN_FIELDS } from '../../../contract/train/train-fields.ts';
import { changedPaths, experimentQuery, trainQuery } from '../../../contract/train/train-query.ts';
import { formQuery } from './address.ts';
import { metrics as metricsOf } from './fixtures/run.ts';
import {
  formChanges,
  initialForm,
  withEntry,
  withoutChange,
  withoutChanges,
  withPreset,
  withRecipe,
} from './form.ts';
import { FIELD_GROUPS } from './groups.ts';
import { chosenStage, formOfReady, runOf, withOrder, withTokensOf } from './stages.ts';
import { formFromQuery, leftOfQuery } from './url.ts';

const plain = initialForm();

describe('the form of a run', () => {
  it('shows every field in exactly one group', () => {
    const shown = FIELD_GROUPS.flatMap(({ fields }) => fields.map(({ path }) => path));
    expect([...shown].sort()).toEqual(TRAIN_FIELDS.map(({ path }) => path).sort());
  });

  it('keeps an entry out of bounds as it was typed, and the settings as they were', () => {
    const form = withEntry(plain, 'trainable.rank', '900');
    expect(form.settings).toEqual(plain.settings);
    expect(form.drafts['trainable.rank']).toMatchObject({
      text: '900',
      error: { message: '“Rank” is 900.', fix: 'Give a whole number from 1 to 128.' },
    });
    expect(withEntry(form, 'trainable.rank', '8').drafts).toEqual({});
  });

  it('forgets an entry whose field is gone', () => {
    const form = withEntry(plain, 'trainable.rank', 'x');
    expect(withEntry(form, 'trainable.kind', 'full').drafts).toEqual({});
  });

  it('marks what is not the preset’s, and puts it back', () => {
    expect(changedPaths(plain)).toEqual([]);
    const form = withEntry(withEntry(plain, 'steps', '20'), 'data.families', ['math']);
    expect(changedPaths(form)).toEqual(['steps', 'data.families']);
    expect(changedPaths(withoutChange(form, 'steps'))).toEqual(['data.families']);
    expect(changedPaths(withPreset(form, 'paper'))).toEqual([]);
  });

  it('keeps everything but the method when the recipe changes', () => {
    const form = withRecipe(withEntry(plain, 'steps', '20'), 'opsd');
    expect(form.settings).toMatchObject({ steps: 20, recipe: 'opsd' });
    expect(changedPaths(form)).toEqual(['steps']);
    expect(withRecipe(form, 'sft').settings.method).toBeNull();
  });

  it('has what the preset has for the recipe it changes to, beside what was changed', () => {
    const form = withRecipe(withEntry(plain, 'optimizer.learningRate', '0.0005'), 'grpo');
    expect(form.settings).toMatchObject({
      rolloutsPerStep: 4,
      sampling: { temperature: 1 },
      optimizer: { learningRate: 0.0005 },
    });
    expect(changedPaths(form)).toEqual(['optimizer.learningRate']);
    const back = withRecipe(withEntry(form, 'grpo.groupSize', '8'), 'vigos');
    expect(changedPaths(back)).toEqual(['optimizer.learningRate']);
    expect(back.settings).toMatchObject({ rolloutsPerStep: 8, sampling: { temperature: 1.1 } });
  });
});

describe('a stage of a ready-made schedule', () => {
  const staged = READY_SCHEDULES.find(({ id }) => id === 'staged');
  if (staged === undefined) throw new Error('there are stages');
  const form = formOfReady(plain, staged);

  it('came with its values: they are no changes, and undoing leaves them', () => {
    expect(formChanges(form)).toEqual([]);
    expect(form.settings.data.families).toEqual(['general', 'prior']);
    const edited = ['grpo.groupSize', 'seed', 'steps'].reduce(
      (own, path) => withEntry(own, path, '7'),
      withEntry(form, 'data.usualShare', '0.9'),
    );
    expect(formChanges(edited)).toEqual(['steps', 'seed', 'grpo.groupSize', 'data.usualShare']);
    expect(withoutChange(edited, 'data.usualShare').settings.data.usualShare).toBe(0.4);
    const undone = withoutChanges(withEntry(edited, 'trainable.rank', 'x'));
    expect(undone.settings).toEqual(form.settings);
    expect(undone.drafts).toEqual({});
    expect(formChanges(chosenStage(undone, 1))).toEqual([]);
    expect(chosenStage(undone, 1).settings.data.source).toBe('problems');
  });

  it('with another recipe or preset is told apart from those', () => {
    expect(formChanges(withRecipe(form, 'vigos'))).toContain('data.usualShare');
    expect(formChanges(withPreset(form, 'paper'))).toEqual([]);
    expect(withPreset(form, 'paper').settings.data.families).not.toEqual(['general', 'prior']);
  });
});

describe('stages that a run is held to the tokens of', () => {
  const [staged, merged] = READY_SCHEDULES.slice(0, 2).map((own) => formOfReady(plain, own));
  const settingsOf = (form: typeof plain) => {
    const found = runOf(form);
    if ('error' in found) throw new Error(found.error.message);
    return found.settings;
  };
  const settings = settingsOf(staged);
  const metrics = Array.from({ length: settings.steps }, (_, i) => {
    return { ...metricsOf(i + 1, 0), tokens: i < 10 ? 3 : 2 };
  });

  it('end after those that the stages of that run took, mixed ones after all of them', () => {
    const held = withTokensOf(merged, { settings, metrics });
    if (held === null) throw new Error('the stages are the same');
    const { order, stages = [] } = settingsOf(held).schedule ?? {};
    expect(order).toBe('merged');
    expect(stages.map(({ tokens }) => tokens)).toEqual([30, 84, 104]);
    const again = formFromQuery(formQuery(withOrder(held, 'staged')));
    expect(settingsOf(again).schedule?.stages.map(({ tokens }) => tokens)).toEqual([30, 84, 104]);
  });

  it('are none of a run whose stages are others, or mixed', () => {
    expect(withTokensOf(staged, { settings: settingsOf(merged), metrics })).toBeNull();
    const alone = READY_SCHEDULES.find(({ id }) => id === 'perception');
    if (alone === undefined) throw new Error('it is ready-made');
    expect(withTokensOf(formOfReady(plain, alone), { settings, metrics })).toBeNull();
  });
});

describe('the form in the address', () => {
  it('is empty for the preset and comes back whole', () => {
    expect(trainQuery(plain)).toBe('');
    let form = withRecipe(withPreset(plain, 'paper'), 'opsd');
    for (const [path, text] of [
      ['optimizer.learningRate', '0.002'],
      ['data.families', 'prior,math'],
      ['trainable.vision', 'true'],
      ['method.clip.kind', 'token'],
      ['method.clip.value', '0.2'],
    ])
      form = withEntry(form, path, text);
    expect(formFromQuery(`page=train&${trainQuery(form)}`)).toEqual(form);
  });

  it('of an experiment’s run follows a rollout and writes it down, as any run in a tab', () => {
    const made = {
      ...plain.settings,
      steps: 50,
      followed: { every: 0, item: 0 },
      checkpointEvery: 0,
    };
    expect(experimentQuery({ settings: made, preset: 'tiny' })).toBe('steps=50');
  });

  it('shows a value out of bounds as an entry with its error', () => {
    expect(formFromQuery('steps=0&recipe=nobody').drafts.steps.text).toBe('0');
  });

  it('says what it leaves aside', () => {
    expect(leftOfQuery('page=train&recipe=opsd&steps=0&utm_source=x')).toBeNull();
    expect(leftOfQuery('recipe=nobody&preset=huge&method.temperature=2&zz=1')?.message).toBe(
      'Not all of this address can be used: recipe “nobody” is no recipe of this version; preset “huge” is no preset of this version; zz “1” means nothing to this version.',
    );
    expect(leftOfQuery('recipe=sft&method.temperature=2')?.message).toContain(
      'belongs to recipes with teachers',
    );
    expect(leftOfQuery('recipe=sft&grpo.groupSize=4')?.message).toContain(
      'belongs to recipes that learn from rewards',
    );
  });
});
