/** Serves a command's page and its data to the headless browser, from this machine to itself. */
import { createReadStream, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { toErrorRecord } from '../../src/base/errors.ts';

const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export interface ServedFiles {
  /** The page's script, from the project's root. */
  readonly script: string;
  /** Folder behind `/headless/model/`. */
  readonly model?: string;
  /** What else is answered, by name. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** What the page posts, by name. May throw: the page is answered 500 and the error's record. */
  readonly onPost?: (name: string, query: URLSearchParams, body: Uint8Array<ArrayBuffer>) => void;
}

export interface HeadlessServer {
  /** Address of the page. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts a development server with one page. Dependencies are not bundled ahead, so nothing is written
 * and nothing reloads; files are not watched.
 */
export async function startServer(served: ServedFiles): Promise<HeadlessServer> {
  // Only where a page is wanted, like the browser.
  const { createServer } = await import('vite');
  const { servedModules } = await import('../vite/served.ts');
  const modules = servedModules();
  const server = await createServer({
    ...modules,
    root: PROJECT,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    optimizeDeps: { noDiscovery: true, include: [] },
    server: {
      ...modules.server,
      ...{ host: '127.0.0.1', port: 0, strictPort: false, hmr: false, watch: null },
    },
    plugins: [...modules.plugins, asModule, pagePlugin(served)],
  });
  await server.listen();
  const [base] = server.resolvedUrls?.local ?? [];
  return { url: new URL('/headless/', base).href, close: () => server.close() };
}

/** The one package of the worker that is no ES module, which nothing here prepares ahead. */
const asModule: Plugin = {
  name: 'papaparse-as-module',
  enforce: 'pre',
  transform: (code, id) =>
    /\/papaparse(?:\.min)?\.js/.test(id)
      ? `const module = { exports: {} };\nconst { exports } = module;\n${code}\nexport default module.exports;`
      : null,
};

function pagePlugin(served: ServedFiles): Plugin {
  return {
    name: 'headless',
    configureServer: ({ middlewares, config }) => {
      middlewares.use((request, response, next) => {
        const url = new URL(request.url ?? '/', 'http://localhost');
        if (!url.pathname.startsWith('/headless/')) return next();
        for (const [name, value] of Object.entries(config.server.headers ?? {}))
          if (value !== undefined) response.setHeader(name, value);
        answer(url, request, response, served);
      });
    },
  };
}

function answer(
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
  { script, model, files = {}, onPost }: ServedFiles,
): void {
  const name = url.pathname.slice('/headless/'.length);
  if (request.method === 'POST' && onPost !== undefined)
    receive(request, response, (body) => onPost(name, url.searchParams, body));
  else if (name === '') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><script type="module" src="/${script}"></script>`);
  } else if (Object.hasOwn(files, name)) response.end(files[name]);
  else if (name.startsWith('model/') && model !== undefined) {
    const folder = path.resolve(model);
    const file = path.join(folder, decodeURIComponent(name.slice('model/'.length)));
    if (!file.startsWith(folder + path.sep)) return void response.writeHead(404).end();
    response.setHeader('Content-Length', statSync(file).size);
    createReadStream(file).pipe(response);
  } else response.writeHead(404).end();
}

function receive(
  request: IncomingMessage,
  response: ServerResponse,
  take: (body: Uint8Array<ArrayBuffer>) => void,
): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    try {
      take(new Uint8Array(Buffer.concat(chunks)));
      response.end();
    } catch (error) {
      response.writeHead(500, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(toErrorRecord(error, name(request))));
    }
  });
}

function name({ url }: IncomingMessage): string {
  return url?.split('?')[0] ?? 'request';
}
