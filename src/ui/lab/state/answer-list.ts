/** Answers in one line of text, separated by commas; one that has a comma stands in quotation marks, as in CSV. Pure. */

const ANSWER = /\s*"((?:[^"]|"")*)"(?=\s*(?:,|$))|[^,]+/g;

export const answersIn = (text: string): string[] =>
  [...text.matchAll(ANSWER)].flatMap(([whole, quoted]) => {
    const answer = quoted === undefined ? whole.trim() : quoted.replaceAll('""', '"');
    return answer === '' ? [] : [answer];
  });

export const answersAsText = (answers: readonly string[]): string =>
  answers
    .map((answer) => (/[,"]/.test(answer) ? `"${answer.replaceAll('"', '""')}"` : answer))
    .join(', ');
