import { labelOf } from '../../../contract/experiment/experiment-words.ts';
import { experimentQuery } from '../../../contract/train/train-query.ts';
import { chapter, type Show } from '../chapter.ts';
import { count, say, term } from '../sentence.ts';
import type { AllFacts } from '../state/facts.ts';
import { cellOf, figureOf, perCent, recipeTable, share, USUAL } from './results.ts';

type Facts = Pick<AllFacts, 'report'>;

const SHOWN = ['sft', 'opsd-entry', 'opsd', 'vigos-token', 'vigos'] as const;

/** What the options of the prediction reach to, in shares. */
const REACHES = [0.55, 0.85] as const;

/** Means over seeds of a validation curve, by step. */
function curveOf({ report }: Facts, recipe: string, id: string) {
  const points = cellOf(report, recipe)?.curves[id] ?? [];
  return points.map(({ step, values }) => {
    const known = values.filter((value) => value !== null);
    return { step, value: known.reduce((sum, value) => sum + value, 0) / known.length };
  });
}

function curves(facts: Facts): Show {
  const steps = curveOf(facts, 'vigos', 'score.F').map(({ step }) => step);
  return {
    kind: 'table',
    from: 'results',
    caption: 'Score on validation pictures over the run, %, means over seeds',
    head: ['Recipe', ...steps.map((step) => `step ${step}`)],
    rows: SHOWN.map((recipe) => [
      labelOf(facts.report.experiment.recipes, recipe),
      ...curveOf(facts, recipe, 'score.F').map(({ value }) => share(value).figure),
    ]),
    lit: [SHOWN.indexOf('vigos')],
  };
}

export const train = chapter({
  id: 'train',
  title: 'Train it yourself',
  lead: 'A run in this tab: the student writes, the teachers say what they think of it, the weights move.',
  needs: ['report'],
  steps: [
    {
      id: 'step',
      heading: 'What a step is',
      say: ({ report }) => {
        const settings = cellOf(report, 'vigos')?.training;
        return [
          say`The student writes ${count(settings?.rolloutsPerStep ?? 0)} rollouts. Each token’s teacher says how probable it finds it; the mean divergence of each teacher’s tokens, weighed by ${term('lambda', 'λ')}, is the loss. Its gradient moves a small adapter beside the frozen weights. That is one of ${count(settings?.steps ?? 0)} steps.`,
          say`The teachers stay as they were: the base model, without the adapter.`,
        ];
      },
      show: ({ report }) => {
        const settings = cellOf(report, 'vigos')?.training;
        const { trainable } = settings ?? {};
        return {
          kind: 'table',
          from: 'results',
          caption: 'A run of the experiment: ViGOS without clip',
          head: ['Setting', 'Value'],
          rows: [
            ['Steps', String(settings?.steps)],
            ['Rollouts a step', String(settings?.rolloutsPerStep)],
            ['Learning rate', String(settings?.optimizer.learningRate)],
            ['Rank of the adapter', trainable?.kind === 'lora' ? String(trainable.rank) : '–'],
            ['Pictures with the usual look', `${100 * (settings?.data.usualShare ?? 0)} %`],
          ],
        };
      },
      notes: ['The paper takes about fifteen hundred steps of thirty-two; see the last chapter.'],
    },
    {
      id: 'score',
      heading: 'How far does it come?',
      ask: (facts) => {
        const curve = curveOf(facts, 'vigos', 'score.F');
        const end = curve.at(-1)?.value ?? Number.NaN;
        return {
          question: say`Score is the share of right answers on pictures that contradict the prior. Before the run it is ${perCent(curve[0]?.value ?? Number.NaN)}. After ${count(curve.at(-1)?.step ?? 0)} steps of ViGOS without clip?`,
          options: ['About the same', 'About two in three', 'Nearly all'],
          right: end < REACHES[0] ? 0 : end < REACHES[1] ? 1 : 2,
          before: recipeTable(
            facts.report,
            ['plain', 'base'],
            ['score.F', 'prior.F'],
            'The untrained model on test pictures',
          ),
        };
      },
      say: (facts) => {
        const end = (recipe: string) =>
          curveOf(facts, recipe, 'score.F').at(-1)?.value ?? Number.NaN;
        return [
          say`It ends at ${perCent(end('vigos'))}. A copy of right reference texts (SFT) ends at ${perCent(end('sft'))}, OPSD with its clip of words at ${perCent(end('opsd-entry'))}.`,
          say`So where references are right and pictures contradict the prior, copying them comes as far in this world. The next chapter asks where it does not.`,
        ];
      },
      show: curves,
      notes: [
        'Validation pictures, few a point: the test figures of the next step have intervals.',
      ],
    },
    {
      id: 'cost',
      heading: 'And what it costs',
      say: ({ report }) => {
        const prior = (recipe: string) => figureOf(cellOf(report, recipe), 'prior.F');
        return [
          say`A model that learns to look may forget what is usual. On pictures that agree with the prior the untrained model is right in ${perCent(prior('base'))}, after ViGOS without clip in ${perCent(prior('vigos'))}, with its clip in ${perCent(prior('vigos-token'))}.`,
          say`Look at both whenever you train: Score alone can be bought with Prior.`,
        ];
      },
      show: ({ report }) =>
        recipeTable(
          report,
          ['base', ...SHOWN],
          ['score.F', 'prior.F', 'truth.right'],
          'Leaky teachers, references right, test pictures',
          [5],
        ),
      tries: ({ report }) => {
        const settings = cellOf(report, 'vigos')?.training;
        const model = report.experiment.models.find(({ id }) => id === USUAL.model)?.model ?? '';
        const query =
          settings == null
            ? ''
            : experimentQuery({ settings, preset: report.experiment.training.preset });
        return {
          text: 'Repeat this very run in your tab',
          query: `page=train&model=${encodeURIComponent(model)}${query === '' ? '' : `&${query}`}`,
          anew: true,
        };
      },
      notes: ['A step takes about a second on two cores; start it before you speak on.'],
    },
  ],
});
