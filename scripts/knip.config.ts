/** What the dead-code check takes for the roots of the project. */
import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  entry: [
    'bench/*.ts',
    'bench/*/page.ts',
    // Built by a build of its own, into files that leave the page.
    'src/ui/embed/main.tsx',
    'workers/*.worker.ts',
    // AssemblyScript, of which a compiler of its own sees what is called.
    'src/kernels/simd/index.ts',
    'scripts/*.ts',
    'e2e/*.e2e.ts',
  ],
  // Imported by style sheets, which knip does not read.
  ignoreDependencies: ['@fontsource-variable/newsreader'],
  ignoreExportsUsedInFile: true,
  exclude: ['types', 'nsTypes', 'enumMembers', 'duplicates'],
  project: ['{src,workers,scripts,bench,e2e}/**/*.{ts,tsx}'],
};

export default config;
