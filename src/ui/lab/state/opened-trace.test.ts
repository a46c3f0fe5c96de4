/** An opened trace stands under its file's word until its tokens are scored here, and foreign tokens never are. */

import { expect, test } from 'vitest';
import { OPSD, VIGOS_PAPER } from '../../../method/named-methods.ts';
import type { MethodConfig } from '../../../method/types.ts';
import { fakeLab, recorded, traceFile } from './fixtures/fake-lab.ts';
import { copiedWithout, settingsSeen } from './link-words.ts';
import { withMethodValue } from './method.ts';
import { changedBetween } from './moved.ts';
import { readLink, settingsToQuery } from './url.ts';

test('its figures are the file’s until a switch has them computed here', async () => {
  const { store, session, engine } = fakeLab();
  await engine.load();
  await session.openTrace(traceFile(recorded()));
  expect(store.getState().shown).toMatchObject({
    file: 'theirs.json',
    claim: { sealed: false, tokensKnown: null },
  });
  await session.change({ method: OPSD });
  expect(store.getState().shown).toMatchObject({ file: 'theirs.json', claim: null });
  expect(store.getState().shown?.trace.method.name).toBe('opsd');
});

test('tokens that are not the model’s are not scored, told beforehand or by what came back', async () => {
  for (const tokensKnown of [false, null]) {
    const { store, session, api, engine } = fakeLab();
    await engine.load();
    const trace = recorded();
    api.importTrace.mockResolvedValueOnce({
      ok: true,
      value: { trace, sealed: true, tokensKnown },
    });
    await session.openTrace(traceFile(trace));
    const { score } = api;
    const before = score.getMockImplementation();
    score.mockImplementation(async (request) => {
      const answer = await before?.(request);
      if (answer === undefined || !answer.ok) throw new Error('not scored');
      const tokens = answer.value.trace.tokens.map((token) => ({ ...token, text: 'x' }));
      return { ok: true, value: { ...answer.value, trace: { ...answer.value.trace, tokens } } };
    });
    await session.change({ method: OPSD });
    expect(score).toHaveBeenCalledTimes(tokensKnown === false ? 0 : 1);
    expect(store.getState().errors.run).toMatchObject({ code: 'lab.other-model' });
    expect(store.getState().shown?.trace).toEqual(trace);
  }
});

const OWN: MethodConfig = {
  ...VIGOS_PAPER,
  temperature: 2,
  lambdas: { ...VIGOS_PAPER.lambdas, perception: 5 },
  clip: { kind: 'token', value: 0.2 },
  divergence: { ...VIGOS_PAPER.divergence, reasoning: { kind: 'jsd', beta: 0.3 } },
};

test('its method is the page’s, every number of it, and stays so when the answer changes', async () => {
  const { store, session, api, engine } = fakeLab();
  await engine.load();
  await session.openTrace(traceFile({ ...recorded(), method: OWN }));
  expect(store.getState().settings.method).toEqual(OWN);
  expect(api.score).not.toHaveBeenCalled();
  await session.change({ answer: 'soup' });
  expect(api.score.mock.lastCall?.[0].method).toEqual(OWN);
  const { shown } = store.getState();
  expect(shown?.trace.method).toEqual(OWN);
  expect(shown?.before && changedBetween(shown.before, shown)).toEqual([
    'Reference answer “soup” instead of “pink”',
    'Figures computed here instead of the file’s',
  ]);
});

test('a number of its method that changes is named, and scores the rollout by it', async () => {
  const { store, session, engine } = fakeLab();
  await engine.load();
  await session.openTrace(traceFile({ ...recorded(), method: OWN }));
  await session.change(withMethodValue(store.getState().settings, 'method.clip.value', 0.1));
  await session.change(withMethodValue(store.getState().settings, 'method.temperature', 1.5));
  const { shown } = store.getState();
  expect(shown?.trace.method).toMatchObject({ clip: { value: 0.1 }, temperature: 1.5 });
  expect(shown?.before && changedBetween(shown.before, shown)).toEqual([
    'Distillation temperature 1.5 instead of 2',
  ]);
});

test('a link to it carries its method', async () => {
  const { store, session, engine } = fakeLab();
  await engine.load();
  await session.openTrace(traceFile({ ...recorded(), method: OWN }));
  const query = settingsToQuery(settingsSeen(store.getState()));
  expect(readLink(query).settings.method).toEqual(OWN);
  expect(copiedWithout(store.getState())).not.toContain('method');
});

test('a file given as a trace whose name alone says what it is, is named', async () => {
  const { store, session, api, engine } = fakeLab();
  await engine.load();
  api.importTrace.mockResolvedValueOnce({
    ok: false,
    error: { code: 'trace.not-json', message: '', fix: '' },
  });
  await session.openTrace(new File(['a,b\n1,2'], 'data.csv'));
  expect(store.getState().errors.trace).toMatchObject({
    code: 'trace.not-a-trace',
    message: '“data.csv” is a table, and no trace.',
  });
});
