import type { MapCell } from '../../../contract/experiment/experiment-report.ts';
import {
  differenceText,
  labelOf,
  type MapPlace,
  mapPlaces,
  overallText,
  placeLabel,
} from '../../../contract/experiment/experiment-words.ts';
import { chapter, type Show } from '../chapter.ts';
import { count, figure, say } from '../sentence.ts';
import type { AllFacts } from '../state/facts.ts';
import { claimOf } from './results.ts';

type Facts = Pick<AllFacts, 'report'>;

/** Pairs of the map, by their order in the experiment's file. */
const PUBLISHED = 0;
const UNCLIPPED = 2;

const gained = (cell: MapCell | null): number =>
  cell?.difference?.value ?? Number.NEGATIVE_INFINITY;

/** The map's places, the largest gain first. */
const placesBy = ({ report }: Facts, pair: number) =>
  [...mapPlaces(report)].sort((a, b) => gained(b.pairs[pair]) - gained(a.pairs[pair]));

/** A difference as the map has it. */
const told = (cell: MapCell | null) => figure(differenceText(cell?.difference ?? null));

/** A condition by its name, which stands in the map. */
const place = ({ report }: Facts, one: MapPlace) => figure(placeLabel(report, one));

const conditions = ({ report }: Facts): Show => ({
  kind: 'table',
  from: 'results',
  caption: 'The conditions of the experiment',
  head: ['Condition', 'What it is'],
  rows: [...report.experiment.conditions, ...report.experiment.models].map(
    ({ label, sentence }) => [label, sentence],
  ),
});

/** Claims of the paper that decide what seeing first is worth. */
const ASKED = [
  'vigos-over-opsd',
  'vigos-over-opsd-equal',
  'sees-better',
  'needs-perception',
  'needs-reasoning',
  'needs-reference',
  'leak-reasoning',
] as const;

export const map = chapter({
  id: 'map',
  title: 'When seeing first helps, and when it does not',
  lead: 'Every claim of the paper, asked of small models under four conditions.',
  needs: ['report'],
  steps: [
    {
      id: 'conditions',
      heading: 'Ask under more than one condition',
      say: ({ report }) => [
        say`The experiment trains each recipe under every condition, with several seeds and the same number of tries for its learning rate, and tests it on pictures that nothing was chosen on.`,
        say`It has ${count(report.experiment.conditions.length)} conditions of the references and pictures, and ${count(report.experiment.models.length)} models whose teachers differ.`,
      ],
      show: (facts) => {
        const { conditions: own, models } = facts.report.experiment;
        const shown = conditions(facts);
        return shown.kind === 'table'
          ? { ...shown, caption: `${own.length} conditions, ${models.length} models` }
          : shown;
      },
      notes: ['One command makes all of it again; the Experiments page opens its folder.'],
    },
    {
      id: 'where',
      heading: 'Where does it help most?',
      ask: (facts) => {
        const places = mapPlaces(facts.report);
        const [best] = placesBy(facts, UNCLIPPED);
        return {
          question: say`Neither method clipped, ViGOS against OPSD: under which condition does decoupling gain the most Score?`,
          options: places.map((place) => placeLabel(facts.report, place)),
          right: places.findIndex(
            ({ model, condition }) => model === best.model && condition === best.condition,
          ),
          before: conditions(facts),
        };
      },
      say: (facts) => {
        const by = placesBy(facts, UNCLIPPED);
        const [best, last] = [by[0], by[by.length - 1]];
        return [
          say`${place(facts, best)}: ${told(best.pairs[UNCLIPPED])}. Least under ${place(facts, last)}: ${told(last.pairs[UNCLIPPED])}.`,
          say`Where right references already say what the picture shows, copying them does the same. Seeing first adds where nothing in training contradicts the prior, or where references mislead.`,
        ];
      },
      show: ({ report }) => ({ kind: 'map', report }),
      notes: ['An interval that holds nought tells nothing: say so aloud.'],
    },
    {
      id: 'published',
      heading: 'Most of the published distance is the clip',
      say: (facts) => {
        const [best] = placesBy(facts, PUBLISHED);
        return [
          say`As published, each method with its own clip, the distance is far larger: ${told(best.pairs[PUBLISHED])} under ${place(facts, best)}. With neither clipped it is ${told(best.pairs[UNCLIPPED])} there.`,
          say`So of this distance most is OPSD’s clip of vocabulary entries, and not who teaches. The paper does not take the two apart.`,
        ];
      },
      show: ({ report }) => ({ kind: 'map', report }),
      notes: ['See the chapter on the clip for what it does to one token.'],
    },
    {
      id: 'claims',
      heading: 'Claim by claim',
      say: ({ report }) => {
        const perception = claimOf(report, 'needs-perception').found[0];
        const reasoning = claimOf(report, 'needs-reasoning').found[0];
        return [
          say`Without the reasoning teacher Score changes: ${figure(differenceText(reasoning?.difference ?? null))} for having it. Without the perception teacher descriptions get worse, but for Score having it makes ${figure(differenceText(perception?.difference ?? null))}: against the paper, seeing better does not become answering better here.`,
          say`These are findings about models of two million parameters in a drawn world, and reasons to look again in larger ones.`,
        ];
      },
      show: ({ report }) => ({
        kind: 'table',
        from: 'results',
        caption: 'Claims of the paper, asked here',
        head: ['Claim', 'Difference', 'Here'],
        rows: ASKED.map((id) => {
          const claim = claimOf(report, id);
          return [
            labelOf(report.experiment.claims, id),
            differenceText(claim.found[0]?.difference ?? null),
            overallText(claim),
          ];
        }),
        note: 'The difference is that of the first place; all places stand on the Experiments page.',
      }),
      tries: () => ({
        text: 'See every claim with its seeds and intervals',
        query: 'page=experiments',
      }),
      notes: ['“Cannot be told” is an answer too.'],
    },
  ],
});
