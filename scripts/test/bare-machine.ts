/** A machine without a browser, for tests: nothing is found, and what would install one only prints and pretends. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { requireChromium } from '../chromium.ts';

/** Said by every pretended installer on its standard output. */
export const INSTALLER_SAYS = 'Downloading Chromium 12.3 MiB';

export interface BareMachine {
  readonly env: NodeJS.ProcessEnv;
  /** The installers that ran, each as its name and arguments. */
  installed(): string[];
}

/**
 * Makes one in an empty `folder`. With `installs` the first installer puts a way to the real browser where
 * one is looked for; else all fail.
 */
export function bareMachine(folder: string, { installs }: { installs: boolean }): BareMachine {
  const bin = path.join(folder, 'bin');
  const log = path.join(folder, 'installers.log');
  for (const name of ['bin', 'browsers', 'tmp'])
    mkdirSync(path.join(folder, name), { recursive: true });
  const waiting = path.join(folder, 'waiting');
  const path_ = `PATH='${process.env.PATH}'`;
  if (installs) script(waiting, `${path_} exec '${requireChromium()}' "$@"`);
  const ending = installs
    ? `[ -f '${waiting}' ] && /bin/mv '${waiting}' '${bin}/chromium'`
    : 'exit 1';
  for (const name of ['npx', 'apt-get'])
    script(
      path.join(bin, name),
      `echo '${INSTALLER_SAYS}'; echo "${name} $*" >> '${log}'; /bin/sleep 0.2; ${ending}`,
    );
  const { VITEST: _, ...env } = process.env;
  return {
    env: {
      ...env,
      PATH: bin,
      PLAYWRIGHT_BROWSERS_PATH: path.join(folder, 'browsers'),
      CHROMIUM_PATH: '',
      TMPDIR: path.join(folder, 'tmp'),
      // A Mac's programs lie at a fixed place.
      ...(process.platform === 'darwin' ? { NODE_OPTIONS: AS_ON_LINUX } : {}),
    },
    installed: () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []),
  };
}

const AS_ON_LINUX =
  '--import=data:text/javascript,Object.defineProperty(process,"platform",{value:"linux"})';

function script(file: string, body: string): void {
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}
