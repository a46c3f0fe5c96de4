import { PAPER_STAGES } from '../../../method/curriculum.ts';
import { FORMAT_SHARE, groupAdvantages, stagedReward } from '../../../method/rewards.ts';
import { formatPlain } from '../../shared/format.ts';
import { chapter } from '../chapter.ts';
import { count, figure, say } from '../sentence.ts';
import { UNTURNED } from '../state/turned.ts';

const NAMES = {
  perception: 'Perception',
  'textual-reasoning': 'Textual reasoning',
  'visual-reasoning': 'Visual reasoning',
} as const;

const total = PAPER_STAGES.reduce((sum, { steps }) => sum + steps, 0);

export const staged = chapter({
  id: 'staged',
  title: 'From seeing to thinking',
  lead: 'Another way to let seeing come first: not by token, but by stage of training.',
  needs: [],
  steps: [
    {
      id: 'stages',
      heading: 'Stages instead of teachers',
      say: () => [
        say`“From Seeing to Thinking” has no teachers. It trains on rewards, in stages: first questions that are missed from the picture and solved from a caption, ${count(PAPER_STAGES[0].steps)} steps of them; then reasoning in text, ${count(PAPER_STAGES[1].steps)}; then reasoning about pictures, ${count(PAPER_STAGES[2].steps)}.`,
        say`It is held against one run that mixes all of these from the start, for the same ${count(total)} steps.`,
      ],
      show: () => ({
        kind: 'table',
        from: 'paper',
        caption: 'The stages of the paper',
        head: ['Stage', 'Steps'],
        note: 'From Seeing to Thinking, arXiv 2605.20177.',
        rows: [
          ...PAPER_STAGES.map(({ name, steps }) => [NAMES[name], String(steps)]),
          ['Together', String(total)],
        ],
      }),
      notes: ['The question is the same as that of ViGOS: does seeing have to come first?'],
    },
    {
      id: 'group',
      heading: 'Learning from rewards alone',
      say: (_, { group }) => {
        const rewards = group.map((answer) => stagedReward(answer));
        const advantages = groupAdvantages(rewards);
        return [
          say`Each question is answered five times. A right answer in the right form earns ${figure(formatPlain(stagedReward({ correct: true, format: true })))}, the form alone ${figure(formatPlain(FORMAT_SHARE))}. What counts is how an answer stands to its group: the first has the advantage ${figure(formatPlain(advantages[0]))}.`,
          say`Make answers right or wrong, and see what becomes of the others.`,
        ];
      },
      show: () => ({ kind: 'group' }),
      notes: ['Advantage: reward minus the group’s mean, over its standard deviation.'],
    },
    {
      id: 'equal',
      heading: 'When all are right',
      ask: () => {
        const advantages = groupAdvantages(
          UNTURNED.group.map(() => stagedReward({ correct: true, format: true })),
        );
        return {
          question: say`All five answers are right and in the form. What does this question teach?`,
          options: ['To go on like this', 'Nothing at all', 'Only the form'],
          right: advantages.every((value) => value === 0) ? 1 : 0,
          before: { kind: 'group' },
        };
      },
      say: (_, { group }) => {
        const advantages = groupAdvantages(
          group.map(() => stagedReward({ correct: true, format: true })),
        );
        return [
          say`Every advantage is ${figure(formatPlain(advantages[0]))}: equal rewards tell none of the answers from another. A question that is always missed teaches nothing either.`,
          say`So the order of questions matters: too easy and too hard ones are wasted. A teacher’s divergence has no such gap; it says something about every token, also of a right answer.`,
        ];
      },
      show: () => ({ kind: 'group', allRight: true }),
      notes: ['During a run the Train page says how many groups teach nothing.'],
    },
    {
      id: 'try',
      heading: 'What is known here',
      say: () => [
        say`Published, of a larger model: stages and an order by difficulty each gain over the mixed run, both together most, and the order turned around hurts.`,
        say`Here stages are a setting of a run: the Train page takes the staged run, the same questions merged, reversed, or each stage alone. What was measured of learning from rewards stands in the README; this page shows no figure of it.`,
      ],
      show: () => ({
        kind: 'table',
        from: 'method',
        caption: 'What each way learns from',
        head: ['Way', 'Who speaks', 'About what', 'What it needs'],
        rows: [
          ['SFT', 'a text', 'each token of the text', 'reference texts'],
          ['OPSD', 'one teacher', 'each token of the rollout', 'reference answers'],
          ['ViGOS', 'three teachers', 'each token of the rollout', 'reference answers, a form'],
          ['GRPO, in stages', 'a reward', 'the whole rollout', 'answers that can be graded'],
        ],
      }),
      tries: () => ({
        text: 'Train on rewards in your tab, and cut the run into stages',
        query: 'page=train&recipe=grpo&model=tiny-qwen2.5-vl-leaky',
        anew: true,
      }),
      notes: ['Say plainly whose figures are whose: the gains of the stages are the paper’s.'],
    },
  ],
});
