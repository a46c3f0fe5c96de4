/** What stands at the marks of an axis. Pure. */

/** Each mark in the chart's own format, or, where that cannot tell them apart, with as many places as they need. */
export function tickTexts(marks: readonly number[], format: (value: number) => string): string[] {
  const texts = marks.map(format);
  if (new Set(texts).size === texts.length) return texts;
  const gap = Math.abs(marks[1] - marks[0]);
  const places = Math.min(20, Math.max(0, Math.ceil(-Math.log10(gap))));
  return marks.map((mark) => mark.toFixed(places).replace('-', '−'));
}
