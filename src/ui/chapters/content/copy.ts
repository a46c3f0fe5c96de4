import { chapter } from '../chapter.ts';
import { nats, percent, quote, say, term } from '../sentence.ts';
import { klInNumbers, markedIn, options, ranked } from './reading.ts';

export const copy = chapter({
  id: 'copy',
  title: 'Why a copy of yourself can teach you',
  lead: 'A model that is told one thing more becomes a teacher of the same model.',
  needs: ['sun'],
  steps: [
    {
      id: 'rollout',
      heading: 'The student answers',
      say: ({ sun }) => [
        say`A small vision-language model, the ${term('student', 'student')}, is shown the picture and asked: ${quote(sun.input.question)}`,
        say`It writes a ${term('rollout', 'rollout')}: what it sees, what it thinks, and an answer in a box. It answers ${quote(sun.answer ?? 'nothing')}; the picture’s answer is ${quote(sun.input.answer)}.`,
      ],
      show: ({ sun }) => ({
        kind: 'rollout',
        trace: sun,
        token: markedIn(sun),
        parts: ['picture', 'strip', 'verdict'],
        lit: 'strip',
      }),
      notes: [
        'Ask the room to read the description aloud, then the answer. The model has seen the right colour and does not use it.',
        'The world is drawn and the model is tiny on purpose: every number on these screens is computed by a model that fits into a browser tab.',
      ],
    },
    {
      id: 'reader',
      heading: 'The same model reads it again, knowing more',
      ask: ({ sun }) => {
        const token = sun.tokens[markedIn(sun)];
        const [first, , third] = token.teacherTop ?? [];
        const words = options([
          token.text,
          first?.text ?? sun.input.answer,
          sun.input.answer,
          token.studentTop.find(({ text }) => text !== token.text && text !== first?.text)?.text ??
            third?.text ??
            '',
        ]);
        return {
          question: say`The same weights read the student’s text once more. This reader was also told the answer ${quote(sun.input.answer)}. Where the student wrote ${quote(token.text)}, which word does the reader find most probable?`,
          options: words,
          right: words.indexOf((first?.text ?? '').trim()),
          before: {
            kind: 'rollout',
            trace: sun,
            token: markedIn(sun),
            parts: ['picture', 'plain'],
            lit: 'plain',
          },
        };
      },
      say: ({ sun }) => {
        const token = sun.tokens[markedIn(sun)];
        const first = token.teacherTop?.[0];
        const wrote = token.studentTop.find(({ id }) => id === token.id);
        return [
          say`This reader is a ${term('teacher', 'teacher')}: it writes nothing and says how probable it finds each token that the student wrote.`,
          say`It finds ${quote(first?.text ?? '')} most probable, at ${percent(first?.p ?? 0)}; the student gave that word ${percent(first?.otherP ?? 0)} and wrote ${quote(token.text)}, at ${percent(wrote?.p ?? Math.exp(token.studentLogProb))}.`,
        ];
      },
      show: ({ sun }) => ({
        kind: 'rollout',
        trace: sun,
        token: markedIn(sun),
        parts: ['head', 'lists'],
        lit: 'lists',
      }),
      notes: [
        'Wait for a show of hands before you go on: the prediction is the point of this step.',
      ],
    },
    {
      id: 'context',
      heading: 'What differs is what it reads',
      say: ({ sun }) => [
        say`Student and teacher have the same weights. What differs is the ${term('context', 'context')}: the teacher’s holds the reference answer ${quote(sun.input.answer)}.`,
        say`It is held to the student’s own tokens, one after the other, so that it says something about each of them.`,
      ],
      show: ({ sun }) => ({
        kind: 'rollout',
        trace: sun,
        token: markedIn(sun),
        parts: ['context'],
        lit: 'context',
      }),
      notes: [
        'Switch between the teacher’s and the student’s context here. Find the one line that differs.',
      ],
    },
    {
      id: 'gap',
      heading: 'The difference is the lesson',
      say: ({ sun }) => {
        const [first, second] = ranked(sun);
        return [
          say`How far the two are apart at a token is their ${term('divergence', 'divergence')}. At ${quote(first.token.text)} it is ${nats(first.value)}; the next largest, at ${quote(second.token.text)}, is ${nats(second.value)}.`,
          say`So the copy disagrees where the thing that it was told matters, and hardly anywhere else. Training moves the student toward it there: no stronger model, and nobody who marks each word.`,
        ];
      },
      show: ({ sun }) => ({
        kind: 'rollout',
        trace: sun,
        token: markedIn(sun),
        parts: ['chart', 'ranking'],
        lit: 'chart',
      }),
      computed: ({ sun }) => ({
        formula: 'forwardKl',
        numbers: klInNumbers(sun.tokens[markedIn(sun)]),
        kernel: 'sums',
      }),
      tries: ({ sun }) => ({
        text: 'Click other tokens of this rollout in the Lab, and see what their teachers say',
        query: `token=${markedIn(sun)}`,
      }),
      notes: [
        'The scale is logarithmic: a decade is a factor of ten.',
        'This is on-policy self-distillation: the student’s own text, a frozen copy of itself as the teacher.',
      ],
    },
  ],
});
