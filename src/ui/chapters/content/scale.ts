import { PUBLISHED_VILP } from '../../../contract/experiment/published-vigos.ts';
import { trainSettings } from '../../../contract/train/train-settings.ts';
import { formatBytes, formatPercent } from '../../shared/format.ts';
import { chapter, type Show } from '../chapter.ts';
import { count, figure, say } from '../sentence.ts';
import { cellOf } from './results.ts';

/** Entries of the vocabulary of Qwen2.5-VL’s heads. */
const LARGE_VOCABULARY = 151_936;
const FLOAT_BYTES = 4;
const TOKENS = 512;

const bytesOf = (vocabulary: number) => formatBytes(TOKENS * vocabulary * FLOAT_BYTES);
const grouped = (n: number) => n.toLocaleString('en');

const scoreOf = (who: string): number =>
  PUBLISHED_VILP.find((one) => one.who === who)?.values['score.F'] ?? Number.NaN;

const PAPER = trainSettings('vigos', 'paper');
const rankOf = ({ trainable }: typeof PAPER) =>
  trainable.kind === 'lora' ? String(trainable.rank) : '–';

const published: Show = {
  kind: 'table',
  from: 'paper',
  caption: 'Published: Score and Prior with the fact sentence, one response a picture',
  head: ['Model', 'Score', 'Prior'],
  rows: PUBLISHED_VILP.map(({ who, values }) => [
    who,
    formatPercent(values['score.F']),
    formatPercent(values['prior.F']),
  ]),
};

export const scale = chapter({
  id: 'scale',
  title: 'From here to a 7B model',
  lead: 'What carries over from a model that fits into a tab, and what does not.',
  needs: ['sun', 'report'],
  steps: [
    {
      id: 'larger',
      heading: 'Does a larger model look more?',
      ask: () => ({
        question: say`The paper asks two models about pictures that contradict the prior. Which untrained one is right more often, the smaller or the larger?`,
        options: ['The larger', 'The smaller', 'Both alike'],
        right:
          scoreOf('Base, 7B') > scoreOf('Base, 3B')
            ? 0
            : scoreOf('Base, 7B') < scoreOf('Base, 3B')
              ? 1
              : 2,
        before: {
          kind: 'table',
          from: 'paper',
          caption: 'Published: with the prior',
          head: ['Model', 'Prior'],
          rows: PUBLISHED_VILP.filter(({ who }) => who.startsWith('Base')).map(
            ({ who, values }) => [who, formatPercent(values['prior.F'])],
          ),
        },
      }),
      say: () => [
        say`Its Score is ${figure(formatPercent(scoreOf('Base, 7B')))}, the smaller one’s ${figure(formatPercent(scoreOf('Base, 3B')))}. Size alone does not make a model look.`,
        say`ViGOS brings the larger one to ${figure(formatPercent(scoreOf('ViGOS, 7B')))} and the smaller one to ${figure(formatPercent(scoreOf('ViGOS, 3B')))}, by the paper’s own measure.`,
      ],
      show: () => published,
      notes: ['These are the paper’s numbers, not ours: one response, exact match.'],
    },
    {
      id: 'logits',
      heading: 'The same arithmetic, on more words',
      say: ({ sun }) => [
        say`A divergence reads every word’s logit of both sides. The model here knows ${figure(grouped(sun.model.vocabSize))} words, Qwen’s ${figure(grouped(LARGE_VOCABULARY))}: the logits of one side of ${count(TOKENS)} tokens take ${figure(bytesOf(sun.model.vocabSize))} here and ${figure(bytesOf(LARGE_VOCABULARY))} there.`,
        say`So the kernels read each logit once and keep a few numbers a token, and scoring cuts long rollouts into pieces. The code that you saw in these chapters is the code that runs on a large model too.`,
      ],
      show: ({ sun }) => ({
        kind: 'table',
        from: 'method',
        caption: `Logits of one side of ${TOKENS} tokens, float32`,
        head: ['Model', 'Words', 'Bytes'],
        rows: [
          [sun.model.name, grouped(sun.model.vocabSize), bytesOf(sun.model.vocabSize)],
          ['Qwen2.5-VL', grouped(LARGE_VOCABULARY), bytesOf(LARGE_VOCABULARY)],
        ],
      }),
      notes: ['The Bench page measures the kernels on the machine in front of you.'],
    },
    {
      id: 'settings',
      heading: 'What does not carry over',
      say: ({ report }) => {
        const own = cellOf(report, 'vigos')?.training;
        return [
          say`The paper’s learning rate, ${figure(String(PAPER.optimizer.learningRate))}, hardly moves a model of this size; here it is ${figure(String(own?.optimizer.learningRate))}. And which clip is right depends on how far teachers and students are apart, which is another matter in a large model.`,
          say`What is shown here of teachers and priors is a property of this small world until it is shown on a larger model. Take it as questions to ask there.`,
        ];
      },
      show: ({ report }) => {
        const own = cellOf(report, 'vigos')?.training;
        return {
          kind: 'table',
          from: 'results',
          caption: 'A run of the experiment beside the paper’s',
          head: ['Setting', 'Here', 'Paper'],
          rows:
            own == null
              ? []
              : [
                  [
                    'Learning rate',
                    String(own.optimizer.learningRate),
                    String(PAPER.optimizer.learningRate),
                  ],
                  ['Steps', String(own.steps), String(PAPER.steps)],
                  ['Rollouts a step', String(own.rolloutsPerStep), String(PAPER.rolloutsPerStep)],
                  ['Rank of the adapter', rankOf(own), rankOf(PAPER)],
                ],
        };
      },
      tries: () => ({
        text: 'Open a larger model on the Models page: it says first what it takes in memory',
        query: 'page=models',
      }),
      notes: [
        'A run’s settings go out to the released ViGOS trainer and to TRL: see “outward” in the README.',
      ],
    },
  ],
});
