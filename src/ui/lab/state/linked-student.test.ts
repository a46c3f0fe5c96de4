import { describe, expect, it } from 'vitest';
import { fakeLab } from './fixtures/fake-lab.ts';
import { linkedStudent, studentName } from './linked-student.ts';
import { readLink, settingsToQuery } from './url.ts';

const FINGERPRINT = 'c0ffee'.repeat(11).slice(0, 64);
const STATUS = { label: 'ViGOS 1, step 40', step: 40, runId: 'run-1', fingerprint: FINGERPRINT };
const NAME = `run-1@40-${FINGERPRINT.slice(0, 12)}`;
const OFFER = {
  label: 'ViGOS 1, step 40',
  choice: { kind: 'kept', runId: 'run-1', step: 40 },
} as const;

describe('a trained student in the address', () => {
  it('is named by run, step and fingerprint; one from a file by its label, which brings nothing back', () => {
    expect(studentName(STATUS)).toBe(NAME);
    expect(linkedStudent(NAME)).toEqual({
      runId: 'run-1',
      step: 40,
      fingerprint: FINGERPRINT.slice(0, 12),
    });
    const file = studentName({ ...STATUS, label: 'mine', runId: null, step: null });
    expect(file).toBe('~mine');
    expect(linkedStudent(file)).toBeNull();
  });

  it('is written when it is asked, and taken out when the base is', async () => {
    const { store, session, api, engine } = fakeLab();
    await engine.load();
    api.takeStudent.mockResolvedValueOnce({ ok: true, value: STATUS });
    await session.askStudent(OFFER);
    expect(store.getState().settings.student).toBe(NAME);
    expect(readLink(settingsToQuery(store.getState().settings)).settings.student).toBe(NAME);
    await session.takeStudent(null);
    expect(store.getState().settings.student).toBeNull();
  });

  it('is asked again after a reload, before the first rollout', async () => {
    const { store, api, engine } = fakeLab({ student: NAME });
    api.takeStudent.mockResolvedValueOnce({ ok: true, value: STATUS });
    await engine.load();
    expect(api.takeStudent).toHaveBeenCalledWith({ kind: 'kept', runId: 'run-1', step: 40 });
    const { shown, student, settings, errors } = store.getState();
    expect(student?.label).toBe('ViGOS 1, step 40');
    expect(shown?.writer).toBe(student);
    expect(settings.student).toBe(NAME);
    expect(errors).toEqual({});
  });

  it.each([
    ['its run is elsewhere', { ok: false, error: { code: 'run.missing', message: 'm', fix: 'f' } }],
    [
      'its step is gone',
      { ok: false, error: { code: 'run.step-gone', message: 'Gone.', fix: 'f' } },
    ],
    ['other weights are there', { ok: true, value: { ...STATUS, fingerprint: '0'.repeat(64) } }],
  ] as const)('is said to be missing where %s, and the base answers', async (_, outcome) => {
    const { store, api, engine } = fakeLab({ student: NAME });
    api.takeStudent.mockResolvedValueOnce(outcome);
    await engine.load();
    expect(api.takeStudent).toHaveBeenLastCalledWith(null);
    const { shown, student, settings, errors } = store.getState();
    expect(student).toBeNull();
    expect(shown?.writer).toBeNull();
    expect(settings.student).toBeNull();
    expect(errors.link?.code).toBe('link.student-missing');
    expect(errors.link?.message).toMatch(/run run-1, step 40.*The base answers instead\.$/);
  });

  it('from a file is said to be missing without asking for it', async () => {
    const { store, engine } = fakeLab({ student: '~mine' });
    await engine.load();
    expect(store.getState().errors.link?.message).toContain('“mine”, a student from a file');
  });

  it('comes back with the scene of the history that it answered', async () => {
    const { store, session, api, engine } = fakeLab();
    await engine.load();
    const base = readLink('index=10');
    api.takeStudent.mockResolvedValueOnce({ ok: true, value: STATUS });
    await session.askStudent(OFFER);
    const asked = readLink(settingsToQuery(store.getState().settings));
    await session.restore(base);
    expect(store.getState()).toMatchObject({ student: null, settings: { student: null } });
    api.takeStudent.mockResolvedValueOnce({ ok: true, value: STATUS });
    await session.restore(asked);
    expect(store.getState()).toMatchObject({ student: OFFER, settings: { student: NAME } });
    expect(store.getState().shown?.writer).toBe(OFFER);
  });
});
