/** Hands the session to the Lab's components. */

import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { Session } from './state/session.ts';
import type { LabState } from './state/state.ts';
import { type Subject, subjectOf } from './state/subject.ts';

const SessionContext = createContext<Session | null>(null);

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('The Lab’s components need a SessionProvider above them.');
  return session;
}

export function useLab<T>(select: (state: LabState) => T): T {
  return useStore(useSession().store, select);
}

/** The picture, question and answer on the page now. */
export function useSubject(): Subject {
  const asked = useLab(
    useShallow(({ settings }) => ({
      split: settings.split,
      index: settings.index,
      usualShare: settings.usualShare,
      difficulty: settings.difficulty,
      seeing: settings.seeing,
      fact: settings.fact,
      question: settings.question,
      answer: settings.answer,
    })),
  );
  const own = useLab((s) => s.own);
  const absent = useLab((s) => s.absent);
  const wording = useLab((s) => s.wording);
  const grading = useLab((s) => s.grading);
  return useMemo(
    () => subjectOf(asked, own, absent, { wording, grading }),
    [asked, own, absent, wording, grading],
  );
}
