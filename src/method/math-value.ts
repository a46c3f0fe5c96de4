/** Reads an expression as people box it (numbers, LaTeX fractions, roots, powers, letters) and gives its value. */

/** A value at each of the {@link POINTS}; `exact` where it is a fraction of whole numbers. */
export interface MathValue {
  readonly at: readonly number[];
  readonly exact: Fraction | null;
  /** Written with a decimal point: equal to what rounds to it. */
  readonly decimal: boolean;
  /** Of a number with a percent sign, the number. */
  readonly percent: Fraction | null;
}

export interface Fraction {
  readonly above: bigint;
  /** > 0 */
  readonly below: bigint;
}

/** How many values a letter is given, of both signs; two expressions are the same function if they agree at all of them. */
const POINTS = 4;
const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  ln: Math.log,
  log: Math.log10,
  exp: Math.exp,
};
const CONSTANTS: Readonly<Record<string, number>> = {
  pi: Math.PI,
  infty: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
};
const TOKEN =
  /\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+(?![\d.]))?|\.\d+|\\[a-zA-Z]+|\\%|[a-zA-Z]|[-+*/:^_!%()[\]{}|])/y;
/** Most characters and digits of an exponent: longer texts are no answers. */
const MOST = 300;
const MOST_POWER = 256n;
/** Of a power, hexadecimal. */
const MOST_DIGITS = 4000;

/** The value of a text without spaces around; null for what is no expression. */
export function mathValue(text: string): MathValue | null {
  if (text.length > MOST) return null;
  const tokens = tokensOf(text);
  if (tokens === null || tokens.length === 0) return null;
  const reader = new Reader(tokens);
  try {
    const value = reader.sum();
    return reader.done() ? value : null;
  } catch (error) {
    if (error instanceof NoExpression) return null;
    throw error;
  }
}

class NoExpression extends Error {}

function tokensOf(text: string): string[] | null {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (text.slice(at).trim() === '') break;
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text);
    if (found === null) return null;
    tokens.push(found[1]);
    at = TOKEN.lastIndex;
  }
  return tokens;
}

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  done(): boolean {
    return this.#at === this.#tokens.length;
  }

  sum(): MathValue {
    let left = this.#signed();
    for (;;) {
      if (this.#take('+')) left = add(left, this.#product(), 1n);
      else if (this.#take('-')) left = add(left, this.#product(), -1n);
      else return left;
    }
  }

  #signed(): MathValue {
    if (this.#take('+')) return this.#signed();
    if (this.#take('-')) return multiply(whole(-1n), this.#product());
    return this.#product();
  }

  #product(): MathValue {
    let left = this.#power();
    for (;;) {
      if (this.#take('*') || this.#take('\\cdot') || this.#take('\\times'))
        left = multiply(left, this.#factor());
      else if (this.#take('/') || this.#take(':') || this.#take('\\div'))
        left = divide(left, this.#factor());
      else if (this.#startsFactor()) left = this.#beside(left);
      else return left;
    }
  }

  /** A factor that may have a sign of its own: `2*-3`. */
  #factor(): MathValue {
    return this.#take('-') ? multiply(whole(-1n), this.#factor()) : this.#power();
  }

  /** Two things beside one another: a mixed number, else a product; two bare numbers are neither. */
  #beside(left: MathValue): MathValue {
    const before = this.#tokens[this.#at - 1];
    const next = this.#tokens[this.#at];
    const wholeBefore = /^\d+$/.test(before);
    const right = this.#power();
    if (next === '\\frac' && wholeBefore && right.exact !== null) return add(left, right, 1n);
    if (/^[\d.]/.test(next)) throw new NoExpression();
    return multiply(left, right);
  }

  #startsFactor(): boolean {
    const next = this.#tokens[this.#at];
    return next !== undefined && /^(?:[\d.a-zA-Z({]|\\[a-zA-Z])/.test(next) && !OPERATORS.has(next);
  }

  #power(): MathValue {
    let base = this.#atom();
    for (;;) {
      if (this.#take('^')) base = power(base, this.#group(true));
      else if (this.#take('!')) base = factorial(base);
      else if (this.#take('%') || this.#take('\\%')) base = percentOf(base);
      else return base;
    }
  }

  #atom(): MathValue {
    const token = this.#next();
    if (/^[\d.]/.test(token)) return numeral(token);
    if (token === '(') return this.#until(')');
    if (token === '{') return this.#until('}');
    if (token === '|') return absolute(this.#until('|'));
    if (token === '\\frac') return divide(this.#group(false), this.#group(false));
    if (token === '\\sqrt') return this.#root();
    const name = token.replace(/^\\/, '');
    if (token.length > 1 && Object.hasOwn(CONSTANTS, name)) return real(() => CONSTANTS[name]);
    if (token.length > 1 && Object.hasOwn(FUNCTIONS, name)) {
      const of = this.#group(true);
      return real((point) => FUNCTIONS[name](of.at[point]));
    }
    if (/^[a-zA-Z]$/.test(token)) return this.#letter(token);
    throw new NoExpression();
  }

  #letter(name: string): MathValue {
    let whole = name;
    if (this.#take('_')) {
      const close = this.#take('{');
      do whole += this.#next();
      while (close && !this.#take('}'));
    }
    let seed = 7;
    for (const char of whole) seed = (seed * 31 + char.charCodeAt(0)) % 1009;
    return real((point) => (0.3 + ((seed * (point + 2) * 0.618034) % 1.7)) * (point % 2 ? -1 : 1));
  }

  #root(): MathValue {
    let degree = 2;
    if (this.#take('[')) {
      const value = this.#until(']');
      degree = value.at[0];
    }
    const of = this.#group(false);
    const root = exactRoot(of.exact, degree);
    if (root !== null) return fraction(root.above, root.below);
    return real((point) => of.at[point] ** (1 / degree));
  }

  /** `{…}`, or what LaTeX takes without braces: one digit or one atom; a power in plain text takes its whole number. */
  #group(plainNumber: boolean): MathValue {
    if (this.#take('{')) return this.#until('}');
    const next = this.#tokens[this.#at];
    if (!plainNumber && next !== undefined && /^\d{2,}$/.test(next)) {
      this.#tokensSplit(next);
      return numeral(this.#next());
    }
    if (plainNumber && this.#take('-')) return multiply(whole(-1n), this.#atom());
    return this.#atom();
  }

  /** `\frac12` is one half: its two digits are two tokens. */
  #tokensSplit(digits: string): void {
    (this.#tokens as string[]).splice(this.#at, 1, digits[0], digits.slice(1));
  }

  #until(close: string): MathValue {
    const value = this.sum();
    if (!this.#take(close)) throw new NoExpression();
    return value;
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new NoExpression();
    return token;
  }
}

const OPERATORS = new Set(['\\cdot', '\\times', '\\div', '\\le', '\\ge', '\\pm', '\\%']);

function real(value: (point: number) => number): MathValue {
  const at = Array.from({ length: POINTS }, (_, point) => value(point));
  return { at, exact: null, decimal: false, percent: null };
}

function fraction(above: bigint, below: bigint, decimal = false): MathValue {
  if (below === 0n) throw new NoExpression();
  const sign = below < 0n ? -1n : 1n;
  const shared = gcd(above < 0n ? -above : above, sign * below);
  const exact = { above: (sign * above) / shared, below: (sign * below) / shared };
  const value = Number(exact.above) / Number(exact.below);
  return { ...real(() => value), exact, decimal };
}

const whole = (value: bigint) => fraction(value, 1n);

function numeral(token: string): MathValue {
  const [, before, after = '', exponent = '0'] =
    /^(\d*)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(token) ?? [];
  const scale = BigInt(Number(exponent)) - BigInt(after.length);
  if (scale > MOST_POWER || scale < -MOST_POWER) throw new NoExpression();
  const digits = BigInt(before + after);
  const decimal = after !== '';
  return scale >= 0n
    ? fraction(digits * 10n ** scale, 1n, decimal)
    : fraction(digits, 10n ** -scale, decimal);
}

function combine(
  a: MathValue,
  b: MathValue,
  exact: (a: Fraction, b: Fraction) => MathValue,
  approximate: (a: number, b: number) => number,
): MathValue {
  const decimal = a.decimal || b.decimal;
  if (a.exact !== null && b.exact !== null) return { ...exact(a.exact, b.exact), decimal };
  return { ...real((point) => approximate(a.at[point], b.at[point])), decimal };
}

function add(a: MathValue, b: MathValue, sign: bigint): MathValue {
  return combine(
    a,
    b,
    (x, y) => fraction(x.above * y.below + sign * y.above * x.below, x.below * y.below),
    (x, y) => x + Number(sign) * y,
  );
}

function multiply(a: MathValue, b: MathValue): MathValue {
  return combine(
    a,
    b,
    (x, y) => fraction(x.above * y.above, x.below * y.below),
    (x, y) => x * y,
  );
}

function divide(a: MathValue, b: MathValue): MathValue {
  return combine(
    a,
    b,
    (x, y) => fraction(x.above * y.below, x.below * y.above),
    (x, y) => x / y,
  );
}

function power(a: MathValue, b: MathValue): MathValue {
  const { above = 0n, below = 0n } = b.exact ?? {};
  const size = above < 0n ? -above : above;
  if (a.exact === null || below !== 1n || size > MOST_POWER)
    return combine(
      a,
      b,
      () => real((point) => a.at[point] ** b.at[point]),
      (x, y) => x ** y,
    );
  if (hexDigits(a.exact.above) + hexDigits(a.exact.below) > MOST_DIGITS / (Number(size) + 1))
    throw new NoExpression();
  const raised = [a.exact.above ** size, a.exact.below ** size] as const;
  const value = above < 0n ? fraction(raised[1], raised[0]) : fraction(raised[0], raised[1]);
  return { ...value, decimal: a.decimal };
}

const hexDigits = (value: bigint) => value.toString(16).length;

function factorial({ exact }: MathValue): MathValue {
  if (exact === null || exact.below !== 1n || exact.above < 0n || exact.above > 100n)
    throw new NoExpression();
  let product = 1n;
  for (let i = 2n; i <= exact.above; i++) product *= i;
  return whole(product);
}

function percentOf(value: MathValue): MathValue {
  return { ...divide(value, whole(100n)), decimal: value.decimal, percent: value.exact };
}

function absolute(value: MathValue): MathValue {
  const { exact } = value;
  if (exact !== null) return fraction(exact.above < 0n ? -exact.above : exact.above, exact.below);
  return real((point) => Math.abs(value.at[point]));
}

/** The root of a fraction whose both parts are powers of whole numbers. */
function exactRoot(of: Fraction | null, degree: number): Fraction | null {
  if (of === null || of.above < 0n || !Number.isInteger(degree) || degree < 1 || degree > 64)
    return null;
  const rootOf = (value: bigint) => {
    const guess = BigInt(Math.round(Number(value) ** (1 / degree)));
    return guess ** BigInt(degree) === value ? guess : null;
  };
  const above = rootOf(of.above);
  const below = rootOf(of.below);
  return above === null || below === null ? null : { above, below };
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
