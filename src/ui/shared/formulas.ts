/** The formulas of the glossary, for the browser's own typesetter (MathML Core) and in plain characters. */

/** An element of MathML Core with what stands in it. */
export interface MathNode {
  readonly tag: 'mi' | 'mn' | 'mo' | 'mtext' | 'mrow' | 'msub' | 'mfrac' | 'munder';
  readonly in: readonly (MathNode | string)[];
}

export interface Formula {
  readonly math: readonly MathNode[];
  /** The same for whoever hears it or copies it. */
  readonly plain: string;
}

const node =
  (tag: MathNode['tag']) =>
  (...inside: (MathNode | string)[]): MathNode => ({ tag, in: inside });
const [mi, mn, mo, row, msub, mfrac, munder] = [
  node('mi'),
  node('mn'),
  node('mo'),
  node('mrow'),
  node('msub'),
  node('mfrac'),
  node('munder'),
];

const p = mi('p');
const q = mi('q');
const equals = mo('=');
const thin = node('mtext')('\u202f');
const log = row(thin, mi('log'), thin);
/** The probability of an entry v of the vocabulary. */
const of = (side: MathNode) => msub(side, mi('v'));
const overVocabulary = munder(mo('∑'), mi('v'));
const name = (text: string) => mi(text);
const apply = (what: string, ...inside: MathNode[]) => row(name(what), mo('('), ...inside, mo(')'));
const kl = (a: MathNode, b: MathNode) => apply('KL', a, mo('∥'), b);
const average = (over: MathNode, under: MathNode) =>
  row(overVocabulary, of(over), log, mfrac(of(over), of(under)));

const s = mi('s');
const answerPart = msub(mi('c'), mi('A'));
const imagePart = msub(mi('c'), mi('I'));
const product = (a: MathNode, b: MathNode) => row(a, thin, b);
const sumOver = (group: string) => munder(mo('∑'), mi(group));
/** Of the sampled token. */
const logOf = (side: MathNode) => row(log, side);

export const FORMULAS = {
  forwardKl: {
    math: [kl(q, p), equals, average(q, p)],
    plain: 'KL(q‖p) = Σ q · (log q − log p)',
  },
  reverseKl: {
    math: [kl(p, q), equals, average(p, q)],
    plain: 'KL(p‖q) = Σ p · (log p − log q)',
  },
  jsd: {
    math: [
      msub(name('JSD'), mi('β')),
      equals,
      mi('β'),
      kl(q, mi('m')),
      mo('+'),
      row(mo('('), mn('1'), mo('−'), mi('β'), mo(')')),
      kl(p, mi('m')),
    ],
    plain: 'JSD = β KL(q‖m) + (1 − β) KL(p‖m), m = β q + (1 − β) p',
  },
  clip: {
    math: [mi('ℓ'), equals, apply('min', name('KL'), mo(','), mn('0.05'))],
    plain: 'loss = min(KL, 0.05)',
  },
  loss: {
    math: [
      mi('L'),
      equals,
      munder(mo('∑'), mi('k')),
      msub(mi('λ'), mi('k')),
      mfrac(mn('1'), msub(mi('n'), mi('k'))),
      munder(mo('∑'), row(mi('t'), mo('∈'), mi('k'))),
      msub(mi('ℓ'), mi('t')),
    ],
    plain: 'L = sum over the teachers k of λ of k times the mean loss of the tokens of k',
  },
  entropy: {
    math: [apply('H', p), equals, row(mo('−'), overVocabulary, of(p), log, of(p))],
    plain: 'H(p) = −Σ p · log p',
  },
  tail: {
    math: [mn('1'), mo('−'), munder(mo('∑'), row(mi('v'), mo('∈'), node('mtext')('list'))), of(p)],
    plain: 'tail = 1 − the sum of p over the list',
  },
  palr: {
    math: [
      apply('PALR', mi('G')),
      equals,
      mfrac(
        row(sumOver('G'), product(s, answerPart)),
        row(
          sumOver('G'),
          product(s, row(mo('('), answerPart, mo('+'), imagePart, mo(')'))),
          mo('+'),
          mi('ε'),
        ),
      ),
    ],
    plain: 'PALR(G) = Σ s cA / (Σ s (cA + cI) + ε), over the supervised tokens of G',
  },
  push: {
    math: [s, equals, row(mo('|'), logOf(q), mo('−'), logOf(p), mo('|'))],
    plain: 's = |log q − log p| of the sampled token',
  },
  answerDriven: {
    math: [
      answerPart,
      equals,
      apply('max', mn('0'), mo(','), logOf(q), mo('−'), logOf(msub(q, name('wrong')))),
    ],
    plain: 'cA = max(0, log q − log q_wrong), q_wrong the mean over the K wrong answers',
  },
  imageDriven: {
    math: [
      imagePart,
      equals,
      apply('max', mn('0'), mo(','), logOf(q), mo('−'), logOf(msub(q, name('other picture')))),
    ],
    plain: 'cI = max(0, log q − log q_other picture)',
  },
  share: {
    math: [mfrac(row(of(q), log, mfrac(of(q), of(p))), kl(q, p))],
    plain: 'q · (log q − log p) / KL(q‖p)',
  },
} satisfies Record<string, Formula>;
