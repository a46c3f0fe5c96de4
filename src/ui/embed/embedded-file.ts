/**
 * A document as one HTML file: program, style and data inline, nothing fetched, everything else forbidden by a policy.
 * It opens from the disk and in an iframe. Whoever imports this carries the program, so it is fetched when it is wanted.
 */

import { DATA_ID, type EmbeddedDocument } from './document.ts';
import program from './main.tsx?embedded';

/** Only the script and style that the build wrote; texts of traces can become neither. */
const POLICY = [
  "default-src 'none'",
  `script-src ${program.scriptHash}`,
  `style-src ${program.styleHash}`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export function embeddedHtml(document: EmbeddedDocument): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="ViGOS Playground">
<title>${escapedText(document.title)}</title>
<style>${program.style}</style>
</head>
<body>
<div id="root"></div>
<noscript>This file draws its figures itself, so it needs JavaScript.</noscript>
<script type="application/json" id="${DATA_ID}">${escapedJson(document)}</script>
<script type="text/plain" id="licences">${program.licences}</script>
<script>${program.script}</script>
</body>
</html>
`;
}

/** What a host's page puts the file into: it runs its script and opens links, and reaches nothing of that page. */
export const frameSnippet = (file: string, title: string, height: number): string =>
  `<iframe src="${escapedText(encodeURI(file))}" title="${escapedText(title)}" width="100%" height="${height}" loading="lazy" sandbox="allow-scripts allow-popups" style="border: 0"></iframe>`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escapedText = (text: string) => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

/** No text of it can end its element or open a comment there. */
const escapedJson = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c');
