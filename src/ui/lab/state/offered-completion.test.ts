/** A completion of a file in the Lab: planned at once, scored once its picture is there, and without a model not lost. */

import { encode } from 'fast-png';
import { expect, it, vi } from 'vitest';
import { OPSD } from '../../../method/named-methods.ts';
import { parseRollout } from '../../../method/rollout.ts';
import { planSupervision } from '../../../method/supervision.ts';
import type { CompletionOffer } from '../../shared/offers.ts';
import { readOwnPicture } from '../pictures/own-picture.ts';
import { fakeLab } from './fixtures/fake-lab.ts';

const texts = [' a', '</description>', '<think>', 'b', '</think>', '\\boxed{', 'c', '}'];
const ids = texts.map((_, i) => i);
const parsed = parseRollout(ids, texts, { ...OPSD, eosIds: [] });
const offer = (picture: File | null): CompletionOffer => ({
  text: texts.join(''),
  question: 'What?',
  answer: 'c',
  picture,
  pictureName: 'line 4 of a.jsonl',
  method: OPSD,
  planned: { ids, texts, parsed, plan: planSupervision(parsed, OPSD) },
});
const png = () => {
  const data = Uint8Array.of(9, 0, 0, 255, 9, 9, 9, 255);
  return new File([encode({ width: 2, height: 1, channels: 4, data }).slice()], 'a.png');
};

it('is planned without a model, and scored as its text when one comes', async () => {
  const { session, store, engine, api } = fakeLab();
  await session.openCompletion(offer(png()));
  expect(store.getState()).toMatchObject({ shown: null, own: { name: 'a.png' } });
  expect(store.getState().offered?.planned.texts).toEqual(texts);
  expect(store.getState().settings).toMatchObject({ view: 'all', method: OPSD });
  await engine.load();
  await vi.waitFor(() => expect(store.getState().shown).not.toBeNull());
  expect(api.score.mock.lastCall?.[0]).toMatchObject({
    completion: { kind: 'text', text: texts.join('') },
    input: { question: 'What?', answer: 'c' },
    method: OPSD,
  });
  expect(store.getState().offered).toBeNull();
});

it('without its picture it says so and scores nothing, until that is attached', async () => {
  const { session, store, engine, api } = fakeLab();
  await engine.load();
  await vi.waitFor(() => expect(store.getState().shown).not.toBeNull());
  api.score.mockClear();
  await session.openCompletion(offer(null));
  expect(api.score).not.toHaveBeenCalled();
  expect(store.getState().errors.picture?.message).toContain('line 4 of a.jsonl');
  expect(store.getState().offered).not.toBeNull();
  await session.attachPicture((most) => readOwnPicture(png(), most));
  expect(api.score.mock.lastCall?.[0]).toMatchObject({ completion: { kind: 'text' } });
  expect(store.getState().offered).toBeNull();
});
