/** English cardinal numbers in words as digits: a number whole, or not at all. */

const UNITS = wordValues('one two three four five six seven eight nine', 1, 1);
const TEENS = wordValues(
  'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen',
  10,
  1,
);
const TENS = wordValues('twenty thirty forty fifty sixty seventy eighty ninety', 20, 10);
const SCALES: ReadonlyMap<string, number> = new Map([
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
  ['trillion', 1e12],
]);

const names = (...maps: ReadonlyMap<string, number>[]) =>
  maps.flatMap((map) => [...map.keys()]).join('|');
const LARGE = `hundred|${names(SCALES)}`;
const WORD = `(?:zero|${names(UNITS, TEENS, TENS)}|${LARGE})`;
/** Between the words of one number: white space or any hyphen; behind a large word also "and" or a comma. */
const BETWEEN = `(?:\\s*[-\u2010-\u2015\u2212\uff0d]\\s*|\\s+|(?<=${LARGE}),?\\s+(?:and\\s+)?)`;
const RUN = new RegExp(
  `(?<![\\p{L}\\p{N}_])(?:an?\\s+(?=${LARGE}))?${WORD}(?:${BETWEEN}${WORD})*(?![\\p{L}\\p{N}_])`,
  'gu',
);
/** Words that make a pronoun of a following "one". */
const PRONOUN_BEFORE =
  /(?:^|[^\p{L}\p{N}_])(?:no|any|some|every|each|this|that|which|the|another|other|either|neither|such|only\s+the)[\s\u2010-\u2015-]+$/u;
/** What makes a part of a fraction, an ordinal or a decimal number of the words before it. */
const JOINED_AFTER =
  /^[\s\u2010-\u2015-]+(?:another\b|point\b|(?:hal(?:f|ves)|quarters?|firsts?|seconds?|thirds?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|\w+teenths?|twelfths?|elevenths?|\w+tieths?|hundredths?|thousandths?|millionths?)(?![\p{L}\p{N}_]))/u;
const JOINED_BEFORE = /(?:[\p{L}\p{N}_][-\u2010-\u2015]|\bpoint\s+)$/u;

/**
 * A lower-case text with its numbers in words as digits ("one hundred and five", "twenty-one" with any hyphen).
 * What is no whole cardinal number stays as it is: a pronoun ("no one"), numbers beside one another ("two two"),
 * parts of a fraction, an ordinal or a decimal ("two thirds", "twenty-first", "three point five").
 */
export function digitsForWords(text: string): string {
  return text.replace(RUN, (run: string, at: number) => {
    const before = text.slice(0, at);
    const after = text.slice(at + run.length);
    if (JOINED_BEFORE.test(before) || JOINED_AFTER.test(after)) return run;
    if (run === 'one' && PRONOUN_BEFORE.test(before)) return run;
    const value = numberOf(run.match(/[a-z]+/g) ?? []);
    return value === null ? run : String(value);
  });
}

/** The number that all words together name; null for none. */
function numberOf(words: readonly string[]): number | null {
  const said = words.filter((word) => word !== 'and');
  if (said.length === 1 && said[0] === 'zero') return 0;
  let total = 0;
  /** Below the next scale word, and what may still be added to it. */
  let group = 0;
  let room = 1000;
  let scale = Number.POSITIVE_INFINITY;
  for (const [i, word] of said.entries()) {
    const unit = UNITS.get(word);
    const teen = TEENS.get(word);
    const tens = TENS.get(word);
    const large = SCALES.get(word);
    if (i === 0 && (word === 'a' || word === 'an')) group = 1;
    else if (unit !== undefined && room >= 10) {
      group += unit;
      room = 0;
    } else if (teen !== undefined && room >= 100) {
      group += teen;
      room = 0;
    } else if (tens !== undefined && room >= 100) {
      group += tens;
      room = 10;
    } else if (word === 'hundred' && group >= 1 && group < 100) {
      group *= 100;
      room = 100;
    } else if (large !== undefined && large < scale && group >= 1) {
      total += group * large;
      scale = large;
      group = 0;
      room = 1000;
    } else return null;
  }
  return total + group;
}

function wordValues(words: string, first: number, step: number): ReadonlyMap<string, number> {
  return new Map(words.split(' ').map((word, i) => [word, first + i * step]));
}
