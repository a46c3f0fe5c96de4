import { labelOf } from '../../../contract/experiment/experiment-words.ts';
import { GOES_BY_NATS } from '../../../method/looks.ts';
import { formatNats } from '../../shared/format.ts';
import { chapter, type Show } from '../chapter.ts';
import { figure, nats, say, teacher, term } from '../sentence.ts';
import type { AllFacts } from '../state/facts.ts';
import { looksOf, markedIn, meanOf } from './reading.ts';
import { cellOf, figureOf, perCent, share } from './results.ts';

const ERRORS = ['errors.none', 'errors.thinking', 'errors.seeing', 'errors.lucky'] as const;
const PLACES = ['leaky', 'obedient'] as const;

const errorsTable = ({ report }: Pick<AllFacts, 'report'>): Show => ({
  kind: 'table',
  from: 'results',
  caption: 'Answers of the untrained models, by whether description and answer are right, %',
  head: ['Model', ...ERRORS.map((id) => report.figures.find((one) => one.id === id)?.label ?? id)],
  rows: PLACES.map((model) => [
    labelOf(report.experiment.models, model),
    ...ERRORS.map((id) => {
      const value = figureOf(cellOf(report, 'base', { model, condition: 'right' }), id);
      return share(value).figure;
    }),
  ]),
});

export const looks = chapter({
  id: 'looks',
  title: 'Does it look?',
  lead: 'Whether a teacher looks, whether the student does, and why the distance between them cannot tell.',
  needs: ['sun', 'report'],
  steps: [
    {
      id: 'itself',
      heading: 'Hold it to itself',
      say: ({ sun }) => {
        const own = looksOf(sun, 'vigos');
        const perception = meanOf(own, 'perception');
        const reasoning = meanOf(own, 'reasoning');
        return [
          say`Take a teacher’s picture away and give it another. If it looks, it says something else; how far it moves from itself is the ${term('looks', '“looks” figure')}. The ${teacher('perception')} moves by ${nats(perception?.otherPicture.itself ?? Number.NaN)} a token, the ${teacher('reasoning')} by ${nats(reasoning?.otherPicture.itself ?? Number.NaN)}.`,
          say`Told a wrong answer, the ${teacher('reasoning')} moves by ${nats(reasoning?.wrongAnswer?.itself ?? Number.NaN)}; the ${teacher('perception')} is told none.`,
        ];
      },
      show: ({ sun }) => ({
        kind: 'rollout',
        trace: sun,
        token: markedIn(sun),
        parts: ['looks', 'strip'],
        lit: 'looks',
        looks: looksOf(sun, 'vigos'),
        whole: true,
      }),
      notes: [
        'The distance from the student cannot tell: student and teacher may both be blind alike.',
      ],
    },
    {
      id: 'scale',
      heading: 'How far is far?',
      say: () => [
        say`Below ${figure(formatNats(GOES_BY_NATS.hardly))} nats a teacher hardly looks: by Pinsker’s inequality no set of words can then gain or lose more than ${figure((100 * Math.sqrt(GOES_BY_NATS.hardly / 2)).toFixed(0))} points of probability. From ${figure(formatNats(GOES_BY_NATS.yes))} nats on it looks.`,
        say`Where the other picture says the same to everybody it cannot be told, and this page says so instead of “no”.`,
      ],
      show: () => ({
        kind: 'table',
        from: 'method',
        caption: 'What a teacher’s own movement means',
        head: ['It moves itself by', 'No set of words moves by more than', 'It looks'],
        rows: [
          [
            `below ${formatNats(GOES_BY_NATS.hardly)} nats`,
            `${(100 * Math.sqrt(GOES_BY_NATS.hardly / 2)).toFixed(0)} points`,
            'hardly',
          ],
          [
            `below ${formatNats(GOES_BY_NATS.yes)} nats`,
            `${(100 * Math.sqrt(GOES_BY_NATS.yes / 2)).toFixed(0)} points`,
            'a little',
          ],
          [`from ${formatNats(GOES_BY_NATS.yes)} nats on`, 'all', 'yes'],
        ],
      }),
      notes: ['Thresholds are this project’s own; the paper has none.'],
    },
    {
      id: 'student',
      heading: 'And the student?',
      ask: ({ sun, report }) => {
        const of = (id: string) => figureOf(cellOf(report, 'base'), id);
        return {
          question: say`When the untrained student’s answer is wrong, did it describe the picture wrongly too?`,
          options: ['Mostly yes: it did not see', 'Mostly no: it saw, and did not believe it'],
          right: of('errors.seeing') > of('errors.thinking') ? 0 : 1,
          before: {
            kind: 'rollout',
            trace: sun,
            token: markedIn(sun),
            parts: ['picture', 'plain'],
            lit: 'plain',
          },
        };
      },
      say: ({ report }) => {
        const of = (id: string) => figureOf(cellOf(report, 'base'), id);
        return [
          say`In ${perCent(of('errors.thinking'))} of its answers it described the picture rightly and answered wrongly, in ${perCent(of('errors.seeing'))} both were wrong.`,
          say`So most of what is to be learnt here is to believe what was seen. That gap was planted when the model was pretrained; it is a property of this world, and no finding about larger models.`,
        ];
      },
      show: errorsTable,
      tries: () => ({
        text: 'Ask the teachers of any picture in the Lab, with a blank picture',
        query: 'see=blank&view=all',
      }),
      notes: ['Evaluate measures the same of any model that opens here.'],
    },
  ],
});
