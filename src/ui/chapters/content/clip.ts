import { boundOf } from '../../rollout/view.ts';
import { formatPlain } from '../../shared/format.ts';
import { chapter } from '../chapter.ts';
import { figure, nats, quote, say, term } from '../sentence.ts';
import { measuredNow } from '../state/pairs.ts';
import { knobsOf, UNTURNED } from '../state/turned.ts';
import { measuredIn, turnedShow } from './divergence.ts';
import { markedIn, usedAt } from './reading.ts';
import { cellOf, figureOf, perCent, recipeTable } from './results.ts';

/** The paper's. */
const CLIPPED = { ...UNTURNED, clip: 0.05 };

export const clip = chapter({
  id: 'clip',
  title: 'The clip that silences gradients, and what it costs',
  lead: 'A bound on each token’s loss keeps one token from drowning the rest, and takes the lesson from the tokens that need it most.',
  needs: ['sun', 'sunOpsd', 'pairs', 'report'],
  steps: [
    {
      id: 'bound',
      heading: 'A bound on every token',
      say: ({ sun }) => {
        const at = markedIn(sun);
        const token = sun.tokens[at];
        return [
          say`At ${quote(token.text)} student and teacher are ${nats(usedAt(sun, at))} apart. ViGOS ${term('clip', 'clips')} each token’s loss at ${figure(String(boundOf(sun, at)?.cap ?? 'none'))} nats, so that it counts with ${nats(token.loss ?? 0)}.`,
          say`The hatched letter in the strip marks such tokens.`,
        ];
      },
      show: ({ sun }) => ({
        kind: 'rollout',
        trace: sun,
        token: markedIn(sun),
        parts: ['chart', 'figures', 'strip'],
        lit: 'chart',
      }),
      computed: ({ sun }) => ({
        formula: 'clip',
        numbers: `min(${usedAt(sun, markedIn(sun)).toFixed(3)}, ${boundOf(sun, markedIn(sun))?.cap}) = ${sun.tokens[markedIn(sun)].loss} nats`,
        kernel: 'sums',
      }),
      notes: ['The dashed line is the clip. One bar stands above it.'],
    },
    {
      id: 'gradient',
      heading: 'What the clipped token teaches',
      ask: ({ sun, pairs }) => ({
        question: say`Of all tokens this one disagrees most, and the clip bounds its loss. How large is the gradient that it sends to the student?`,
        options: ['The largest of all tokens', 'As large as the clip', 'None at all'],
        right: measuredNow(sun, pairs, CLIPPED).gradient === 0 ? 2 : 0,
        before: {
          kind: 'rollout',
          trace: sun,
          token: markedIn(sun),
          parts: ['chart'],
          lit: 'chart',
        },
      }),
      say: ({ sun, pairs }) => {
        const { gradient, unclipped } = measuredNow(sun, pairs, CLIPPED);
        return [
          say`The length of its gradient is ${figure(formatPlain(gradient))}; without the clip it would be ${figure(formatPlain(unclipped))}. Above the bound the loss is a constant, and a constant has no slope.`,
          say`So the clip does not make this token’s lesson small: it silences it.`,
        ];
      },
      show: ({ sun, pairs }) => ({
        kind: 'divergence',
        trace: sun,
        pairs,
        knobs: [],
        held: CLIPPED,
        parts: ['gradient', 'figures'],
      }),
      computed: ({ sun, pairs }) => {
        const { row, gradient } = measuredNow(sun, pairs, CLIPPED);
        return {
          formula: 'clip',
          numbers: `min(${row.forwardKl.toFixed(3)}, 0.05) = ${row.loss.toFixed(2)} nats, length of the gradient ${formatPlain(gradient)}`,
          kernel: 'gradient',
        };
      },
      notes: [
        'The gradient is computed here, by the function that training’s kernels are held to.',
      ],
    },
    {
      id: 'turn',
      heading: 'Turn the clip',
      say: (facts, turned) => {
        const knobs = ['pair', 'clip'] as const;
        const { row, gradient, unclipped } = measuredIn(facts, turned, knobs);
        const bound = knobsOf(turned).clip;
        return [
          bound.kind === 'none'
            ? say`Without a clip the loss is ${nats(row.loss)} and its gradient has the length ${figure(formatPlain(gradient))}. Turn the clip down until it binds.`
            : say`With a clip of ${figure(String(turned.clip))} nats the loss is ${nats(row.loss)} and its gradient has the length ${figure(formatPlain(gradient))}, of ${figure(formatPlain(unclipped))} without one.`,
          say`There is nothing between: a token has its whole gradient, or none.`,
        ];
      },
      show: (facts) => turnedShow(facts, ['pair', 'clip'], ['gradient', 'figures']),
      notes: ['Ask at which value of the clip the gradient comes back.'],
    },
    {
      id: 'entries',
      heading: 'OPSD clips words instead of tokens',
      say: ({ sunOpsd }) => {
        const at = markedIn(sunOpsd);
        return [
          say`OPSD bounds every entry of the vocabulary before the sum. At ${quote(sunOpsd.tokens[at].text)} its loss is then ${nats(sunOpsd.tokens[at].loss ?? 0)} of ${nats(usedAt(sunOpsd, at))}.`,
          say`Only the terms above the bound are cut: the word that the teacher wants most loses its push, while words with small or negative terms keep theirs. A loss made so can fall below zero, and push the wrong way.`,
        ];
      },
      show: ({ sunOpsd }) => ({
        kind: 'rollout',
        trace: sunOpsd,
        token: markedIn(sunOpsd),
        parts: ['figures', 'lists'],
        lit: 'figures',
      }),
      notes: ['In the lists the signed figures say what each word adds to the divergence.'],
    },
    {
      id: 'cost',
      heading: 'What it costs',
      say: ({ report }) => {
        const score = (recipe: string) => figureOf(cellOf(report, recipe), 'score.F');
        const better = score('vigos') > score('vigos-token');
        return [
          say`In our experiment, with references that are right, ViGOS comes to a Score of ${perCent(score('vigos-token'))} with its clip and ${perCent(score('vigos'))} without. OPSD comes to ${perCent(score('opsd-entry'))} with its clip of words, ${perCent(score('opsd-token'))} with ViGOS’s clip, ${perCent(score('opsd'))} with none.`,
          better
            ? say`So in a model of this size the published clips cost more than they give, and most of the published distance between the two methods is the clip. In the paper the clips belong to the methods; whether they are needed in larger models is not measured here.`
            : say`Here the clip costs ViGOS nothing.`,
        ];
      },
      show: ({ report }) =>
        recipeTable(
          report,
          ['base', 'opsd-entry', 'opsd-token', 'opsd', 'vigos-token', 'vigos'],
          ['score.F', 'prior.F'],
          'Leaky teachers, references right',
          [1, 4],
        ),
      tries: () => ({
        text: 'Switch the clip off in the Lab, and see which tokens get their gradient back',
        query: 'method.clip.kind=none&view=all',
      }),
      notes: [
        'This contradicts nothing in the paper’s tables; it says where their distance comes from here.',
      ],
    },
  ],
});
