/** The one table of terms: whatever the page names, this explains. */

import { SAMPLING_FIELDS } from '../../contract/settings/sampling-bounds.ts';
import { perTeacher } from '../../method/per-teacher.ts';
import { FORMULAS, type Formula } from './formulas.ts';

export interface GlossaryEntry {
  title: string;
  /** One or two sentences for a person who knows what a language model is. */
  text: string;
  /** Where it helps. */
  formula?: Formula;
  /** Where more stands. */
  links?: readonly { readonly label: string; readonly href: string }[];
}

export const PAPERS = {
  vigos: { label: 'The ViGOS paper, arXiv 2606.19120', href: 'https://arxiv.org/abs/2606.19120' },
  staged: {
    label: 'From Seeing to Thinking, arXiv 2605.20177',
    href: 'https://arxiv.org/abs/2605.20177',
  },
} as const;

const entries = {
  vigos: {
    title: 'ViGOS',
    links: [PAPERS.vigos],
    text: 'Vision-grounded on-policy self-distillation. The student writes a rollout; frozen copies of itself that see more, or only the image, re-score it token by token: one for what is seen, one for what is thought, one for rollouts that broke the form.',
  },
  opsd: {
    title: 'OPSD',
    text: 'On-policy self-distillation: a single teacher, the same model shown the reference answer, supervises every token.',
  },
  megapixels: {
    title: 'Megapixels kept',
    text: 'A picture of your own keeps its pixels up to this many millions; the model’s own image processor then sizes it as the official one does. A larger one is scaled down when it is read, and the model sees other pixels than the official processor would. It counts for the next picture.',
  },
  student: {
    title: 'Student',
    text: 'The model that writes the rollout: it sees the image and the question, never the reference answer.',
  },
  teacher: {
    title: 'Teacher',
    text: 'The same model, frozen, in another context. It writes nothing; it says how probable it finds each token that the student wrote (teacher forcing).',
  },
  ...perTeacher((_, { letter, title, text }) => ({ title: `${letter} · ${title}`, text })),
  nobody: {
    title: 'Nobody',
    text: 'No teacher supervises this token: it adds nothing to the loss.',
  },
  rollout: {
    title: 'Rollout',
    text: 'A completion that the student sampled itself. Training on its own rollouts is what makes the method on-policy.',
  },
  token: {
    title: 'Token',
    text: 'The piece of text that the model reads and writes at a time: a word, a part of one, a sign. White space is drawn as · and ↵.',
  },
  tokenId: {
    title: 'Token id',
    text: 'The token’s place in the model’s vocabulary. What is scored are ids: the text is never cut into tokens a second time.',
  },
  segment: {
    title: 'Segment',
    text: 'A part of the rollout: description, reasoning, answer, and the tokens that hold the form. The segment decides the teacher.',
  },
  form: {
    title: 'Form',
    text: 'The tokens of the tags and of the box, and whatever comes after the box.',
  },
  probability: {
    title: 'Probability',
    text: 'How probable each side found the token that was sampled, before any of the sampling filters.',
  },
  lambda: {
    title: 'Weight λ',
    text: 'How much a teacher’s loss counts. ViGOS: perception 1, reasoning 1, reference 2. The training loss L is the weighted sum of each teacher k’s mean over its n tokens t.',
    formula: FORMULAS.loss,
  },
  picture: {
    title: 'Scene',
    text: 'A picture of the tiny drawn world, made from its split and number alone. The model is shown 112 × 112 pixels of it.',
  },
  description: {
    title: 'Description',
    text: 'What the student says it sees, between <description> and </description>. The opening tag is given, not sampled.',
  },
  thinking: { title: 'Reasoning', text: 'What the student thinks, between <think> and </think>.' },
  boxed: {
    title: 'Answer',
    text: 'What stands inside the braces of the first \\boxed{…} after </think>.',
  },
  valid: {
    title: 'Valid rollout',
    text: 'The form is right: description, reasoning, box, in this order and none empty. A wrong answer in the right form is valid.',
  },
  strict: {
    title: 'Strict validity',
    text: 'The paper’s rule: no segment empty, no text between the segments or after the box.',
  },
  lenient: {
    title: 'Lenient validity',
    text: 'The released code’s rule: text between the segments is allowed, and so is an empty box. The description needs one whole token of its own.',
  },
  validity: {
    title: 'Validity rule',
    text: 'Which rollouts count as well formed. Strict is the paper’s rule, lenient the released code’s.',
  },
  paperReading: {
    title: 'Paper reading',
    text: 'Closing tags and the box have no teacher, and the reasoning teacher reads the student’s description before the reasoning. An escaped brace does not close the box.',
  },
  codeReading: {
    title: 'Code reading',
    text: 'The released code lets the reasoning teacher supervise </think>, \\boxed{ and }, and shows it only the tokens after <think>. As it runs, the perception teacher also supervises the token that opens </description>, the tokens at the hand-over have a clip of their own, and every brace counts, \\{ and \\} too.',
  },
  reading: {
    title: 'Reading',
    text: 'Where the paper and its released code disagree, this decides which of the two is followed.',
  },
  method: {
    title: 'Method',
    text: 'Who supervises the tokens: ViGOS has three teachers for three jobs, OPSD a single one that knows the answer.',
  },
  divergence: {
    title: 'Divergence',
    text: 'How far the student’s distribution over the next token is from its teacher’s, over the full vocabulary, in nats. 0 means they agree.',
  },
  forwardKl: {
    title: 'Forward KL',
    text: 'Weighs the differences by what the teacher finds probable. The loss of the perception, reasoning and OPSD teachers. p is the student’s probability, q the teacher’s, of each entry v of the vocabulary.',
    formula: FORMULAS.forwardKl,
  },
  reverseKl: {
    title: 'Reverse KL',
    text: 'Weighs the differences by what the student finds probable. The loss of the reference teacher. p is the student’s probability, q the teacher’s, of each entry v of the vocabulary.',
    formula: FORMULAS.reverseKl,
  },
  jsd: {
    title: 'Jensen-Shannon divergence',
    text: 'The weighted mean of how far teacher q and student p are from their mixture m = β q + (1 − β) p; it is bounded, and symmetric for β = ½.',
    formula: FORMULAS.jsd,
  },
  loss: {
    title: 'Loss after the clip',
    text: 'What this token adds to the training loss before the mean over the tokens, in nats, without its teacher’s weight λ. The clip makes it ℓ = min(KL, 0.05) for ViGOS.',
  },
  clip: {
    title: 'Clipped: no gradient',
    text: 'ViGOS caps the divergence of a token at 0.05 nats. Above the cap the loss is constant, so the token has zero gradient: it teaches nothing in this step.',
    formula: FORMULAS.clip,
  },
  logProb: {
    title: 'Log-probability',
    text: 'Natural logarithm of the probability given to the token that was sampled, in nats; 0 is certainty.',
  },
  lossSettings: {
    title: 'Settings of the loss',
    text: 'Everything else that decides which loss a token gets: the temperature, the clips, and each teacher’s divergence and weight. They begin as published; what differs from that stands below.',
  },
  opener: {
    title: 'Tag opener',
    text: 'The token that opens </description> often holds the space or the period before it. In the runs of the released code it belongs to the description and the perception teacher supervises it; it alone can differ by 20 nats. In the paper’s reading nobody does. A token that is all tag has no teacher in either.',
  },
  boundaryClip: {
    title: 'Boundary clips',
    text: 'The released code caps the last token of the description and the first of the reasoning at 0.05 nats each, after any other clip: of two caps the smaller holds. They act where the token clip is off or larger. Above the cap the token has no gradient.',
  },
  entropy: {
    title: 'Entropy',
    text: 'How undecided a distribution is, in nats: 0 when one token is certain, ln V when all V tokens are equally likely.',
    formula: FORMULAS.entropy,
  },
  nats: { title: 'nats', text: 'Unit of information with natural logarithms; 1 nat is 1.44 bits.' },
  topK: {
    title: 'Most probable tokens',
    text: 'The tokens each side finds most probable here, at the temperature of the method’s loss. The notch on a bar is the other side’s probability.',
  },
  tail: {
    title: 'Tail',
    text: 'Probability left for all the tokens of the vocabulary that are not in the list.',
    formula: FORMULAS.tail,
  },
  context: {
    title: 'What the teacher reads',
    text: 'The exact text that stands before the rollout when this teacher re-scores it, special tokens included.',
  },
  seed: {
    title: 'Seed',
    text: 'The same seed, model and backend give the same rollout again.',
  },
  temperature: {
    title: SAMPLING_FIELDS.temperature.label,
    text: 'Above 1 the student samples more daringly, below 1 more cautiously. The paper trains at 1.1.',
  },
  tau: {
    title: 'Temperature of the loss, τ',
    text: 'Probabilities, entropies and divergences are those of both sides’ logits divided by τ. ViGOS has τ = 1, OPSD τ = 1.1: figures of unlike τ do not compare.',
  },
  topP: {
    title: SAMPLING_FIELDS.topP.label,
    text: 'Sampling keeps the most probable tokens until their probabilities add up to p. The paper: 0.95.',
  },
  topKSampling: {
    title: SAMPLING_FIELDS.topK.label,
    text: 'Sampling keeps only the k most probable tokens; 0 keeps all. The paper: 20.',
  },
  maxTokens: {
    title: SAMPLING_FIELDS.maxNewTokens.label,
    text: 'A rollout that reaches it is cut off. It then has no box, so it is invalid.',
  },
  graded: {
    title: 'Right or wrong',
    text: 'Exact match is the paper’s measure and the default for the world’s questions: lower case, no periods, number words as digits. Mathematical match is the default for questions of your own: 5.0 is 5, \\frac12 is 0.5, (A) is A, 28 % is 28 and 0.28, mark-up and units are left out; it decides as the math-verify library does in all but a few listed kinds. Where the two differ, both are said.',
  },
  answerField: {
    title: 'Reference answer',
    text: 'The answer a* that the privileged teachers are shown. Set a wrong one to see who follows it, against the image. In the released code’s reading it is cleaned first, as released: code fences, “Answer:”, <answer>, \\boxed and quotes are taken off.',
  },
  fact: {
    title: 'Fact sentence',
    text: 'A true sentence about what is usual, put before the question. It pulls towards the prior (setting F); without it the model is asked directly (setting P).',
  },
  prior: {
    title: 'Language prior',
    text: 'What text alone makes likely: bananas are yellow. The model was trained on texts where that holds nearly always. Picture 1 of each group of three agrees with it, 2 and 3 contradict it.',
  },
  modelView: {
    title: 'What the model sees',
    text: 'The picture as it enters the model, scaled to its pixel budget and cut into patches of 14 × 14 pixels (thin lines); four patches make one visual token (thick lines). A scene is given as 112 × 112 pixels.',
  },
  model: {
    title: 'Model folder',
    text: 'A Qwen2-VL, Qwen2.5-VL or Qwen3-VL in the Hugging Face layout: config.json, model.safetensors, tokenizer and processor files. Its graphs are built here in the tab; no file is uploaded anywhere.',
  },
  backend: {
    title: 'Backend',
    text: 'What computes: WebGPU on the graphics card, or WebAssembly on the processor. Both are timed at start and the faster one is taken.',
  },
  split: {
    title: 'Split',
    text: 'The model was trained on other scenes: no scene of the test split was ever shown to it.',
  },
  trace: {
    title: 'Trace',
    text: 'Everything on this page about one rollout as a JSON file (vigos-trace/1), which this page can open again.',
  },
  heat: {
    title: 'Heat',
    text: 'The stronger the colour and the higher the bar, the larger the divergence, always on the same scale: logarithmic from 1e−5 to 10 nats, with the clip marked. Linear goes from 0 to the largest on show; percentile says how a token ranks in its rollout, and not how large its divergence is.',
  },
  group: {
    title: 'GRPO',
    links: [PAPERS.staged],
    text: 'Group relative policy optimisation: reinforcement without a teacher. Several rollouts of one question are rewarded, and each is pushed by how far its reward is above or below its group’s mean.',
  },
  groupTerms: {
    title: 'Terms of a group',
    text: 'As on the Train page: the form’s share of the reward, how far a ratio counts, the weight of the KL to the frozen base, and over what token losses are averaged.',
  },
  reward: {
    title: 'Reward',
    text: 'From 0 to 100 %: the form’s share for a valid form, the rest for a right answer. Nothing else of a rollout is rewarded.',
  },
  advantage: {
    title: 'Advantage',
    text: 'A rollout’s reward less the mean of its group, in standard deviations of the group. Every token of the rollout has the same.',
  },
  policyRatio: {
    title: 'Ratio',
    text: 'The token’s probability under the weights that are trained over that when it was sampled. Beyond the ratio clip, in the direction that its advantage asks for, it counts as the bound and has no gradient of its reward.',
  },
  klToBase: {
    title: 'KL to the base',
    text: 'The low-variance estimate of KL(student ‖ frozen base) from the one sampled token: e^d − d − 1 with d = log p of the base less log p of the student. Never negative.',
  },
  count: {
    title: 'Rollouts',
    text: 'How many completions the student samples of this one prompt, 1 to 8. Pick one to look at it; the others stay.',
  },
  typed: {
    title: 'A rollout by hand',
    text: 'What the student would have to write after <description>. Student and teachers score your text as if it had been sampled, by teacher forcing. A trainer’s log may be pasted as it is: prompt, end and padding are recognised by the tokenizer’s own special tokens, and how the text was read is said below it.',
  },
  ablation: {
    title: 'Ablation',
    text: 'The paper’s ablations of ViGOS, one switch each. A teacher who is left out leaves its tokens without one; the reference teacher only acts on invalid rollouts.',
  },
  teacherImage: {
    title: 'Another picture for the teachers',
    text: 'The same rollout is scored again while these teachers see a blank or another scene’s picture. A divergence that stays is a hint that the teacher did not look, and no proof: “Ask the teachers” compares each with itself.',
  },
  compare: {
    title: 'Side by side',
    text: 'Scores the same rollout under ViGOS and under OPSD, and draws one below the other.',
  },
  moved: {
    title: 'What moved',
    text: 'The rollout is the same, token by token; only what its teachers are or see has changed. Thin lines in the chart are the divergence before the change.',
  },
  looks: {
    title: 'Does the teacher look?',
    text: 'How far the same teacher goes from itself, KL in nats, when it is shown another picture in this one’s place: below 0.01 it says the same and hardly looks, from 0.1 on it looks. A divergence from the student alone cannot tell, since it may move, or stay, for both at once. The same with a wrong answer says whether it goes by the answer.',
  },
  looksStudent: {
    title: 'From the student',
    text: 'The forward KL of teacher and student, in nats a token, with everything as it is and then with what the teacher is shown instead.',
  },
  palr: {
    title: 'PALR, the privileged-answer leakage rate',
    text: 'How much of the teachers’ push on a group of tokens comes from the reference answer instead of the picture. Each token’s push s is weighed by what the answer (cA) and the picture (cI) add to the log-probability of the token; both methods re-score the same rollout, at temperature 1.',
    formula: FORMULAS.palr,
  },
  push: {
    title: 's, the push',
    text: 'How far teacher and student are apart on the sampled token: the absolute difference of their log-probabilities, in nats.',
    formula: FORMULAS.push,
  },
  answerDriven: {
    title: 'cA, what the answer adds',
    text: 'How much more probable the teacher finds the token with the reference answer than with the K wrong ones, whose mean probability is compared; in nats, and 0 where the answer lowers it or the teacher never sees one.',
    formula: FORMULAS.answerDriven,
  },
  imageDriven: {
    title: 'cI, what the picture adds',
    text: 'How much more probable the teacher finds the token with the right picture than with another one; in nats, and 0 where the picture lowers it.',
    formula: FORMULAS.imageDriven,
  },
  wrongAnswers: {
    title: 'Wrong answers',
    text: 'Shown to the teachers in the reference answer’s place, one at a time. The first K are used that are wrong: what equals the reference answer, or one before it, after normalisation is left out. K is not published; 3 is this page’s.',
  },
  mismatched: {
    title: 'Other picture',
    text: 'Shown to the teachers in the picture’s place: the next scene of the split, a mid-grey one, or one of your own. The student’s log-probabilities stay those with the right picture.',
  },
  epsilon: {
    title: 'ε',
    text: 'Keeps the rate from being 0/0 where nothing pushes, in nats². Its value is not published; 1e-8 is this page’s.',
  },
  levels: {
    title: 'Levels',
    text: 'What happens to each token, in order: the student samples it, the form is parsed into segments, a segment gets its teacher, student and teacher score the token, the clip turns the divergence into the loss, and the leakage says how much of the teachers’ push comes from the answer. Group holds the rollouts of one question against each other, as learning from rewards does. In the strip, keys 1 to 6 pick a level, 0 all of them; Space plays.',
  },
  share: {
    title: 'Share of the divergence',
    text: 'What this vocabulary entry adds to the divergence that the token’s loss uses, before the clip, as a share of it; for a forward KL as written here. In a KL, entries that the averaging side finds less probable than the other does count negative, so shares may exceed 100 %; the rest lies in the tail.',
    formula: FORMULAS.share,
  },
  meanKl: {
    title: 'Mean divergence',
    text: 'Mean over the supervised tokens of the segment of the divergence that its loss uses, before the clip, in nats a token.',
  },
  clippedShare: {
    title: 'Clipped',
    text: 'Share of the segment’s supervised tokens that the clip leaves without gradient.',
  },
} satisfies Record<string, GlossaryEntry>;

export type TermId = keyof typeof entries;
export const GLOSSARY: Record<TermId, GlossaryEntry> = entries;
