import { describe, expect, it } from 'vitest';
import type { Trace } from '../../../contract/trace/trace.ts';
import { OPSD, VIGOS_PAPER } from '../../../method/named-methods.ts';
import type { OwnPicture } from '../pictures/own-picture.ts';
import { fakeLab, recorded, traceFile } from './fixtures/fake-lab.ts';
import { copiedWithout, settingsSeen } from './link-words.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import { subjectNow } from './subject.ts';
import { readLink, settingsToQuery } from './url.ts';

/** Another person's trace: no picture in it, other sampling, OPSD, a question of their own. */
function foreign(): Trace {
  const { picture: _, ...trace } = recorded('pink-sun-opsd');
  const sampling = { temperature: 0.7, topP: 0.9, topK: 50, seed: 77, maxNewTokens: 64, count: 2 };
  return {
    ...trace,
    sampling,
    seed: 77,
    input: { question: 'What is in the bowl?', answer: 'soup' },
    prompts: {
      ...trace.prompts,
      student: {
        ...(trace.prompts.student as NonNullable<(typeof trace.prompts)['student']>),
        image: { width: 56, height: 84, visualTokens: 6 },
      },
    },
  };
}

const picture = (width = 56, height = 84): OwnPicture => ({
  name: 'bowl.png',
  width,
  height,
  data: new Uint8ClampedArray(4 * width * height),
  originalWidth: width,
  originalHeight: height,
});

async function opened(trace: Trace, settings = {}) {
  const lab = fakeLab(settings);
  await lab.engine.load();
  expect(await lab.session.openTrace(traceFile(trace))).toBe(true);
  return lab;
}

const LENIENT = { ...VIGOS_PAPER, validity: 'lenient' } as const;

describe('a trace whose picture is not in the file', () => {
  it('brings its question, reference, method and sampling, and no other picture stands beside it', async () => {
    const { store, api } = await opened(foreign());
    const state = store.getState();
    const about = subjectNow(state);
    expect(about).toMatchObject({
      item: null,
      own: null,
      absent: { file: 'theirs.json', none: false },
      question: 'What is in the bowl?',
      answer: 'soup',
    });
    expect(state.settings).toMatchObject({
      method: OPSD,
      temperature: 0.7,
      topP: 0.9,
      topK: 50,
      seed: 77,
      maxTokens: 64,
      count: 2,
      typed: null,
      from: 'trace',
    });
    expect(state.shown?.trace).toEqual(foreign());
    expect(api.score).not.toHaveBeenCalled();
  });

  it.each([
    { method: VIGOS_PAPER },
    { method: { ...OPSD, temperature: 2 } },
    { method: { ...OPSD, clip: { kind: 'none' } } },
    { teacherImage: 'blank' },
    { compare: true },
    { answer: 'bread' },
  ] as const)('a control that cannot act on it stays and says why: %o', async (patch) => {
    const { store, session, api } = await opened(foreign());
    const before = store.getState();
    await session.change(patch);
    const { settings, shown, errors } = store.getState();
    expect(settings).toEqual(before.settings);
    expect(shown).toBe(before.shown);
    expect(errors['answer' in patch ? 'answer' : 'run']?.code).toBe('lab.trace-without-picture');
    expect(api.score).not.toHaveBeenCalled();
  });

  it('is not rolled out on another scene: Run says what is missing', async () => {
    const { store, session, api } = await opened(foreign());
    api.rollout.mockClear();
    await session.run();
    expect(api.rollout).not.toHaveBeenCalled();
    expect(store.getState().errors.picture?.message).toContain('theirs.json');
  });

  it('is scored by the switches once its picture is attached, and by no picture of another size', async () => {
    const { store, session, api } = await opened(foreign());
    await session.attachPicture(async () => picture(112, 112));
    expect(store.getState().errors.picture?.code).toBe('trace.other-picture');
    await session.attachPicture(async () => picture());
    expect(subjectNow(store.getState())).toMatchObject({ absent: null, answer: 'soup' });
    await session.change({ method: VIGOS_PAPER });
    expect(api.score).toHaveBeenCalledOnce();
    expect(store.getState().shown?.trace.method.name).toBe('vigos');
    expect(store.getState().settings.method).toEqual(VIGOS_PAPER);
  });

  it('asked without one is scored again without one', async () => {
    const trace = foreign();
    const student = { ...trace.prompts.student, image: null } as Trace['prompts']['student'];
    const { store, session, api } = await opened({
      ...trace,
      prompts: { ...trace.prompts, student },
    });
    expect(store.getState().absent).toEqual({ file: 'theirs.json', none: true });
    await session.change({ method: VIGOS_PAPER });
    expect(api.score.mock.lastCall?.[0].input).toMatchObject({ image: null, answer: 'soup' });
    await session.change({ teacherImage: 'blank' });
    expect(store.getState().errors.run?.code).toBe('lab.no-picture-to-change');
  });

  it('that names a scene which cannot be its picture is said, and the scene is not shown', async () => {
    const trace = { ...foreign(), picture: { kind: 'scene', split: 'test', index: 3 } } as const;
    const { store } = await opened(trace);
    expect(store.getState().errors.picture?.message).toContain('saw 56 × 84 pixels');
    expect(subjectNow(store.getState()).item).toBeNull();
  });
});

describe('an opened trace', () => {
  it('of another model opens with its scene; switches stay and say why', async () => {
    const own = recorded();
    const trace = { ...own, model: { ...own.model, name: 'theirs', parameters: 7 } };
    const { store, session, api } = await opened(trace, { split: 'test', index: 4 });
    expect(subjectNow(store.getState()).item?.id).toBe('prior-test-10');
    await session.change({ method: OPSD });
    expect(store.getState().settings.method).toEqual(VIGOS_PAPER);
    expect(store.getState().errors.run?.code).toBe('lab.other-model');
    expect(api.score).not.toHaveBeenCalled();
  });

  it('keeps the file’s figures until a switch is turned', async () => {
    const own = recorded();
    const method = { ...own.method, clip: { kind: 'token', value: 0.2 } } as const;
    const divergence = { ...own.method.divergence, perception: { kind: 'reverse-kl' } } as const;
    const { store, session, api } = await opened({ ...own, method: { ...method, divergence } });
    expect(api.score).not.toHaveBeenCalled();
    expect(store.getState().shown?.trace.method.clip).toEqual(method.clip);
    await session.change({ method: LENIENT });
    const { shown, settings } = store.getState();
    expect(shown?.claim).toBeNull();
    expect(shown?.trace.method).toEqual(settings.method);
  });

  it('whose scoring fails leaves the control where it was', async () => {
    const { store, session, api } = await opened(recorded());
    const error = { code: 'rollout.too-long', message: 'm', fix: 'f' };
    api.score.mockResolvedValueOnce({ ok: false, error } as never);
    await session.change({ method: OPSD });
    const { settings, shown, errors } = store.getState();
    expect(errors.run).toBe(error);
    expect(settings.method).toEqual(VIGOS_PAPER);
    expect(shown?.trace.method).toEqual(settings.method);
  });
});

describe('without a model', () => {
  it('a switch of a recorded rollout stays and says why', async () => {
    const { store, session } = fakeLab();
    const trace = recorded();
    const shown = { trace, subject: subjectNow(store.getState()), recorded: true, file: null };
    store.setState({ shown: { ...(await shownOf()), ...shown } });
    await session.change({ method: LENIENT });
    expect(store.getState().settings.method).toEqual(VIGOS_PAPER);
    expect(store.getState().errors.run?.code).toBe('lab.no-model');
  });

  async function shownOf() {
    const { store, engine } = fakeLab();
    await engine.load();
    const { shown } = store.getState();
    if (shown === null) throw new Error('No rollout came.');
    return shown;
  }
});

describe('a copied link', () => {
  it('is of the rollout on the screen, not of what was set since', async () => {
    const { store, session, engine } = fakeLab({ seed: 5 });
    await engine.load();
    await session.change({ seed: 9, temperature: 0.3, question: 'Another?' });
    const seen = readLink(settingsToQuery(settingsSeen(store.getState()))).settings;
    expect(seen).toEqual({ ...DEFAULT_SETTINGS, seed: 5 });
    expect(copiedWithout(store.getState())).toBe('');
  });

  it('says what it cannot carry, and who follows it is told so too', async () => {
    const { store } = await opened(foreign());
    expect(copiedWithout(store.getState())).toMatch(/your own picture; the opened trace/);
    const link = readLink(settingsToQuery(settingsSeen(store.getState())));
    expect(link.settings).toMatchObject({ question: 'What is in the bowl?', seed: 77 });
    const followed = fakeLab(link.settings);
    followed.session.sayOf(link);
    await followed.engine.load();
    expect(followed.api.rollout).not.toHaveBeenCalled();
    expect(followed.store.getState()).toMatchObject({
      absent: { file: null, none: false },
      shown: null,
    });
    expect(followed.store.getState().errors.link?.message).toContain('your own picture');
    await followed.session.attachPicture(async () => picture());
    expect(followed.api.rollout.mock.lastCall?.[0].input).toMatchObject({
      question: 'What is in the bowl?',
      answer: 'soup',
      image: { width: 56 },
    });
  });
});
