/** Numbers as the page prints them; the unit is part of the text or of the label beside it. */

/** A figure and its unit stay on one line. */
const THIN = '\u202f';
const MINUS = '\u2212';

/** Nats with three significant digits, `−` for a minus sign; tiny values keep their order of magnitude. */
export function formatNats(value: number): string {
  if (Number.isNaN(value)) return 'not a number';
  if (value === Number.POSITIVE_INFINITY) return '∞';
  if (value === Number.NEGATIVE_INFINITY) return `${MINUS}∞`;
  const size = Math.abs(value);
  const sign = value < 0 && size >= 5e-6 ? MINUS : '';
  if (size < 5e-6) return '0';
  if (size < 0.001) {
    const power = Math.floor(Math.log10(size));
    return `${sign}${(size / 10 ** power).toFixed(1)}e${MINUS}${-power}`;
  }
  return sign + size.toFixed(size < 0.1 ? 4 : size < 10 ? 3 : 1);
}

/** A probability as per cent: `63.2 %`, `<0.01 %`. */
export function formatPercent(p: number): string {
  if (Number.isNaN(p)) return 'not a number';
  if (p === 0) return `0${THIN}%`;
  if (p < 0.0001) return `<0.01${THIN}%`;
  const percent = p * 100;
  const digits = percent < 1 ? 2 : percent > 99.95 || percent === Math.round(percent) ? 0 : 1;
  return `${percent > 99.95 && p < 1 ? '>99.9' : percent.toFixed(digits)}${THIN}%`;
}

/** A whole share as per cent without digits: `7 %`. */
export const formatShare = (share: number): string => `${Math.round(share * 100)}${THIN}%`;

/** A share that may be negative, its sign always there: `+43 %`, `−7 %`. */
export const formatSignedShare = (share: number): string =>
  `${share < 0 ? MINUS : '+'}${formatShare(Math.abs(share))}`;

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes}${THIN}B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(0)}${THIN}kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(1)}${THIN}MB`;
  return `${(bytes / 1e9).toFixed(1)}${THIN}GB`;
}

export function formatMs(ms: number): string {
  return ms < 1000
    ? `${ms.toFixed(ms < 10 ? 1 : 0)}${THIN}ms`
    : `${(ms / 1000).toFixed(2)}${THIN}s`;
}

/** A number of any size in a few characters. */
export function formatPlain(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.001 || size >= 100_000) return value.toExponential(1).replace('-', MINUS);
  return value
    .toPrecision(3)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replace('-', MINUS);
}
