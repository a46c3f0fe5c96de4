/** Build, development server and tests. */
import { statSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { loadEnv } from 'vite';
import { defineConfig } from 'vitest/config';
import { chromiumFlags } from './scripts/chromium.ts';
import { testsAlone } from './scripts/test/alone.ts';
import { testChromium } from './scripts/test/chromium.ts';
import { citation } from './scripts/vite/citation.ts';
import { embedded } from './scripts/vite/embedded.ts';
import { ISOLATION } from './scripts/vite/isolation.ts';
import { licences } from './scripts/vite/licences.ts';
import { ownFiles } from './scripts/vite/own-files.ts';
import { contentSecurityPolicy, securityPolicy } from './scripts/vite/security-policy.ts';
import { servedModules } from './scripts/vite/served.ts';

const UNIT_FOLDERS = ['src', 'workers', 'scripts', 'bench'];
const BROWSER_TESTS = '{src,workers,scripts}/**/*.browser.test.ts';
const COMPONENT_TESTS = 'src/ui/**/*.component.test.tsx';
/** Their own lane: whoever works on a kernel waits for nothing else. */
const KERNEL_TESTS = 'src/kernels/**/*.browser.test.ts';
const COMMAND_TESTS = '{scripts,bench}/**/*.command.test.ts';

/** What components are made of. */
const COMPONENT_PACKAGES = [
  'react',
  'react-dom',
  'react-dom/client',
  'react/jsx-runtime',
  'react/jsx-dev-runtime',
  'radix-ui',
  'zustand',
  'zustand/vanilla',
  'zustand/react/shallow',
  '@tanstack/react-virtual',
];

/** Many hosts do not know `.mjs` as a script and browsers refuse modules of another content type. */
function assetFileNames({ names }: { names: string[] }): string {
  return names.some((name) => name.endsWith('.mjs'))
    ? 'assets/[name]-[hash].js'
    : 'assets/[name]-[hash][extname]';
}

/** Looked for by tests alone: a wrong CHROMIUM_PATH is no reason not to build or serve the page. */
const launchOptions =
  process.env.VITEST === undefined ? {} : { executablePath: testChromium(), args: chromiumFlags() };

/** The page reads the same variable, to say which hosts it may ask. */
const policy = contentSecurityPolicy(
  loadEnv('production', import.meta.dirname, 'VITE_').VITE_MODEL_HOSTS,
);

const served = servedModules();
const { page: pageLicences, worker: workerLicences } = licences();

/**
 * After how many ms a test hangs. Nothing is measured by it: on a machine a third as fast, with all lanes at once, what
 * takes 20 s alone takes minutes, and a test that is given up while it works breaks those after it in its page.
 */
const HANGS = 600_000;
/** The same for what a page is about to show. */
const SHOWN = { poll: { timeout: 60_000 } };

const unit = {
  environment: 'node' as const,
  setupFiles: ['scripts/test/property-seed.ts'],
  testTimeout: HANGS,
};
/** Looked for where tests run alone. */
const alone = process.env.VITEST === undefined ? [] : testsAlone(import.meta.dirname, UNIT_FOLDERS);

/** Of the file that the page waits for longest, so that it can say so. */
function runtimeBytes(): number {
  const file = 'onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify.wasm';
  return statSync(path.join(import.meta.dirname, 'node_modules', file)).size;
}

/** Tests of what computes in a page of Chromium, one file after the other, since they share its storage and its GPU. */
const inOnePage = {
  testTimeout: HANGS,
  hookTimeout: HANGS,
  expect: SHOWN,
  fileParallelism: false,
  browser: {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    provider: playwright({ launchOptions }),
    instances: [{ browser: 'chromium' as const }],
  },
};

export default defineConfig({
  ...served,
  base: './',
  define: { 'import.meta.env.RUNTIME_BYTES': String(runtimeBytes()) },
  plugins: [
    ...served.plugins,
    react(),
    citation(),
    embedded(),
    securityPolicy(policy),
    pageLicences,
    ownFiles(policy),
  ],
  optimizeDeps: {
    exclude: ['onnxruntime-web'],
    // Only workers import them, in the middle of their work: found then, they would reload the page.
    include: [
      '@jax-js/jax',
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-core/dist/register_all_gradients.js',
      '@tensorflow/tfjs-backend-webgpu',
      'papaparse',
    ],
  },
  worker: {
    ...served.worker,
    plugins: () => [...served.worker.plugins(), workerLicences],
    rolldownOptions: { output: { assetFileNames } },
  },
  build: {
    target: 'es2023',
    // They know light-dark(), which stays as it is: made into two properties it is one of the two where it was declared,
    // and a drawing on white paper has the colours of a dark page.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    // A style sheet that did not come is never asked for again, so none comes later than the page.
    cssCodeSplit: false,
  },
  // As a header the policy also binds the worker, which a meta tag does not.
  preview: { headers: { ...ISOLATION, 'Content-Security-Policy': policy } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          ...unit,
          name: 'unit',
          // One module graph in each process: to make one for every file takes as long as the tests.
          isolate: false,
          include: [`{${UNIT_FOLDERS}}/**/*.test.{ts,tsx}`],
          exclude: [
            '**/*.{browser,command}.test.ts',
            COMPONENT_TESTS,
            '**/node_modules/**',
            ...alone,
          ],
        },
      },
      { extends: true, test: { ...unit, name: 'alone', include: alone } },
      {
        extends: true,
        test: {
          name: 'commands',
          environment: 'node',
          include: [COMMAND_TESTS],
          testTimeout: HANGS,
        },
      },
      {
        extends: true,
        // A package discovered late would reload the page in the middle of a test; all of ours are
        // ES modules already.
        optimizeDeps: { noDiscovery: true },
        test: { name: 'browser', ...inOnePage, include: [BROWSER_TESTS], exclude: [KERNEL_TESTS] },
      },
      {
        extends: true,
        optimizeDeps: { noDiscovery: true },
        test: { name: 'kernels', ...inOnePage, include: [KERNEL_TESTS] },
      },
      {
        extends: true,
        // React is no ES module, so it is prepared once, before the first test.
        optimizeDeps: { noDiscovery: true, include: COMPONENT_PACKAGES },
        test: {
          name: 'component',
          // One module graph in each page, as in the unit lane: the whole page is 800 modules, fetched one by one.
          isolate: false,
          include: [COMPONENT_TESTS],
          testTimeout: HANGS,
          expect: SHOWN,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            viewport: { width: 1280, height: 800 },
            provider: playwright({ launchOptions }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
