/** The dead-code check without tests: what of the shipped code and the commands only tests reach. */
import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: [
    'src/ui/app/main.tsx!',
    'src/ui/embed/main.tsx!',
    'workers/*.worker.ts!',
    'src/kernels/simd/index.ts!',
    'scripts/vite/*.ts!',
    'bench/*.ts!',
    'bench/*/page.ts!',
    'scripts/*.ts!',
    'scripts/*/page.ts!',
  ],
  project: [
    '{src,workers,scripts,bench}/**/*.{ts,tsx}!',
    '!**/*.test.{ts,tsx}!',
    '!**/fixtures/**!',
    '!scripts/test/**!',
  ],
  // Parts of the method, held to the released code, whose recipes come next: staged curricula.
  ignore: ['src/method/{curriculum,softmax}.ts'],
  ignoreExportsUsedInFile: true,
};

export default config;
