/** Finds a Chromium for browser tests and headless commands, and installs one where there is none. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright';
import { PlaygroundError } from '../src/base/errors.ts';
import { alone } from './headless/alone.ts';

/** Where WebGPU comes from: SwiftShader on the CPU, the machine's GPU, or nowhere. */
export type WebGpuSource = 'software' | 'hardware' | 'off';

const SYSTEM_NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];

const MAC_APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * What Playwright switches off itself, since the last such flag counts, and the address bar's pop-ups: pages of
 * Chromium's own that every new window of a headless browser loads before ours.
 */
const OFF = [
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxPopup',
];

const QUIET_FLAGS = [
  `--disable-features=${OFF.join(',')}`,
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const WEBGPU_FLAGS: Record<WebGpuSource, readonly string[]> = {
  software: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
  hardware: [
    '--enable-unsafe-webgpu',
    '--ignore-gpu-blocklist',
    ...(process.platform === 'linux' ? ['--enable-features=Vulkan', '--use-angle=vulkan'] : []),
  ],
  off: ['--disable-gpu'],
};

interface Installation {
  commands: string[][];
  /** Installs the system libraries that the browser needs; only root can. */
  libraries?: string[];
}

const PLAYWRIGHT: Installation = {
  commands: [['npx', 'playwright', 'install', 'chromium']],
  libraries: ['npx', 'playwright', 'install-deps', 'chromium'],
};

const DEBIAN: Installation = {
  commands: [
    ['apt-get', 'update', '-q'],
    ['apt-get', 'install', '-y', '-q', '--no-install-recommends', 'chromium'],
  ],
};

/**
 * Command-line flags for Chromium. Without an argument the environment variable `CHROMIUM_WEBGPU`
 * decides (`software`, `hardware`, `off`); its default is `software`, which every machine has and
 * which gives the same adapter everywhere. `CHROMIUM_FLAGS` adds more, separated by spaces.
 *
 * @throws PlaygroundError `chromium.webgpu-source` if the variable holds another word.
 */
export function chromiumFlags(webgpu: WebGpuSource = webGpuSource()): string[] {
  const asRoot = process.getuid?.() === 0;
  const own = (process.env.CHROMIUM_FLAGS ?? '').split(/\s+/).filter((flag) => flag !== '');
  return [...(asRoot ? ['--no-sandbox'] : []), ...WEBGPU_FLAGS[webgpu], ...QUIET_FLAGS, ...own];
}

/**
 * Path of a Chromium that exists on this machine, or `undefined`: `CHROMIUM_PATH`, then Playwright's
 * own download, then the system's.
 *
 * @throws PlaygroundError `chromium.path` if `CHROMIUM_PATH` is set and names no executable.
 */
export function findChromium(): string | undefined {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted !== undefined && wanted !== '') {
    if (isExecutable(wanted)) return wanted;
    throw new PlaygroundError({
      code: 'chromium.path',
      message: `CHROMIUM_PATH names no executable file: ${wanted}.`,
      fix: 'Set it to the path of a Chromium or Chrome, or unset it to have one found.',
      where: 'CHROMIUM_PATH',
    });
  }
  const own = chromium.executablePath();
  if (isExecutable(own)) return own;
  const onPath = pathFolders().flatMap((folder) =>
    SYSTEM_NAMES.map((name) => path.join(folder, name)),
  );
  const applications = process.platform === 'darwin' ? MAC_APPLICATIONS : [];
  return [...onPath, ...applications].find(isExecutable);
}

/**
 * Path of a Chromium, installed first if the machine has none: Playwright's download, or Debian's
 * package where that download is not to be had and apt-get runs as root. Installers write to standard
 * error; of several processes that find none at the same time one installs and the others wait for it.
 *
 * @throws PlaygroundError `chromium.missing` if none was found and none could be installed.
 */
export function requireChromium(): string {
  return findChromium() ?? alone('chromium', () => findChromium() ?? install());
}

function install(): string {
  const debian = process.platform === 'linux' && process.getuid?.() === 0 && hasCommand('apt-get');
  for (const { commands, libraries } of debian ? [PLAYWRIGHT, DEBIAN] : [PLAYWRIGHT]) {
    for (const command of commands) run(command);
    const installed = findChromium();
    if (installed === undefined) continue;
    if (debian && libraries !== undefined) run(libraries);
    return installed;
  }
  throw new PlaygroundError({
    code: 'chromium.missing',
    message: 'No Chromium was found and none could be installed.',
    fix: 'Install Chromium or Chrome and set CHROMIUM_PATH to it, or run `npx playwright install chromium`.',
    where: 'PATH',
  });
}

function webGpuSource(): WebGpuSource {
  const wanted = process.env.CHROMIUM_WEBGPU || 'software';
  if (wanted === 'software' || wanted === 'hardware' || wanted === 'off') return wanted;
  throw new PlaygroundError({
    code: 'chromium.webgpu-source',
    message: `CHROMIUM_WEBGPU is "${wanted}", which is no source of WebGPU.`,
    fix: 'Use software, hardware or off.',
    where: 'CHROMIUM_WEBGPU',
  });
}

function pathFolders(): string[] {
  return (process.env.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
}

function hasCommand(name: string): boolean {
  return pathFolders().some((folder) => isExecutable(path.join(folder, name)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Runs an installer; its failure only means that the next way is tried. */
function run([command, ...args]: string[]): void {
  if (command === undefined) return;
  console.error(`No Chromium yet; running: ${[command, ...args].join(' ')}`);
  try {
    execFileSync(command, args, {
      // Standard output belongs to the command that needs the browser: its JSON is parsed.
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
      timeout: 600_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
  }
}
