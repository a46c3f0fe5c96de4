/** Tells by one word whether anything has changed that a page of a command is made of. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** All that a page can be made of, the build itself among it; packages are those of the lock file. */
const FOLDERS = ['src', 'workers', 'scripts', 'bench'];
const FILES = /^(package(-lock)?\.json|tsconfig.*\.json|\.env.*)$/;

/** Of the sources below `root`, by name and content, and of what Vite reads of the environment. */
export function sourcesHash(root: string, env: NodeJS.ProcessEnv): string {
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))),
  );
  const beside = readdirSync(root).filter((name) => FILES.test(name));
  const environment = Object.entries(env)
    .filter(([name]) => name === 'NODE_ENV' || name.startsWith('VITE_'))
    .sort();
  const hash = createHash('sha256').update(JSON.stringify(environment));
  for (const file of [...below, ...beside].sort())
    hash.update(`\0${file}\0`).update(readFileSync(path.join(root, file)));
  return hash.digest('hex').slice(0, 16);
}
