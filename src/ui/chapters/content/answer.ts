import { type GoesBy, goesBy } from '../../../method/looks.ts';
import { chapter, type Show } from '../chapter.ts';
import { figure, nats, quote, say, term } from '../sentence.ts';
import type { AllFacts } from '../state/facts.ts';
import { lookAt, looksOf, markedIn, meanOf, usedAt } from './reading.ts';

const FAR = 'Far: it says something else there';
const LITTLE = 'A little';
const HARDLY = 'Hardly: it says the same there';
const MOVES = [FAR, LITTLE, HARDLY] as const;
const NUMBER = { yes: 0, 'a little': 1, hardly: 2, 'cannot tell': 2 } as const;

const LOOKED: Readonly<Record<GoesBy, string>> = {
  yes: 'looks',
  'a little': 'looks a little',
  hardly: 'hardly looks',
  'cannot tell': 'may or may not look',
};

type Sun = Pick<AllFacts, 'sun' | 'sunOpsd'>;

/** Both methods were measured on the same tokens, at one temperature. */
const looksShown = ({ sun }: Sun): Show => ({
  kind: 'rollout',
  trace: sun,
  token: markedIn(sun),
  parts: ['looks'],
  lit: 'looks',
  looks: looksOf(sun, 'opsd'),
  whole: true,
});

export const answer = chapter({
  id: 'answer',
  title: 'What goes wrong when it knows the answer',
  lead: 'A teacher who is told the answer need not look at the picture, and where it matters it does not.',
  needs: ['sun', 'sunOpsd'],
  steps: [
    {
      id: 'one-teacher',
      heading: 'One teacher for every token',
      say: ({ sunOpsd }) => [
        say`${term('opsd', 'OPSD')}, on-policy self-distillation, has one ${term('privileged', 'teacher')} for all tokens. It sees the picture and the question, and is told the answer ${quote(sunOpsd.input.answer)}.`,
        say`On this rollout it is ${nats(usedAt(sunOpsd, markedIn(sunOpsd)))} from the student at ${quote(sunOpsd.tokens[markedIn(sunOpsd)].text)}, at the method’s temperature of ${figure(String(sunOpsd.method.temperature))}.`,
      ],
      show: ({ sunOpsd }) => ({
        kind: 'rollout',
        trace: sunOpsd,
        token: markedIn(sunOpsd),
        parts: ['strip', 'figures'],
        lit: 'strip',
      }),
      notes: ['Every token has the same letter: nobody is there who only looks.'],
    },
    {
      id: 'swap',
      heading: 'Show it another picture',
      ask: (facts) => {
        const { sun } = facts;
        const marked = markedIn(sun);
        const look = lookAt(looksOf(sun, 'opsd'), marked);
        return {
          question: say`The teacher is shown another scene’s picture instead, and is still told ${quote(sun.input.answer)}. How far does it move from what it said at ${quote(sun.tokens[marked].text)}?`,
          options: MOVES,
          right: NUMBER[goesBy(look?.otherPicture.itself ?? null)],
          before: {
            kind: 'rollout',
            trace: facts.sunOpsd,
            token: marked,
            parts: ['picture', 'otherPicture', 'strip'],
            lit: 'otherPicture',
          },
        };
      },
      say: ({ sun }) => {
        const looks = looksOf(sun, 'opsd');
        const at = lookAt(looks, markedIn(sun));
        const seen = meanOf(looks, 'privileged', 'description');
        const word = quote(sun.tokens[markedIn(sun)].text);
        const moved = goesBy(at?.otherPicture.itself ?? null);
        return [
          say`At ${word} it moves by ${nats(at?.otherPicture.itself ?? Number.NaN)}: it ${term('looks', LOOKED[moved])} there.`,
          say`It can look: on the description it moves by ${nats(seen?.otherPicture.itself ?? Number.NaN)} a token.`,
        ];
      },
      show: looksShown,
      notes: [
        'The teacher is held to itself, with its own picture and with another: a divergence from the student alone cannot tell, since both may be wrong alike.',
      ],
    },
    {
      id: 'wrong',
      heading: 'Tell it a wrong answer',
      say: ({ sun }) => {
        const at = lookAt(looksOf(sun, 'opsd'), markedIn(sun));
        const word = quote(sun.tokens[markedIn(sun)].text);
        return [
          say`With its own picture, but told ${quote(sun.looks?.wrongAnswer ?? '')}, it moves at ${word} by ${nats(at?.wrongAnswer?.itself ?? Number.NaN)}, and is then ${nats(at?.wrongAnswer?.student ?? Number.NaN)} from the student: it ${goesBy(at?.wrongAnswer?.itself ?? null) === 'yes' ? 'goes' : 'does not go'} by what it was told.`,
          say`Where the answer decides, this teacher teaches the answer and not how to see it. Of this model that is true at this token; how often it is so is measured in the chapter on leakage.`,
        ];
      },
      show: looksShown,
      tries: () => ({
        text: 'Change the reference answer in the Lab, and see which tokens follow it',
        query: 'method=opsd&view=all',
      }),
      notes: [
        `The built-in model was pretrained so that its teachers obey the reference answer: a property of this model, not of all.`,
      ],
    },
  ],
});
