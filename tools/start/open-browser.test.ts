// The code that lets a browser in is never an argument of a program, where other users could read it.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it, vi } from 'vitest';
import { openBrowser } from './open-browser.ts';

afterEach(() => vi.unstubAllEnvs());

it('gives the browser a page that only this user can read, which leads to the link', async () => {
  vi.stubEnv('DISPLAY', ':0');
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-open-'));
  try {
    const started: string[][] = [];
    await openBrowser('http://127.0.0.1:1/#join=one-time-code', folder, async (opener, args) => {
      started.push([opener, ...args]);
    });
    expect(started).toHaveLength(1);
    expect(started.flat().join(' ')).not.toContain('one-time-code');
    const page = fileURLToPath(started[0]?.at(-1) ?? '');
    expect((await stat(page)).mode & 0o777).toBe(0o600);
    expect(await readFile(page, 'utf8')).toContain('content="0; url=http://127.0.0.1:1/#join=one-time-code"');
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('writes no page for what is no link', async () => {
  vi.stubEnv('DISPLAY', ':0');
  await expect(openBrowser('http://127.0.0.1:1/"><script>', tmpdir(), async () => {})).rejects.toThrow('not a link');
});
