/** An answer without its dress: mark-up, dollar signs, boxes and fonts taken off, other scripts' signs as ASCII or LaTeX. */

const FONT =
  /\\(?:text|textbf|textit|textrm|textnormal|mathrm|mathbf|mathit|mathsf|mathtt|mbox|operatorname|boxed|fbox|emph|underline)\s*\{([^{}]*)\}/g;
const WRAPS: readonly RegExp[] = [
  /^\*\*([\s\S]+)\*\*$/,
  /^__([\s\S]+)__$/,
  /^\*([^*]+)\*$/,
  /^`+([^`]+)`+$/,
  /^\$\$([^$]+)\$\$$/,
  /^\$([^$]+)\$$/,
  /^\\\(([\s\S]+)\\\)$/,
  /^\\\[([\s\S]+)\\\]$/,
  /^["“”'‘’]([^"“”]*)["“”'‘’]$/,
  /^\{([^{},]*)\}$/,
];
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [/[\u2010-\u2015\u2212\ufe63\uff0d]/g, '-'],
  [/[\u2044\u2215]/g, '/'],
  [/[×✕]/g, '\\times '],
  [/[·⋅]/g, '\\cdot '],
  [/÷/g, '/'],
  [/π/g, '\\pi '],
  [/∞/g, '\\infty '],
  [/√\s*(\d+|[a-z])/gi, '\\sqrt{$1}'],
  [/√/g, '\\sqrt'],
  [/[°º]/g, '^\\circ '],
  [/±/g, '\\pm '],
  [/≤/g, '\\le '],
  [/≥/g, '\\ge '],
];
const SPACES =
  /\\[,;:!> ]|\\(?:quad|qquad|displaystyle|textstyle|limits)(?![a-zA-Z])|~|[\u00a0\u2000-\u200b\u202f\u205f\u3000]/g;

const SUPERSCRIPT_RUNS = new RegExp(`[${SUPERSCRIPTS}]+`, 'g');
/** Words and numbers, which wear nothing. */
const BARE = /^[A-Za-z\d]+(?: [A-Za-z\d]+)*$/;

/** The same answer in plain dress; fractions of one character are written as `\frac`. */
export function undress(answer: string): string {
  if (BARE.test(answer)) return answer;
  let text = answer
    .replace(SUPERSCRIPT_RUNS, (run) => {
      const digits = [...run].map((char) => SUPERSCRIPTS.indexOf(char)).join('');
      return `^{${digits}}`;
    })
    .replace(/[¼-¾⅐-⅞]/g, (char) => {
      const [above, below] = char.normalize('NFKC').split('\u2044');
      return `\\frac{${above}}{${below}}`;
    })
    .normalize('NFKC');
  for (const [sign, plain] of SIGNS) text = text.replace(sign, plain);
  text = text
    .replace(/\\(?:left|right|big|Big|bigl|bigr)(?![a-zA-Z])\s*/g, '')
    .replace(/\\[dtc]frac(?![a-zA-Z])/g, '\\frac')
    .replace(/\{,\}/g, ',')
    .replace(/\^\s*\{\s*\\circ\s*\}/g, '^\\circ')
    .replace(SPACES, ' ');
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(FONT, ' $1 ').trim();
    for (const wrap of WRAPS) text = text.replace(wrap, '$1').trim();
    text = text.replace(/\s*[.,;]$/, '');
  }
  return text.replace(/\s+/g, ' ');
}
