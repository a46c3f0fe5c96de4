import { goesBy } from '../../../method/looks.ts';
import { chapter } from '../chapter.ts';
import { nats, quote, say, teacher, term } from '../sentence.ts';
import { lookAt, looksOf, markedIn, meanOf, tokenSaying } from './reading.ts';

const WHO = ['The perception teacher', 'The reasoning teacher', 'Both', 'Neither'] as const;

export const seeFirst = chapter({
  id: 'see-first',
  title: 'See first, reason second',
  lead: 'ViGOS cuts the rollout in two and gives what was seen to a teacher who has nothing but the picture.',
  needs: ['sun'],
  steps: [
    {
      id: 'form',
      heading: 'Seeing has a place of its own',
      say: () => [
        say`In ${term('vigos', 'ViGOS')} a rollout has a form: the student first says what it sees, then thinks, then answers in a box.`,
        say`The ${term('description', 'description')} is lit here. It stands before the ${term('thinking', 'reasoning')}, so it can be taught by itself.`,
      ],
      show: ({ sun }) => ({
        kind: 'rollout',
        trace: sun,
        token: tokenSaying(sun, 'description', sun.input.answer),
        parts: ['picture', 'strip'],
        lit: 'strip',
        lane: 'description',
      }),
      notes: ['The opening tag is given, not sampled, so every rollout begins by describing.'],
    },
    {
      id: 'perception',
      heading: 'A teacher with nothing but the picture',
      say: ({ sun }) => [
        say`The description’s teacher, the ${teacher('perception')}, is given the picture and no text: no question, no answer.`,
        say`What it finds probable at ${quote(sun.tokens[tokenSaying(sun, 'description', sun.input.answer)].text)} comes from the picture and from the student’s words before it. No answer can leak into it, since it is told none.`,
      ],
      show: ({ sun }) => ({
        kind: 'rollout',
        trace: sun,
        token: tokenSaying(sun, 'description', sun.input.answer),
        parts: ['head', 'context'],
        lit: 'context',
      }),
      notes: ['It does not even know what the question is about: it has to describe everything.'],
    },
    {
      id: 'swap',
      heading: 'Which of them looks?',
      ask: ({ sun }) => {
        const looks = looksOf(sun, 'vigos');
        const moves = (name: 'perception' | 'reasoning') =>
          goesBy(
            name === 'perception'
              ? (meanOf(looks, name)?.otherPicture.itself ?? null)
              : (lookAt(looks, markedIn(sun))?.otherPicture.itself ?? null),
          ) === 'yes';
        const [sees, knows] = [moves('perception'), moves('reasoning')];
        return {
          question: say`Both teachers are shown another scene’s picture. Who says something else then: the ${teacher('perception')} on the description, the ${teacher('reasoning')} at ${quote(sun.tokens[markedIn(sun)].text)}?`,
          options: WHO,
          right: sees && knows ? 2 : sees ? 0 : knows ? 1 : 3,
          before: {
            kind: 'rollout',
            trace: sun,
            token: markedIn(sun),
            parts: ['picture', 'otherPicture', 'strip'],
            lit: 'otherPicture',
          },
        };
      },
      say: ({ sun }) => {
        const looks = looksOf(sun, 'vigos');
        const seen = meanOf(looks, 'perception');
        const known = lookAt(looks, markedIn(sun));
        return [
          say`The ${teacher('perception')} moves by ${nats(seen?.otherPicture.itself ?? Number.NaN)} a token: its distance from the student goes from ${nats(seen?.student ?? Number.NaN)} to ${nats(seen?.otherPicture.student ?? Number.NaN)}.`,
          say`The ${teacher('reasoning')} moves at ${quote(sun.tokens[markedIn(sun)].text)} by ${nats(known?.otherPicture.itself ?? Number.NaN)}, and stays ${nats(known?.otherPicture.student ?? Number.NaN)} from the student: it goes by the answer that it was told.`,
        ];
      },
      show: ({ sun }) => ({
        kind: 'rollout',
        trace: sun,
        token: markedIn(sun),
        parts: ['looks', 'strip'],
        lit: 'looks',
        looks: looksOf(sun, 'vigos'),
        whole: false,
      }),
      notes: [
        'This is the demonstration of the first screen. Only a teacher who looks at the picture can teach to look.',
      ],
    },
    {
      id: 'reason',
      heading: 'Then reason about what was seen',
      say: ({ sun }) => [
        say`The reasoning goes to the ${teacher('reasoning')}, who knows the answer ${quote(sun.input.answer)} and, in the ${term('paperReading', 'paper’s reading')}, has the student’s own description in view.`,
        say`So each teacher corrects what it can judge: one what is seen, the other what is made of it.`,
      ],
      show: ({ sun }) => ({
        kind: 'rollout',
        trace: sun,
        token: markedIn(sun),
        parts: ['context'],
        lit: 'context',
      }),
      tries: () => ({
        text: 'Swap what the teachers see, on this and on other pictures',
        query: 'see=swapped',
      }),
      notes: [
        'The released code differs: there the reasoning teacher is shown only the tokens after <think>.',
      ],
    },
  ],
});
