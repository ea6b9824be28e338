// Files in a folder that an untrusted process can write to: only files of the expected kind are opened or changed.
import { constants } from 'node:fs';
import { chmod, link, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../../host/run-command.ts';
import { closeToOthers, openPlainFile } from './guarded-files.ts';

let folder: string;
let server: Server;
const at = (name: string) => path.join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-guarded-'));
  await writeFile(at('secret'), 'secret', { mode: 0o644 });
  server = createServer();
  await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
  await chmod(at('socket'), 0o777);
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

it('opens plain files of one name, and makes them', async () => {
  await using made = await openPlainFile(at('new'), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  await made.write('hello');
  await using again = await openPlainFile(at('new'), constants.O_RDONLY);
  expect(await again.readFile('utf8')).toBe('hello');
  expect((await stat(at('new'))).mode & 0o777).toBe(0o600);
});

it('opens no link, no second name, no pipe, no socket, no folder', async () => {
  await symlink(at('secret'), at('symbolic'));
  await runCommand('mkfifo', [at('pipe')], { timeoutMs: 5_000 });
  const open = (name: string) => openPlainFile(at(name), constants.O_RDONLY);
  await expect(open('symbolic')).rejects.toMatchObject({ code: 'ELOOP' });
  // Without a writer, an ordinary open would wait for ever.
  await expect(open('pipe')).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  await expect(open('socket')).rejects.toMatchObject({ code: 'ENXIO' });
  await expect(open('.')).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  await link(at('secret'), at('second'));
  await expect(open('second')).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
});

it('closes sockets to others, and changes nothing else', async () => {
  await closeToOthers(at('socket'));
  expect((await stat(at('socket'))).mode & 0o777).toBe(0o600);
  await symlink(at('secret'), at('symbolic'));
  for (const name of ['symbolic', 'secret']) {
    await expect(closeToOthers(at(name))).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  }
  expect((await stat(at('secret'))).mode & 0o777).toBe(0o644);
});
