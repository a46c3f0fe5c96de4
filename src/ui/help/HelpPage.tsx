/** What the page is for, where its questions are answered, its words, its keys and its papers. */

import type { ReactNode } from 'react';

import { AddressLink } from '../shared/AddressLink.tsx';
import { Citations } from '../shared/Citations.tsx';
import { GLOSSARY, PAPERS, type TermId } from '../shared/glossary.ts';
import styles from './HelpPage.module.css';

/** Where each of a newcomer's questions is answered: an address of this site, or what is on show in the Lab. */
const QUESTIONS: readonly { question: string; query: string | null; anew?: true; how: string }[] = [
  {
    question: 'Why did this token’s teacher disagree?',
    query: 'view=start',
    how: 'Click a token on the first screen: a sentence says what its teacher would have written there, and by how much the two differ.',
  },
  {
    question: 'Does this teacher look at the picture?',
    query: 'see=swapped',
    how: 'Press “Swap what the teachers see”. Each teacher is held to itself, with the picture and with another.',
  },
  {
    question: 'How do I make the answer leak?',
    query: 'index=1&model=tiny-qwen2.5-vl-leaky&level=leakage',
    anew: true,
    how: 'Take the leaky model, whose teachers follow the answer in part. The level “Leakage” shows them wrong answers and measures what part of their push comes from the answer, under OPSD and under ViGOS.',
  },
  {
    question: 'Which method looks more?',
    query: 'both=1',
    how: '“Ask the teachers” below the tokens of the Lab: a table says who looks, and a sentence which method’s teachers look more, on the tokens that both teach. “Side by side” shows both.',
  },
  {
    question: 'What did training change?',
    query: 'page=train',
    how: 'The Train page opens with a recorded run: a sentence says what it changed and whether that is more than chance, and the curves show how. A run of your own takes its place.',
  },
  {
    question: 'How do I show my class exactly this?',
    query: null,
    how: 'Where you are in the Lab: “All controls”, then “Copy link” below the tokens. It copies an address of the very view, or says what it cannot hold. The chapters have “Present” for a hall.',
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
  ['1 to 6, 0', 'in the tokens with all controls: a level, all levels'],
  [
    'S, D, C',
    'in the tokens with all controls: next segment, largest divergence, next clipped token',
  ],
  ['Space', 'in the tokens with all controls: play, pause'],
  ['Enter, Shift + Enter', 'in the question: run, begin a new line'],
  ['Ctrl + Enter, Esc', 'in a rollout that is edited: score it, leave it as it was'],
  ['↑ ↓', 'in the rows of Rollouts: open the one before, the next'],
  ['← →, ↑ ↓, Home, End', 'in the map of Train’s followed rollout: read a cell'],
  ['Alt + ←, Alt + →', 'in a stage of Train’s schedule: move it among the others'],
  ['← →, with Shift by ten', 'between two stages: give steps from one to the other'],
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
          {QUESTIONS.map(({ question, query, anew, how }) => (
            <div key={question}>
              <dt>
                {query === null ? (
                  question
                ) : (
                  <AddressLink query={query} anew={anew}>
                    {question}
                  </AddressLink>
                )}
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
            <div key={what}>
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
      <Section title="How to cite">
        <Citations />
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
