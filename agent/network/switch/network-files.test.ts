// Files between the agent and its switches: what is read is what was written, and nothing else is believed.
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderFiles, MemoryFiles, type NetworkFiles, readNetwork, type SwitchedNetwork } from './network-files.ts';

const nic = {
  mac: '52:54:00:12:34:56',
  ip: '10.213.0.3',
  hostname: 'web-1',
  guest: '/run/vm1/nic0.sock',
  wayOut: '/run/vm1/out0.sock',
};
const network: SwitchedNetwork = {
  version: 1,
  number: 3,
  cidr: '10.213.0.0/24',
  domain: 'shop.tt',
  isFenced: false,
  nics: [nic],
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe.each(['a folder', 'memory'])('in %s', (where) => {
  const make = (): NetworkFiles => (where === 'memory' ? new MemoryFiles() : new FolderFiles(path.join(folder, 'n')));

  it('are written, changed and removed', async () => {
    const files = make();
    expect(await files.numbers()).toEqual([]);
    expect(await files.read(3)).toBeNull();
    await files.write(network);
    await files.write({ ...network, number: 12 });
    expect((await files.numbers()).sort((a, b) => a - b)).toEqual([3, 12]);
    expect(await files.read(3)).toEqual(network);
    await files.write({ ...network, nics: [] });
    expect(await files.read(3)).toEqual({ ...network, nics: [] });
    await files.remove(3);
    await files.remove(3);
    expect(await files.numbers()).toEqual([12]);
  });

  it('never hold what can’t be read again', async () => {
    const files = make();
    const strange = { ...network, nics: [{ ...nic, ip: '192.0.2.1' }] };
    const write = files.write(strange).then(() => files.read(3));
    await expect(write).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});

it('are for their owner alone', async () => {
  await new FolderFiles(path.join(folder, 'n')).write(network);
  const modeOf = async (name: string) => (await stat(path.join(folder, name))).mode & 0o777;
  expect([await modeOf('n'), await modeOf('n/3.json')]).toEqual([0o700, 0o600]);
});

it('leave other files alone', async () => {
  const directory = path.join(folder, 'n');
  await mkdir(directory);
  for (const name of ['3.json.new', '03.json', 'x.json', '4.txt']) await writeFile(path.join(directory, name), '{}');
  expect(await new FolderFiles(directory).numbers()).toEqual([]);
});

it.each([
  ['no JSON', 'nothing'],
  ['another version', { ...network, version: 2 }],
  ['a field too many', { ...network, more: 1 }],
  ['no block', { ...network, cidr: '10.213.0.1/24' }],
  ['a MAC that is none', { ...network, nics: [{ ...nic, mac: '52:54' }] }],
  ['a name that is none', { ...network, nics: [{ ...nic, hostname: 'web.shop' }] }],
  ['an address of another network', { ...network, nics: [{ ...nic, ip: '10.213.1.3' }] }],
  ['a relative path', { ...network, nics: [{ ...nic, guest: 'nic0.sock' }] }],
])('refuse %s, with their name', (_what, content) => {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const read = () => readNetwork(text, '/state/3.json');
  expect(read).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
});
