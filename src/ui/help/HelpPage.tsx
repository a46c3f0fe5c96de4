/** What the page is for, where its questions are answered, its words, its keys and its papers. */

import type { ReactNode } from 'react';
import { GLOSSARY, PAPERS, type TermId } from '../shared/glossary.ts';
import styles from './HelpPage.module.css';

/** Where each of a newcomer's questions is answered; addresses of this site. */
const QUESTIONS: readonly { question: string; href: string; how: string }[] = [
  {
    question: 'Why did this token’s teacher disagree?',
    href: '?view=start',
    how: 'Click a token on the first screen: a sentence says what its teacher would have written there, and by how much the two differ.',
  },
  {
    question: 'Does this teacher look at the picture?',
    href: '?see=swapped',
    how: 'Press “Swap what the teachers see”. Each teacher is held to itself, with the picture and with another.',
  },
  {
    question: 'How do I make the answer leak?',
    href: '?level=leakage',
    how: 'The level “Leakage” shows teachers wrong answers and measures what part of their push comes from the answer.',
  },
  {
    question: 'Which method looks more?',
    href: '?both=1',
    how: '“Side by side” scores the same rollout under ViGOS and OPSD; “Ask the teachers” below the tokens says who looks.',
  },
  {
    question: 'What did training change?',
    href: '?page=train',
    how: 'Train in the tab; the followed rollout and the curves show the change, and any rollout opens in the Lab.',
  },
  {
    question: 'How do I show my class exactly this?',
    href: '?view=all',
    how: '“Copy link” below the tokens copies an address of the very view, or says what it cannot hold.',
  },
];

const WORDS: readonly TermId[] = [
  'vigos',
  'opsd',
  'student',
  'teacher',
  'perception',
  'reasoning',
  'reference',
  'privileged',
  'rollout',
  'token',
  'looks',
  'divergence',
  'nats',
  'forwardKl',
  'reverseKl',
  'clip',
  'loss',
  'paperReading',
  'codeReading',
  'prior',
  'palr',
  'valid',
];

const KEYS: readonly (readonly [keys: string, what: string])[] = [
  ['?', 'this page'],
  ['Alt + Shift + 1, 2, …', 'the pages, in their order'],
  ['Ctrl + Enter', 'run a rollout'],
  ['Ctrl + Z, Ctrl + Shift + Z', 'take a change of the Lab back, make it again'],
  ['Alt + Shift + S', 'swap what the teachers see, and back'],
  ['← →, ↑ ↓, Home, End', 'in the tokens: move from one to the next, by line, to the ends'],
  ['Page Up, Page Down', 'in the tokens: the part before, the part after'],
  ['1 to 7, 0', 'in the tokens with all controls: a level, all levels'],
  ['Space', 'in the tokens with all controls: play, pause'],
  ['← →', 'in the chapters: back, on'],
  [
    'Page Up, Page Down, N, F, D, Esc',
    'in a presented chapter: back, on, notes, full screen, light or dark, end',
  ],
  ['Esc', 'close a pop-up'],
];

export function HelpPage() {
  return (
    <main className={styles.page}>
      <h2>Help</h2>
      <p className={styles.lead}>
        On-policy self-distillation trains a model on its own answers: frozen copies of it, which
        are shown more, say what they would have written at every token. ViGOS gives the tokens that
        describe the picture to a teacher who sees nothing but the picture. This page shows, token
        by token, who teaches what, whether they look, and what it does to a small model. Everything
        is computed in this tab; nothing leaves it.
      </p>
      <Section title="Six questions to begin with">
        <dl className={styles.list}>
          {QUESTIONS.map(({ question, href, how }) => (
            <div key={question}>
              <dt>
                <a href={href}>{question}</a>
              </dt>
              <dd>{how}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title="Words">
        <dl className={styles.list}>
          {WORDS.map((id) => (
            <div key={id}>
              <dt>{GLOSSARY[id].title}</dt>
              <dd>{GLOSSARY[id].text}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title="Keys">
        <dl className={styles.keys}>
          {KEYS.map(([keys, what]) => (
            <div key={keys}>
              <dt>{keys}</dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title="Papers">
        <ul className={styles.papers}>
          {Object.values(PAPERS).map(({ label, href }) => (
            <li key={href}>
              <a href={href} target="_blank" rel="noreferrer">
                {label}
              </a>
            </li>
          ))}
        </ul>
      </Section>
    </main>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
