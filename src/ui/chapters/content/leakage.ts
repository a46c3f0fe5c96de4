import { VERDICTS } from '../../../contract/experiment/experiment-claims.ts';
import { differenceText, placeLabel } from '../../../contract/experiment/experiment-words.ts';
import { PUBLISHED_PALR } from '../../../contract/experiment/published-vigos.ts';
import { leakageUnder, mostPushed } from '../../rollout/leakage-view.ts';
import { formatNats, formatPercent } from '../../shared/format.ts';
import { chapter } from '../chapter.ts';
import { count, figure, nats, percent, quote, say, term } from '../sentence.ts';
import type { AllFacts } from '../state/facts.ts';
import { claimOf } from './results.ts';

type Leak = AllFacts['leak'];

const under = (leak: Leak, name: 'opsd' | 'vigos') =>
  leakageUnder(leak.leakage, name, leak.leakage.epsilon, leak.tokens.length);

/** The token that the answer pushes most under OPSD. */
function answered(leak: Leak): number {
  const { parts } = under(leak, 'opsd');
  const pushes = parts.map((part) => part?.answerPush ?? 0);
  const most = Math.max(...pushes);
  return most > 0 ? pushes.indexOf(most) : (mostPushed(under(leak, 'opsd')) ?? 0);
}

const rate = (leak: Leak, name: 'opsd' | 'vigos', group: 'description' | 'reasoningAnswer') =>
  under(leak, name).rates[group] ?? 0;

const published = (i: number, id: string) => figure(formatPercent(PUBLISHED_PALR[i].values[id]));

export const leakage = chapter({
  id: 'leakage',
  title: 'Leakage',
  lead: 'How much of a teacher’s push comes from the answer that it was told, and how much from the picture.',
  needs: ['leak', 'report'],
  steps: [
    {
      id: 'counterfactual',
      heading: 'Ask what would have been',
      say: ({ leak }) => {
        const part = under(leak, 'opsd').parts[answered(leak)];
        return [
          say`Another of the built-in models, whose teachers follow the reference answer in part, is asked: ${quote(leak.input.question)} Its teacher under OPSD is asked about ${quote(leak.tokens[answered(leak)].text)} again and again: told ${quote(leak.input.answer)}, told ${count(leak.leakage.wrongAnswers.length)} wrong answers, and shown another picture.`,
          say`What the right answer alone raises, ${term('answerDriven', 'cA')}, is ${nats(part?.answer ?? 0)} here; what the picture raises, ${term('imageDriven', 'cI')}, is ${nats(part?.image ?? 0)}.`,
        ];
      },
      show: ({ leak }) => ({
        kind: 'leakage',
        trace: leak,
        token: answered(leak),
        parts: ['token'],
      }),
      notes: ['Red is the answer, blue the picture, here and wherever leakage is drawn.'],
    },
    {
      id: 'rate',
      heading: 'A rate for a rollout',
      ask: ({ leak }) => {
        const [o, v] = (['opsd', 'vigos'] as const).map((name) =>
          rate(leak, name, 'reasoningAnswer'),
        );
        return {
          question: say`Weighed by how hard the teacher pushes, and summed over reasoning and answer, this gives ${term('palr', 'PALR')}. ViGOS’s reasoning teacher knows the answer too, but has the student’s description in view. Under which method does more of the push come from the answer?`,
          options: ['OPSD', 'ViGOS', 'The same under both'],
          right: o > v ? 0 : o < v ? 1 : 2,
          before: {
            kind: 'rollout',
            trace: leak,
            token: answered(leak),
            parts: ['picture', 'plain'],
            lit: 'plain',
          },
        };
      },
      say: ({ leak }) => [
        say`On this rollout ${percent(rate(leak, 'opsd', 'reasoningAnswer'))} of OPSD’s push on reasoning and answer comes from the answer, and ${percent(rate(leak, 'vigos', 'reasoningAnswer'))} of ViGOS’s.`,
        say`On the description OPSD’s is ${percent(rate(leak, 'opsd', 'description'))}. ViGOS’s is ${percent(rate(leak, 'vigos', 'description'))}, by construction: its perception teacher is never told an answer.`,
      ],
      show: ({ leak }) => ({
        kind: 'leakage',
        trace: leak,
        token: answered(leak),
        parts: ['opsd', 'vigos'],
      }),
      computed: ({ leak }) => {
        const { sums } = under(leak, 'opsd').rates;
        const { answer, image } = sums.reasoningAnswer;
        return {
          formula: 'palr',
          numbers: `OPSD, reasoning and answer: ${formatNats(answer)} / (${formatNats(answer)} + ${formatNats(image)}) = ${formatPercent(rate(leak, 'opsd', 'reasoningAnswer'))}`,
          kernel: 'sums',
        };
      },
      notes: [
        'One rollout is an example, chosen because it shows the difference. The next step has the averages.',
      ],
    },
    {
      id: 'blind-spot',
      heading: 'What the rate does not see',
      say: () => [
        say`The rate counts what the right answer raises. Where the student contradicts the answer, the teacher pushes its word down, and nothing is counted, though the answer alone may be why.`,
        say`That is how the paper defines it, and how it is computed here. The “looks” figure of the next chapter sees such tokens, since it holds a teacher to itself.`,
      ],
      show: ({ leak }) => ({
        kind: 'leakage',
        trace: leak,
        token: answered(leak),
        parts: ['token', 'opsd'],
      }),
      notes: [
        'The pink sun of the first chapters has a rate near nought under either method, for this reason.',
      ],
    },
    {
      id: 'averages',
      heading: 'In the paper and here',
      say: ({ report }) => {
        const { found } = claimOf(report, 'leak-reasoning');
        const seen = found.filter(({ verdict }) => verdict === 'seen').length;
        return [
          say`Published for the smaller model, on reasoning and answer: ${published(0, 'palr.opsd.reasoningAnswer')} under OPSD and ${published(0, 'palr.vigos.reasoningAnswer')} under ViGOS; for the larger ${published(1, 'palr.opsd.reasoningAnswer')} and ${published(1, 'palr.vigos.reasoningAnswer')}.`,
          say`Here the claim that less leaks into reasoning is seen in ${count(seen)} of ${count(found.length)} places. Where it is not, the model’s teachers obey the reference whatever they see, and a description in view does not change that.`,
        ];
      },
      show: ({ report }) => {
        const { found } = claimOf(report, 'leak-reasoning');
        const seen = found.filter(({ verdict }) => verdict === 'seen').length;
        return {
          kind: 'table',
          from: 'results',
          caption: `Less of the answer leaks into reasoning: seen in ${seen} of ${found.length} places`,
          head: ['Where', 'ViGOS minus OPSD', 'Here'],
          rows: [
            ...PUBLISHED_PALR.map(({ who, values }) => [
              `${who} (published)`,
              `${formatPercent(values['palr.vigos.reasoningAnswer'])} against ${formatPercent(values['palr.opsd.reasoningAnswer'])}`,
              '–',
            ]),
            ...found.map((one) => [
              placeLabel(report, one),
              differenceText(one.difference),
              VERDICTS[one.verdict],
            ]),
          ],
        };
      },
      tries: () => ({
        text: 'Make the answer leak: the leakage level of the Lab, with wrong answers of your own',
        query: 'index=1&model=tiny-qwen2.5-vl-leaky&level=leakage',
        anew: true,
      }),
      notes: ['Neither K nor ε is published; both are settings here.'],
    },
  ],
});
