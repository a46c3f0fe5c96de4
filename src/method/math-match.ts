/**
 * Mathematical match: do two answers name the same number, expression, letter or word? Follows Hugging Face's
 * math-verify where it decides by mathematics; `mathMatch.test.ts` lists where not, and why.
 */
import { exactMatch } from './exact-match.ts';
import { undress } from './math-text.ts';
import { type Fraction, type MathValue, mathValue } from './math-value.ts';
import { digitsForWords } from './number-words.ts';
import { splitUnit } from './units.ts';

/** Items of a list; longer ones are no answers, and only the same as their very texts. */
const MOST_ITEMS = 64;

/** Whether `answer` means what `reference` means. Symmetric; empty answers match nothing. */
export function mathMatch(answer: string, reference: string): boolean {
  const [a, b] = [plain(answer), plain(reference)];
  if (a === '' || b === '') return false;
  if (exactMatch(a, b)) return true;
  const [letterA, letterB] = [optionLetter(a), optionLetter(b)];
  if (letterA !== null && letterB !== null) return letterA === letterB;
  return sameList(listOf(a), listOf(b));
}

/** Undressed, with numbers in words as digits and mixed numbers as LaTeX writes them. */
function plain(answer: string): string {
  const text = undress(answer);
  const lower = text.toLowerCase();
  const digits = digitsForWords(lower);
  return (digits === lower ? text : digits).replace(
    /(?<![\d./])(\d+) (\d+)\/(\d+)(?![\d./])/g,
    '$1\\frac{$2}{$3}',
  );
}

/** `(A)`, `A.`, `[a]`: the letter, lower case. */
function optionLetter(text: string): string | null {
  return /^[([{]?\s*([a-z])\s*[)\]}]?\s*[.:)]?$/i.exec(text)?.[1].toLowerCase() ?? null;
}

/** One thing or several, with what encloses them: '' for none, `{}` for a set, else a pair of brackets. */
interface List {
  readonly brackets: string;
  readonly items: readonly string[];
}

function listOf(text: string): List {
  const joined = grouped(text);
  const enclosed = /^(\\\{|[([{])([\s\S]*?)(\\\}|[)\]}])$/.exec(joined);
  const inner = enclosed?.[2] ?? '';
  const items = enclosed !== null && balanced(inner) ? topLevel(inner) : [];
  if (enclosed !== null && (items.length > 1 || enclosed[1] === '\\{')) {
    const brackets = `${enclosed[1]}${enclosed[3]}`.replaceAll('\\', '');
    return { brackets, items };
  }
  const bare = topLevel(joined.replace(/\s*,?\s+(?:and|or)\s+/g, ',')).flatMap(bothSigns);
  return { brackets: '', items: bare };
}

/** Thousands joined: `1,234` and `1 234` are one number, `1, 234` two. */
function grouped(text: string): string {
  return text.replace(/(?<![\d.,])\d{1,3}(?:(?:,\d{3})+|(?: \d{3})+)(?![\d,])/g, (number) =>
    number.replace(/[, ]/g, ''),
  );
}

/** `\pm a` is a and −a. */
function bothSigns(item: string): string[] {
  const [before, after, ...more] = item.split('\\pm');
  if (after === undefined || more.length > 0) return [item];
  return [`${before}+${after}`, `${before}-${after}`].map((text) => text.trim());
}

function topLevel(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let item = '';
  for (const char of text) {
    if ('([{'.includes(char)) depth++;
    if (')]}'.includes(char)) depth--;
    if ((char === ',' || char === ';') && depth === 0) {
      items.push(item.trim());
      item = '';
    } else item += char;
  }
  return [...items, item.trim()];
}

function balanced(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if ('([{'.includes(char)) depth++;
    if (')]}'.includes(char) && --depth < 0) return false;
  }
  return depth === 0;
}

function sameList(a: List, b: List): boolean {
  const isSet = ({ brackets }: List) => brackets === '' || brackets === '{}';
  if (isSet(a) && isSet(b)) return sameSet(a.items, b.items);
  const pair = (list: List) => (list.brackets === '' ? '()' : list.brackets);
  return (
    pair(a) === pair(b) &&
    a.items.length === b.items.length &&
    a.items.every((item, i) => sameItem(item, b.items[i]))
  );
}

/** Each of one has its own partner in the other. */
function sameSet(a: readonly string[], b: readonly string[]): boolean {
  if (Math.max(a.length, b.length) > MOST_ITEMS) return false;
  const left = distinct(b);
  const right = distinct(a);
  if (left.length !== right.length) return false;
  return right.every((item) => {
    const at = left.findIndex((other) => sameItem(item, other));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

function distinct(items: readonly string[]): string[] {
  return items.filter((item, i) => items.findIndex((other) => sameItem(item, other)) === i);
}

function sameItem(a: string, b: string): boolean {
  if (a === b || (a !== '' && exactMatch(a, b))) return true;
  const [relationA, relationB] = [relationOf(a), relationOf(b)];
  if (relationA !== null && relationB !== null) return sameRelation(relationA, relationB);
  return sameQuantity(assigned(a, relationA), assigned(b, relationB));
}

interface Relation {
  readonly left: string;
  readonly sign: '=' | '<' | '<=';
  readonly right: string;
}

/** `a < b` however it is turned; null without a relation, or with several. */
function relationOf(text: string): Relation | null {
  const signs = text.replace(/\\leq?(?![a-z])/g, '<=').replace(/\\geq?(?![a-z])/g, '>=');
  const found = /^([^<>=]+)(<=|>=|<|>|=)([^<>=]+)$/.exec(
    signs.replace(/\\lt(?![a-z])/g, '<').replace(/\\gt(?![a-z])/g, '>'),
  );
  if (found === null) return null;
  const [left, sign, right] = found.slice(1).map((part) => part.trim());
  if (sign === '>') return { left: right, sign: '<', right: left };
  if (sign === '>=') return { left: right, sign: '<=', right: left };
  return { left, sign: sign === '=' || sign === '<' ? sign : '<=', right };
}

/** The right side of `x = 5`, as which 5 alone counts too. */
function assigned(text: string, relation: Relation | null): string {
  const names =
    relation?.sign === '=' && /^[a-zA-Z](?:_\{?\w+\}?)?(?:\([a-zA-Z]\))?$/.test(relation.left);
  return names ? relation.right : text;
}

/** Equal up to a factor on both sides, positive where it would turn the sign. */
function sameRelation(a: Relation, b: Relation): boolean {
  if (a.sign !== b.sign) return false;
  if (sameItem(a.left, b.left) && sameItem(a.right, b.right)) return true;
  const [x, y] = [a, b].map(({ left, right }) => difference(left, right));
  if (x === null || y === null) return false;
  const ratios = x.map((value, point) => value / y[point]);
  const factor = ratios[0];
  if (!Number.isFinite(factor) || factor === 0 || (a.sign !== '=' && factor < 0)) return false;
  return ratios.every((ratio) => close(ratio, factor));
}

function difference(left: string, right: string): number[] | null {
  const [x, y] = [mathValue(left), mathValue(right)];
  return x === null || y === null ? null : x.at.map((value, point) => value - y.at[point]);
}

/** Two numbers or expressions; a unit has to be the same where both have one. */
function sameQuantity(a: string, b: string): boolean {
  const [x, y] = [splitUnit(a), splitUnit(b)];
  if (x.unit !== null && y.unit !== null && x.unit !== y.unit) return false;
  if (hasWords(x.number) || hasWords(y.number)) return false;
  const [valueA, valueB] = [mathValue(x.number), mathValue(y.number)];
  return valueA !== null && valueB !== null && sameValue(valueA, valueB);
}

/** Words are compared as words: their letters are no product. */
function hasWords(text: string): boolean {
  const bare = text.replace(/\\[a-zA-Z]+/g, ' ').replace(/_\{\w+\}/g, '');
  return /[a-zA-Z]{4,}/.test(bare) || /^[\sa-zA-Z]*[a-zA-Z]{2,}[\sa-zA-Z]*$/.test(bare.trim());
}

function sameValue(a: MathValue, b: MathValue): boolean {
  const decimal = a.decimal || b.decimal;
  if (!decimal && (a.percent !== null || b.percent !== null)) {
    const [x, y] = [a.percent ?? a.exact, b.percent ?? b.exact];
    const both = isWhole(x) && isWhole(y);
    if (both && x !== null && y !== null && sameFraction(x, y)) return true;
  }
  if (a.exact !== null && b.exact !== null && !decimal) return sameFraction(a.exact, b.exact);
  if (decimal && isNumber(a) && isNumber(b)) return sameDecimal(a, b);
  return sameFunction(a.at, b.at);
}

/** Equal wherever both are real numbers, which has to be somewhere, and nowhere is one of them alone. */
function sameFunction(a: readonly number[], b: readonly number[]): boolean {
  const real = a.flatMap((value, point) => (Number.isNaN(value) ? [] : [point]));
  return (
    real.length > 0 &&
    b.every((value, point) => Number.isNaN(value) !== real.includes(point)) &&
    real.every((point) => close(a[point], b[point]))
  );
}

const isWhole = (value: Fraction | null) => value === null || value.below === 1n;
const isNumber = ({ at }: MathValue) => at.every((value) => value === at[0]);
const sameFraction = (a: Fraction, b: Fraction) => a.above === b.above && a.below === b.below;

/** Decimals agree to six places, as in math-verify; small ones, of which six places show nothing, to a thousandth. */
function sameDecimal(a: MathValue, b: MathValue): boolean {
  const [x, y] = [a.at[0], b.at[0]];
  if (Math.abs(x - y) > 1e-3 * Math.max(Math.abs(x), Math.abs(y))) return false;
  if (a.exact !== null && b.exact !== null) return millionths(a.exact) === millionths(b.exact);
  return x.toFixed(6) === y.toFixed(6);
}

/** Rounded half up. */
function millionths({ above, below }: Fraction): bigint {
  const twice = 2_000_000n * above + below;
  const down = twice / (2n * below);
  return twice < 0n && down * 2n * below !== twice ? down - 1n : down;
}

function close(a: number, b: number): boolean {
  if (a === b) return true;
  return Number.isFinite(a - b) && Math.abs(a - b) <= 1e-11 * Math.max(1, Math.abs(a), Math.abs(b));
}
