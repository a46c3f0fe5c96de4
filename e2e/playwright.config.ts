/** End-to-end tests of the built site, with and without WebGPU. Build first: `npm run build`. */
import { defineConfig } from '@playwright/test';
import { chromiumFlags, type WebGpuSource } from '../scripts/chromium.ts';
import { testChromium } from '../scripts/test/chromium.ts';

/** Another port lets two checkouts test at the same time. */
const PORT = Number(process.env.E2E_PORT ?? 4179);
const executablePath = testChromium();

/** One desktop browser; `webgpu` says where its WebGPU comes from, if from anywhere. */
function desktop(name: string, webgpu: WebGpuSource) {
  return {
    name,
    use: {
      viewport: { width: 1280, height: 900 },
      launchOptions: { executablePath, args: chromiumFlags(webgpu) },
    },
  };
}

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.e2e.ts',
  outputDir: '../test-results',
  // Tests that need a GPU device are tagged @webgpu; all others run where there is none.
  // They are the longest, so they come first: at the end one of them would run alone.
  projects: [
    { ...desktop('webgpu', 'software'), grep: /@webgpu/ },
    { ...desktop('wasm', 'off'), grepInvert: /@webgpu/ },
  ],
  // One page waits for its person, its engine or its paint half of the time.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  // When something hangs; nothing is measured by it. Beside the other lanes a page gets a third of a core, and CI's
  // cores may be half as fast.
  timeout: 600_000,
  expect: { timeout: 60_000 },
  reporter: [['list']],
  use: {
    baseURL: `http://localhost:${PORT}/`,
    screenshot: 'only-on-failure',
    // What moves is painted by the processor that the engine works on.
    contextOptions: { reducedMotion: 'reduce' },
    // It would fetch all files of the site in every test; what it is for has tests of its own.
    serviceWorkers: 'block',
  },
  webServer: {
    command: `npx vite preview --port ${PORT} --strictPort`,
    cwd: '..',
    url: `http://localhost:${PORT}/`,
    reuseExistingServer: false,
    timeout: 600_000,
  },
});
