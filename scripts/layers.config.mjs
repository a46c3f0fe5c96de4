/** The rooms and who may import whom, as rules for dependency-cruiser. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const TEST = '(\\.(test|e2e)\\.tsx?$|/fixtures/)';

const INFERENCE = ['src/method', 'src/contract', 'src/kernels', 'src/model'];
const TRAINING = [...INFERENCE, 'src/inference', 'src/world', 'src/storage'];
const DATA = [
  'src/contract',
  'src/world',
  'src/storage',
  'src/picture',
  'src/rollouts',
  'src/training',
];
const ENGINE = [...TRAINING, 'src/training', 'src/picture', 'src/rollouts', 'src/data'];

/**
 * For each room the rooms whose code it may import, and those of which it may import types only.
 * `src/base` lies under all of them.
 *
 * @type {Record<string, { code: string[], types?: string[] }>}
 */
const ROOMS = {
  'src/base': { code: [] },
  'src/method': { code: [] },
  'src/world': { code: [] },
  'src/picture': { code: [] },
  'src/storage': { code: [] },
  'src/kernels': { code: [], types: ['src/method'] },
  'src/contract': { code: ['src/method', 'src/world'] },
  'src/model': { code: ['src/contract', 'src/storage'], types: ['src/method'] },
  'src/inference': { code: INFERENCE },
  'src/training': { code: TRAINING },
  'src/data': { code: DATA },
  'src/engine': { code: ENGINE },
  'src/rollouts': {
    code: ['src/method', 'src/contract', 'src/model', 'src/inference', 'src/storage'],
  },
  'src/kernel-bench': { code: ['src/kernels', 'src/model'] },
  workers: { code: ['src/model', 'src/engine', 'src/kernel-bench', 'src/rollouts'] },
  'src/ui': {
    code: ['src/method', 'src/world', 'src/picture', 'src/contract', 'src/storage', 'src/kernels'],
    types: ['src/kernel-bench'],
  },
};

/** Workers export nothing: whoever names one has its address. */
const WORKER_ADDRESS = '^workers/[^/]+\\.worker\\.ts$';

/** Rooms that are plain mathematics, protocol or WGSL: no package at all. */
const WITHOUT_PACKAGES = ['src/base', 'src/method', 'src/world', 'src/kernels'];

/**
 * Folders of a room, bottom to top: each imports those before it only, and nothing that lies beside them.
 *
 * @type {Record<string, string[]>}
 */
const FOLDERS = {
  'src/model': ['formats', 'sources', 'onnx', 'processor', 'families', 'runtime', 'adapters'],
  'src/contract': [
    'settings',
    'models',
    'figures',
    'data',
    'train',
    'evaluation',
    'trace',
    'rollouts',
    'experiment',
  ],
};

/**
 * Rooms of the interface that every page may use, and what each may import of the others.
 *
 * @type {Record<string, string[]>}
 */
const FOR_ALL_PAGES = {
  'src/ui/shared': [],
  'src/ui/charts': ['src/ui/shared'],
  'src/ui/fields': ['src/ui/shared'],
  'src/ui/engine': ['src/ui/shared', 'src/ui/fields'],
  'src/ui/rollout': ['src/ui/shared', 'src/ui/fields', 'src/ui/charts'],
  'src/ui/embed': ['src/ui/shared', 'src/ui/rollout'],
};

const UI = fileURLToPath(new URL('../src/ui', import.meta.url));
/** Pages of the interface, every other folder but the frame around them; each stands alone. */
const PAGES = readdirSync(UI, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter((name) => name !== 'app' && !Object.hasOwn(FOR_ALL_PAGES, `src/ui/${name}`));

/** @param {string[]} rooms */
const inside = (rooms) => `^(${rooms.join('|')})/`;

const roomRules = Object.entries(ROOMS).flatMap(([room, { code, types = [] }]) => [
  {
    name: `${room}: imports only rooms below it`,
    severity: 'error',
    from: { path: inside([room]), pathNot: TEST },
    to: {
      path: '^(src|workers|scripts|bench|e2e|tools)/',
      pathNot: [
        inside([room, 'src/base', ...code, ...types]),
        ...(room === 'src/ui' ? [WORKER_ADDRESS] : []),
      ],
    },
  },
  ...(types.length === 0
    ? []
    : [
        {
          name: `${room}: only types of ${types.join(', ')}`,
          severity: 'error',
          from: { path: inside([room]), pathNot: TEST },
          to: { path: inside(types), dependencyTypesNot: ['type-only'] },
        },
      ]),
]);

export default {
  forbidden: [
    ...roomRules,
    ...Object.entries(FOLDERS).flatMap(([room, folders]) =>
      folders.map((folder, place) => ({
        name: `${room}/${folder}: imports only folders of ${room} below it`,
        severity: 'error',
        from: { path: inside([`${room}/${folder}`]), pathNot: TEST },
        to: {
          path: `^${room}/`,
          pathNot: inside(folders.slice(0, place + 1).map((name) => `${room}/${name}`)),
        },
      })),
    ),
    ...PAGES.map((page) => ({
      name: `src/ui/${page}: imports no other page`,
      severity: 'error',
      from: { path: `^src/ui/${page}/` },
      to: { path: inside(PAGES.filter((other) => other !== page).map((name) => `src/ui/${name}`)) },
    })),
    {
      name: 'src/ui: figures come from the engine; chapters alone compute, with the kernels themselves',
      severity: 'error',
      from: { path: '^src/ui/', pathNot: '^src/ui/chapters/' },
      to: { path: '^src/kernels/' },
    },
    ...Object.entries(FOR_ALL_PAGES).map(([room, below]) => ({
      name: `${room}: imports no page`,
      severity: 'error',
      from: { path: inside([room]) },
      to: { path: '^src/ui/', pathNot: inside([room, ...below]) },
    })),
    {
      name: 'tests: import no room above the one they sit in',
      severity: 'error',
      from: {
        path: `^src/(?!ui/).*${TEST}`,
      },
      to: { path: '^(workers|src/ui)/' },
    },
    {
      name: 'no packages in the pure rooms',
      severity: 'error',
      from: { path: inside(WITHOUT_PACKAGES), pathNot: TEST },
      to: { path: 'node_modules/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no development package in what is shipped',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: TEST },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no Node module in what is shipped',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: TEST },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'fixtures are for tests',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: TEST },
      to: { path: '/fixtures/' },
    },
    {
      name: 'no circular imports',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no circles of folders in the interface',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/ui/' },
      to: { circular: true, path: '^src/ui/' },
    },
    {
      name: 'no orphans',
      severity: 'error',
      from: { orphan: true, pathNot: [TEST, '\\.d\\.ts$', '\\.config\\.(ts|mjs)$'] },
      to: {},
    },
    {
      name: 'every import resolves',
      severity: 'error',
      from: {},
      // Vite resolves ?url, ?raw and ?assembly itself; the build fails where it cannot.
      to: { couldNotResolve: true, pathNot: '\\?(url|raw|assembly|embedded|citation)$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|public|test-results|playwright-report|[.][^/]+)/' },
    enhancedResolveOptions: {
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
