/** Which unit tests need a process of their own; all others share one after another, which halves the lane's processor time. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Puts another module, global, clock or environment in the place of the real one. */
const REPLACES =
  /\bvi\s*\.\s*(mock|doMock|hoisted|stubGlobal|stubEnv|useFakeTimers|resetModules)\b/;

const UNIT_TEST = /(?<!\.(browser|command|component))\.test\.tsx?$/;

/**
 * The unit tests below `folders` that replace what other files share, as paths relative to `root`. Told by their text,
 * so that nobody keeps a list.
 */
export function testsAlone(root: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => path.join(folder, file))
      .filter((file) => UNIT_TEST.test(file))
      .filter((file) => REPLACES.test(readFileSync(path.join(root, file), 'utf8')))
      .map((file) => file.replaceAll(path.sep, '/')),
  );
}
