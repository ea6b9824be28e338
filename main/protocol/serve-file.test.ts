// Files of the renderer and nothing else, each with the content security policy.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileFor, serveFile } from './serve-file.ts';

let root = '';
let directory = '';

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'tt-serve-'));
  directory = path.join(root, 'renderer');
  await mkdir(path.join(directory, 'assets'), { recursive: true });
  await writeFile(path.join(directory, 'index.html'), '<!doctype html>');
  await writeFile(path.join(directory, 'assets', 'app.js'), 'export {};');
  await writeFile(path.join(root, 'secret.json'), '{}');
});
afterAll(() => rm(root, { recursive: true }));

describe('serveFile', () => {
  it('serves the page and its scripts with a policy', async () => {
    const page = await serveFile(directory, 'app://bundle/');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const script = await serveFile(directory, 'app://bundle/assets/app.js?v=1');
    expect([script.status, script.headers.get('content-type'), await script.text()]).toEqual([
      200,
      'text/javascript; charset=utf-8',
      'export {};',
    ]);
  });

  it.each([
    'app://bundle/../secret.json',
    'app://bundle/%2e%2e/secret.json',
    'app://bundle/..%2fsecret.json',
    'app://bundle/assets/..%2f..%2fsecret.json',
    'app://bundle/%00',
    'app://bundle/%zz',
    'app://bundle/assets',
    'app://bundle/missing.js',
    'app://bundle/assets/app.exe',
  ])('answers 404 to %s', async (url) => {
    expect((await serveFile(directory, url)).status).toBe(404);
  });

  it('never leaves its folder', () => {
    expect(fileFor(directory, 'app://bundle//etc/passwd')).toBe(path.join(directory, 'etc', 'passwd'));
    expect(fileFor('/srv/renderer', 'app://bundle/..%2frenderer-old/index.html')).toBe(
      '/srv/renderer/renderer-old/index.html',
    );
  });
});
