/** What every other browser test takes for granted about the browser it runs in. */
import { expect, test } from 'vitest';

test('the page has a WebGPU adapter', async () => {
  expect(await navigator.gpu.requestAdapter()).not.toBeNull();
});

test('a worker has a WebGPU adapter', async () => {
  const program = 'navigator.gpu.requestAdapter().then((adapter) => postMessage(adapter !== null))';
  const url = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
  const worker = new Worker(url);
  const found = await new Promise((resolve, reject) => {
    worker.onmessage = (event) => resolve(event.data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
  worker.terminate();
  URL.revokeObjectURL(url);
  expect(found).toBe(true);
});

test('the page is cross-origin isolated, so WebAssembly may use threads', () => {
  expect(crossOriginIsolated).toBe(true);
  expect(new SharedArrayBuffer(8).byteLength).toBe(8);
});

test('files of public/ are served from the root', async () => {
  const response = await fetch('/isolation.js');
  expect(response.headers.get('content-type')).toContain('text/javascript');
});
