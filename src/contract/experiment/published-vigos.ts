/** What was published of ViGOS, for figures that stand beside ours. In [0, 1]; arXiv 2606.19120 and its project page. */

export const PAPER = 'arXiv 2606.19120';

export interface PublishedFigure {
  readonly who: string;
  readonly values: Readonly<Record<string, number>>;
}

/** Figure 2: PALR, K and ε not given. */
export const PUBLISHED_PALR: readonly PublishedFigure[] = [
  {
    who: 'Paper, 3B',
    values: {
      'palr.opsd.description': 0.0292,
      'palr.vigos.description': 0,
      'palr.opsd.reasoningAnswer': 0.1726,
      'palr.vigos.reasoningAnswer': 0.0633,
      'palr.opsd.all': 0.0559,
      'palr.vigos.all': 0.0307,
    },
  },
  {
    who: 'Paper, 7B',
    values: {
      'palr.opsd.description': 0.0294,
      'palr.vigos.description': 0,
      'palr.opsd.reasoningAnswer': 0.2601,
      'palr.vigos.reasoningAnswer': 0.0756,
      'palr.opsd.all': 0.0755,
      'palr.vigos.all': 0.0372,
    },
  },
];

/** Table 2: ViLP, one response a picture, exact match. */
export const PUBLISHED_VILP: readonly PublishedFigure[] = [
  {
    who: 'Base, 3B',
    values: { 'score.F': 0.595, 'prior.F': 0.9333, 'score.P': 0.5567, 'prior.P': 0.8067 },
  },
  {
    who: 'OPSD, 3B',
    values: { 'score.F': 0.6717, 'prior.F': 0.9733, 'score.P': 0.6683, 'prior.P': 0.92 },
  },
  {
    who: 'ViGOS, 3B',
    values: { 'score.F': 0.7017, 'prior.F': 0.9767, 'score.P': 0.695, 'prior.P': 0.9 },
  },
  {
    who: 'Base, 7B',
    values: { 'score.F': 0.42, 'prior.F': 0.7333, 'score.P': 0.37, 'prior.P': 0.5867 },
  },
  {
    who: 'OPSD, 7B',
    values: { 'score.F': 0.58, 'prior.F': 0.9767, 'score.P': 0.57, 'prior.P': 0.9167 },
  },
  {
    who: 'ViGOS, 7B',
    values: { 'score.F': 0.6267, 'prior.F': 0.97, 'score.P': 0.6167, 'prior.P': 0.9167 },
  },
];

/** Figure 4: Score of the 3B model over its first 100 steps. */
export const PUBLISHED_CURVES: readonly {
  readonly who: string;
  readonly steps: readonly number[];
  readonly score: readonly number[];
}[] = [
  { who: 'OPSD, 3B', steps: [0, 25, 50, 75, 100], score: [0.56, 0.645, 0.635, 0.625, 0.635] },
  { who: 'ViGOS, 3B', steps: [0, 25, 50, 75, 100], score: [0.56, 0.685, 0.695, 0.695, 0.705] },
];

/** Control with one prompt: Pass@5 of the 3B model, the mean of eight benchmarks. */
export const PUBLISHED_PASS: readonly PublishedFigure[] = [
  { who: 'Base, plain, 3B', values: { pass: 0.6086 } },
  { who: 'Base, student prompt, 3B', values: { pass: 0.7105 } },
  { who: 'OPSD, student prompt, 3B', values: { pass: 0.7013 } },
  { who: 'ViGOS, 3B', values: { pass: 0.7197 } },
];
