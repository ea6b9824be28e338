// Changes of the host are undone exactly once, by whichever agent ends in order; what others have changed since stays.
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HostChanges } from './host-changes.ts';

let folder: string;
let forwarding: string;
let device: string;
let bootId: string;
let interfaces: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-changes-'));
  forwarding = path.join(folder, 'ip_forward');
  device = path.join(folder, 'tun');
  bootId = 'one';
  interfaces = ['lo', 'eth0'];
  await writeFile(forwarding, '0\n');
  await writeFile(device, '');
  await chmod(device, 0o600);
});
afterEach(() => rm(folder, { recursive: true }));

/** As each agent on this state folder has them. */
const open = () =>
  new HostChanges({
    file: path.join(folder, 'host-changes.json'),
    isOwnInterface: (name) => name.startsWith('tt'),
    bootId: async () => bootId,
    interfaces: async () => interfaces,
  });
const read = async (file: string) => (await readFile(file, 'utf8')).trim();

async function change(): Promise<void> {
  await open().plan({ file: forwarding, what: 'content', after: '1', servesInterfaces: true });
  await writeFile(forwarding, '1\n');
  await open().plan({ file: device, what: 'mode', after: '666' });
  await chmod(device, 0o666);
}

it('gives settings their old values again, whichever agent made the changes', async () => {
  await change();
  interfaces = [...interfaces, 'ttba1b21'];
  expect(await open().undo()).toEqual([`${device} is 600 again, not 666`, `${forwarding} is 0 again, not 1`]);
  expect([await read(forwarding), ((await stat(device)).mode & 0o777).toString(8)]).toEqual(['0', '600']);
  expect(await open().undo()).toEqual([]);
});

it('remembers the first value, not that of an agent that was killed', async () => {
  await open().plan({ file: forwarding, what: 'content', after: '1' });
  await writeFile(forwarding, '1\n');
  await open().plan({ file: forwarding, what: 'content', after: '2' });
  await writeFile(forwarding, '2\n');
  await open().undo();
  expect(await read(forwarding)).toBe('0');
});

it('writes nothing down for what is right already, or is not there', async () => {
  await writeFile(forwarding, '1\n');
  await open().plan({ file: forwarding, what: 'content', after: '1' });
  await open().plan({ file: path.join(folder, 'missing'), what: 'content', after: '1' });
  expect(await open().undo()).toEqual([]);
  expect(await read(forwarding)).toBe('1');
});

it('leaves what others have changed since, and what others may rely on', async () => {
  await change();
  await chmod(device, 0o660);
  interfaces = [...interfaces, 'docker0'];
  expect(await open().undo()).toEqual([
    `${device} stays 660: it was changed by others since`,
    `${forwarding} stays 1: docker0 came since and may need it`,
  ]);
  expect(await read(forwarding)).toBe('1');
});

it('knows nothing of a boot before this one, or of a broken file', async () => {
  await change();
  bootId = 'two';
  expect(await open().undo()).toEqual([]);
  expect(await read(forwarding)).toBe('1');
  await writeFile(path.join(folder, 'host-changes.json'), '{"bootId": "two", "chang');
  expect(await open().undo()).toEqual([]);
});
