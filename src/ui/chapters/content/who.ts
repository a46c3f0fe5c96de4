import { SUPERVISION_RULES } from '../../../method/rules.ts';
import { totalsOf } from '../../rollout/view.ts';
import { TEACHERS } from '../../shared/teachers.ts';
import { chapter } from '../chapter.ts';
import { count, quote, say, teacher, term } from '../sentence.ts';
import { markedIn } from './reading.ts';

const WHO = [
  'The perception and the reasoning teacher, as before',
  'Another teacher, all of them',
  'Nobody',
] as const;

export const who = chapter({
  id: 'who',
  title: 'Which teacher for which token',
  lead: 'A token’s place in the form decides who teaches it, and a broken form has a teacher of its own.',
  needs: ['sun', 'cut'],
  steps: [
    {
      id: 'lanes',
      heading: 'The place decides',
      say: ({ sun }) => {
        const rows = totalsOf(sun);
        const tokens = (name: (typeof rows)[number]['name']) =>
          count(rows.find((row) => row.name === name)?.tokens ?? 0);
        return [
          say`Of ${tokens('all')} ${term('token', 'tokens')} the ${tokens('description')} of the description go to the ${teacher('perception')}; ${tokens('reasoning')} of the reasoning and ${tokens('answer')} inside the box go to the ${teacher('reasoning')}.`,
          say`The other ${tokens('form')} hold the ${term('form', 'form')}: tags, the box, the end. In the ${term('paperReading', 'paper’s reading')} ${term('nobody', 'nobody')} teaches them.`,
        ];
      },
      show: ({ sun }) => ({
        kind: 'rollout',
        trace: sun,
        token: markedIn(sun),
        parts: ['strip', 'summary'],
        lit: 'summary',
      }),
      notes: ['Letters say the same as the colours: P, R, F, and a dash for nobody.'],
    },
    {
      id: 'nobody',
      heading: 'The tag between them',
      say: ({ sun }) => {
        const at = sun.tokens.findIndex((token) => token.teacher === null);
        return [
          say`${quote(sun.tokens[at].text)} opens the tag that ends the description. Here nobody teaches it.`,
          say`Paper and released code disagree: the ${term('codeReading', 'code')}, as it runs, gives the token that opens the tag to the ${teacher('perception')} where it holds text before the tag, and lets the ${teacher('reasoning')} teach the box. The Lab has both as a switch and says which is on.`,
        ];
      },
      show: ({ sun }) => ({
        kind: 'rollout',
        trace: sun,
        token: sun.tokens.findIndex((token) => token.teacher === null),
        parts: ['strip', 'head'],
        lit: 'head',
      }),
      notes: [
        'The sentence below the token is the rule that decided, the same that training uses.',
      ],
    },
    {
      id: 'cut',
      heading: 'When the form is broken',
      ask: ({ cut }) => ({
        question: say`This rollout was cut off before it came to a box. Who teaches its tokens?`,
        options: WHO,
        right: cut.tokens.every((token) => token.teacher === 'reference') ? 1 : 0,
        before: {
          kind: 'rollout',
          trace: cut,
          token: cut.tokens.length - 1,
          parts: ['picture', 'plain'],
          lit: 'plain',
        },
      }),
      say: ({ cut }) => [
        say`It is ${term('valid', 'invalid')}, so that all ${count(cut.tokens.length)} tokens go to the ${teacher('reference')}: it is told the answer ${quote(cut.input.answer)} and the whole form, and is there to bring the form back.`,
        say`Its divergence is the ${term('reverseKl', 'reverse KL')}, the others’ the ${term('forwardKl', 'forward KL')}. A wrong answer in the right form is valid: the form alone decides.`,
      ],
      show: ({ cut }) => ({
        kind: 'rollout',
        trace: cut,
        token: cut.tokens.length - 1,
        parts: ['strip', 'verdict', 'summary'],
        lit: 'verdict',
      }),
      notes: [
        'In our experiment every rollout of the trained models was valid, so this teacher had nothing to do there.',
      ],
    },
    {
      id: 'rules',
      heading: 'All rules',
      say: () => [
        say`These are all the rules, in the order in which they are asked: the first that applies to a token decides.`,
        say`Page, training and the commands ask the same function, so that what is shown is what the loss uses.`,
      ],
      show: () => ({
        kind: 'table',
        from: 'method',
        caption: 'Who teaches a token',
        head: ['Token', 'Teacher'],
        rows: Object.values(SUPERVISION_RULES).map((rule) => [
          rule.label,
          TEACHERS[rule.teacher ?? 'nobody'].label,
        ]),
      }),
      tries: () => ({
        text: 'Cut a rollout off yourself: set its most tokens in the Lab, and walk through the levels',
        query: 'index=14&max=26&level=assign',
      }),
      notes: [`A rule for padding comes first: tokens after the end only fill the batch.`],
    },
  ],
});
