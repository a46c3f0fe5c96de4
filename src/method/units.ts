/** Units behind a number, and currencies on either side of it. */

const UNITS: readonly (readonly [string, readonly string[]])[] = [
  ['mm', ['mm', 'millimeter', 'millimetre']],
  ['cm', ['cm', 'centimeter', 'centimetre']],
  ['dm', ['dm', 'decimeter', 'decimetre']],
  ['m', ['m', 'meter', 'metre']],
  ['km', ['km', 'kilometer', 'kilometre']],
  ['in', ['inch', 'inche']],
  ['ft', ['ft', 'foot', 'feet']],
  ['yd', ['yd', 'yard']],
  ['mi', ['mi', 'mile']],
  ['mg', ['mg', 'milligram']],
  ['g', ['g', 'gram', 'gm']],
  ['kg', ['kg', 'kilogram']],
  ['lb', ['lb', 'pound']],
  ['oz', ['oz', 'ounce']],
  ['ml', ['ml', 'milliliter', 'millilitre']],
  ['l', ['l', 'liter', 'litre']],
  ['gal', ['gal', 'gallon']],
  ['s', ['s', 'sec', 'second']],
  ['min', ['min', 'minute']],
  ['h', ['h', 'hr', 'hour']],
  ['day', ['day']],
  ['week', ['week']],
  ['month', ['month']],
  ['year', ['yr', 'year']],
  ['deg', ['deg', 'degree', '^\\circ']],
  ['degC', ['^\\circ C', 'C', 'degrees Celsius']],
  ['degF', ['^\\circ F', 'F', 'degrees Fahrenheit']],
  ['km/h', ['km/h', 'kmh', 'kmph', 'kph']],
  ['mph', ['mph']],
  ['m/s', ['m/s']],
  ['am', ['am', 'a.m']],
  ['pm', ['pm', 'p.m']],
  ['cent', ['cent', '¢']],
  ['$', ['dollar', 'USD', '\\$', '$']],
  ['€', ['euro', 'EUR', '€']],
  ['£', ['GBP', '£']],
  ['¥', ['yen', 'JPY', '¥']],
  ['unit', ['unit', 'square unit']],
  ['point', ['point']],
];
/** Behind a length: an area or a volume. */
const POWERS = /\s*\^\s*\{?\s*([23])\s*\}?$/;
const WORDS: ReadonlyMap<string, string> = new Map(
  UNITS.flatMap(([unit, names]) => names.map((name) => [name, unit] as const)),
);

/** The number and its unit's canonical name, null without a known one; `percent` in words becomes its sign. */
export function splitUnit(text: string): { number: string; unit: string | null } {
  const plain = text.replace(/(\d)\s*(?:percent(?:age)?|pct)$/i, '$1%');
  const currency = /^(\\?\$|[€£¥])\s*/.exec(plain);
  if (currency !== null)
    return { number: plain.slice(currency[0].length), unit: unitOf(currency[1]) };
  const power = POWERS.exec(plain);
  const bare = power === null ? plain : plain.slice(0, power.index);
  const found = /^(.*?[\d)}])\s*((?:\^\\circ\s*[CF]?|[a-zA-Z][a-zA-Z /.]*|\\?\$|[€£¥¢]))$/.exec(
    bare,
  );
  if (found !== null) {
    const unit = unitOf(found[2]);
    if (unit !== null) return { number: found[1], unit: `${unit}${power?.[1] ?? ''}` };
  }
  return { number: plain, unit: null };
}

function unitOf(written: string): string | null {
  const name = written.trim().replace(/\s+/g, ' ').replace(/\.$/, '');
  const square = /^(?:square|sq\.?) (.+)$/.exec(name);
  const cubic = /^(?:cubic|cu\.?) (.+)$/.exec(name);
  if (square !== null && square[1] !== 'unit') return powered(square[1], 2);
  if (cubic !== null) return powered(cubic[1], 3);
  const one = WORDS.get(name) ?? WORDS.get(name.toLowerCase());
  if (one !== undefined) return one;
  return name.length > 2 ? (WORDS.get(name.toLowerCase().replace(/s$/, '')) ?? null) : null;
}

function powered(name: string, power: number): string | null {
  const unit = unitOf(name);
  return unit === null ? null : `${unit}${power}`;
}
