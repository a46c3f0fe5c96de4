/** Another version of a built site: the same program under other hashes, as after a change of every file. */
import { cpSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Copies a build to `target`, renames all that bears a hash, and names it so wherever it is named. */
export function releaseOf(build: string, target: string): void {
  cpSync(build, target, { recursive: true });
  const built = readdirSync(path.join(target, 'assets'));
  const data = readdirSync(target).filter((name) => name.startsWith('data-'));
  const naming = ['index.html', ...built.map((name) => `assets/${name}`)];
  for (const file of naming.filter((name) => /\.(js|css|html)$/.test(name))) {
    let text = readFileSync(path.join(target, file), 'utf8');
    for (const name of [...built, ...data]) text = text.replaceAll(name, renamed(name));
    writeFileSync(path.join(target, file), text.replace('{"version":"', '{"version":"next-'));
  }
  for (const name of built)
    renameSync(path.join(target, 'assets', name), path.join(target, 'assets', renamed(name)));
  for (const name of data) renameSync(path.join(target, name), path.join(target, renamed(name)));
}

/** With its hash, the eight letters before the extension, read backwards. */
function renamed(name: string): string {
  return name.replace(/-([\w-]{8})(\.\w+)?$/, (_, hash: string, extension = '') => {
    return `-${[...hash].reverse().join('')}${extension}`;
  });
}
