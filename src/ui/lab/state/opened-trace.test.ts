/** An opened trace stands under its file's word until its tokens are scored here, and foreign tokens never are. */

import { expect, test } from 'vitest';
import { fakeLab, recorded, traceFile } from './fixtures/fake-lab.ts';

test('its figures are the file’s until a switch has them computed here', async () => {
  const { store, session } = fakeLab();
  await session.load();
  await session.openTrace(traceFile(recorded()));
  expect(store.getState().shown).toMatchObject({
    file: 'theirs.json',
    claim: { sealed: false, tokensKnown: null },
  });
  await session.change({ method: 'opsd' });
  expect(store.getState().shown).toMatchObject({ file: 'theirs.json', claim: null });
  expect(store.getState().shown?.trace.method.name).toBe('opsd');
});

test('tokens that are not the model’s are not scored, told beforehand or by what came back', async () => {
  for (const tokensKnown of [false, null]) {
    const { store, session, api } = fakeLab();
    await session.load();
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
    await session.change({ method: 'opsd' });
    expect(score).toHaveBeenCalledTimes(tokensKnown === false ? 0 : 1);
    expect(store.getState().errors.run).toMatchObject({ code: 'lab.other-model' });
    expect(store.getState().shown?.trace).toEqual(trace);
  }
});
