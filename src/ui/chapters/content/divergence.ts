import type { TokenTrace } from '../../../contract/trace/trace.ts';
import { formatNats } from '../../shared/format.ts';
import { chapter, type Knob, type Show } from '../chapter.ts';
import { figure, nats, percent, quote, say, term } from '../sentence.ts';
import type { AllFacts } from '../state/facts.ts';
import { measuredNow, mostJsd } from '../state/pairs.ts';
import { type Turned, UNTURNED } from '../state/turned.ts';
import { klInNumbers } from './reading.ts';

type Facts = Pick<AllFacts, 'sun' | 'pairs'>;

/** Only what a step lets turn is turned in it. */
const held = (knobs: readonly Knob[], kind: Turned['kind'] | null): Partial<Turned> => ({
  ...(kind === null ? {} : { kind }),
  ...(knobs.includes('beta') ? {} : { beta: UNTURNED.beta }),
  ...(knobs.includes('temperature') ? {} : { temperature: UNTURNED.temperature }),
  ...(knobs.includes('clip') ? {} : { clip: UNTURNED.clip }),
});

export const turnedShow = (
  { sun, pairs }: Facts,
  knobs: readonly Knob[],
  parts: Extract<Show, { kind: 'divergence' }>['parts'],
  kind: Turned['kind'] | null = 'forward-kl',
): Show => ({
  kind: 'divergence',
  trace: sun,
  pairs,
  knobs,
  parts,
  held: held(knobs, kind),
});

export const measuredIn = (
  { sun, pairs }: Facts,
  turned: Turned,
  knobs: readonly Knob[],
  kind: Turned['kind'] | null = 'forward-kl',
) => measuredNow(sun, pairs, { ...turned, ...held(knobs, kind) });

const word = ({ text }: TokenTrace) => quote(text);

export const divergence = chapter({
  id: 'divergence',
  title: 'What a divergence is',
  lead: 'Two whole distributions, one number between them, and what of it depends on which way one looks.',
  needs: ['sun', 'pairs'],
  steps: [
    {
      id: 'two',
      heading: 'Two distributions over all words',
      say: (facts, turned) => {
        const { token } = measuredIn(facts, turned, ['pair']);
        const [student] = token.studentTop;
        const [teacher] = token.teacherTop ?? [];
        return [
          say`Where the student wrote ${word(token)}, both it and the teacher had a probability for every word they know. The student’s most probable was ${quote(student.text)}, ${percent(student.p)}; the teacher’s ${quote(teacher.text)}, ${percent(teacher.p)}.`,
          say`The ${term('forwardKl', 'forward KL')} weighs each word by the teacher’s probability q and asks how much less of it the student has, log q − log p. Here it comes to ${nats(token.forwardKl ?? 0)}.`,
        ];
      },
      show: (facts) => turnedShow(facts, ['pair'], ['lists', 'figures']),
      computed: (facts, turned) => ({
        formula: 'forwardKl',
        numbers: klInNumbers(measuredIn(facts, turned, ['pair']).token),
        kernel: 'sums',
      }),
      notes: [
        'Both distributions are the model’s own, all entries of them. Switch to the other pair: a perception teacher that was shown another picture.',
      ],
    },
    {
      id: 'direction',
      heading: 'The other way round',
      ask: (facts, turned) => {
        const { row, token } = measuredIn(facts, turned, ['pair']);
        return {
          question: say`The ${term('reverseKl', 'reverse KL')} weighs by the student’s probability instead. At ${word(token)}, is it larger than the forward KL?`,
          options: ['Larger', 'Smaller', 'The same'],
          right: row.reverseKl > row.forwardKl ? 0 : row.reverseKl < row.forwardKl ? 1 : 2,
          before: turnedShow(facts, ['pair'], ['lists']),
        };
      },
      say: (facts, turned) => {
        const { row, token } = measuredIn(facts, turned, ['pair']);
        return [
          say`Forward it is ${nats(row.forwardKl)}, in reverse ${nats(row.reverseKl)}: a KL is no distance, it matters who is asked about whom.`,
          say`Forward is large where the teacher is sure of a word that the student hardly has, and teaches to cover it. Reverse is large where the student is sure of a word that the teacher hardly has, like ${word(token)} here, and teaches to give it up. Choose the other pair: the order may turn.`,
        ];
      },
      show: (facts) => turnedShow(facts, ['pair'], ['figures', 'lists']),
      computed: (facts, turned) => {
        const { token, row } = measuredIn(facts, turned, ['pair']);
        const own = token.studentTop.find(({ id }) => id === token.id);
        const term =
          own === undefined ? null : own.p * (Math.log(own.p) - Math.log(own.otherP ?? 0));
        return {
          formula: 'reverseKl',
          numbers:
            term === null
              ? `${formatNats(row.reverseKl)} nats`
              : `${formatNats(term)} (${token.text.trim()}) + ${formatNats(row.reverseKl - term)} (all others) = ${formatNats(row.reverseKl)} nats`.replace(
                  '+ −',
                  '− ',
                ),
          kernel: 'sums',
        };
      },
      notes: [
        'ViGOS uses the forward KL for seeing and reasoning, the reverse one for broken rollouts.',
      ],
    },
    {
      id: 'mixture',
      heading: 'Meeting in a mixture',
      say: (facts, turned) => {
        const knobs = ['pair', 'beta'] as const;
        const { row } = measuredIn(facts, turned, knobs, 'jsd');
        return [
          say`The ${term('jsd', 'Jensen-Shannon divergence')} holds each side to a mixture m of both, in which the teacher has the share β. With β = ${figure(String(turned.beta))} it is ${nats(row.jsd ?? 0)}.`,
          say`It has a ceiling, however far the two are apart: ${nats(mostJsd(turned.beta))} at this β. So one word cannot dominate a batch, and a teacher that is far away is heard no louder than one that is fairly far.`,
        ];
      },
      show: (facts) => turnedShow(facts, ['pair', 'beta'], ['figures', 'lists'], 'jsd'),
      computed: (facts, turned) => {
        const { row } = measuredIn(facts, turned, ['pair', 'beta'], 'jsd');
        return {
          formula: 'jsd',
          numbers: `β = ${turned.beta}: ${formatNats(row.jsd ?? 0)} nats, and never above ${formatNats(mostJsd(turned.beta))}`,
          kernel: 'terms',
        };
      },
      notes: [
        'β of nought or one is defined as one of the two KLs; the formula itself goes to zero there, so the slider leaves the ends out.',
      ],
    },
    {
      id: 'temperature',
      heading: 'Temperature flattens both',
      say: (facts, turned) => {
        const { row } = measuredIn(facts, turned, ['pair', 'temperature']);
        return [
          say`Before both are compared their logits are divided by the ${term('tau', 'temperature')} τ. At τ = ${figure(String(turned.temperature))} the forward KL is ${nats(row.forwardKl)}, and the student’s ${term('entropy', 'entropy')} ${nats(row.studentEntropy)}.`,
          say`Figures at unlike temperatures do not compare, which is why this page puts them side by side at one only.`,
        ];
      },
      show: (facts) => turnedShow(facts, ['pair', 'temperature'], ['figures', 'lists']),
      tries: ({ sun }) => ({
        text: 'Change divergence and temperature of a whole rollout in the Lab',
        query: `view=all&token=${sun.tokens.findIndex(({ clipped }) => clipped)}`,
      }),
      notes: ['OPSD is published with a temperature of its own, above that of ViGOS.'],
    },
  ],
});
