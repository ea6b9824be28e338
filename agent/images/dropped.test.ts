// Disks of each format dropped into the image folder of an agent, with the real qemu-img: each becomes an image, bit for bit,
// and a partial file becomes none until the rest has arrived.
// @module-tag real
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { startTestAgent, type TestAgent } from '../testing/in-process-agent.ts';
import { until } from '../testing/until.ts';

const MIB = 1024 * 1024;

let agent: TestAgent;
let aside: string;
let raw: string;

beforeAll(async () => {
  const home = await mkdtemp(path.join(tmpdir(), 'tt-dropped-'));
  aside = path.join(home, 'aside');
  await mkdir(path.join(home, 'images'));
  await mkdir(aside);
  // No guest is started: the engine is the fake one, the tool for images is not.
  agent = await startTestAgent({ home, config: { engines: ['qemu'] } });
  raw = path.join(aside, 'disk.raw');
  // Without a partition table: only its ending says what it is.
  const bytes = Buffer.alloc(4 * MIB);
  randomBytes(MIB).copy(bytes, MIB);
  await writeFile(raw, bytes);
});
afterAll(() => agent.stop());

const place = (...names: string[]) => path.join(agent.home, 'images', ...names);
const shown = async (name: string) =>
  (await agent.client.image.list()).images.find((image) => image.name === `qemu:${name}:default`);

async function convert(format: string, file: string): Promise<string> {
  const target = path.join(aside, file);
  await runCommand('qemu-img', ['convert', '-f', 'raw', '-O', format, raw, target], { timeoutMs: 30_000 });
  return target;
}

async function isImported(name: string): Promise<void> {
  await until(`${name} is imported`, async () => (await shown(name))?.state === 'ready', 20_000);
  const disk = place(name, 'disk.qcow2');
  await runCommand('qemu-img', ['compare', '-f', 'raw', '-F', 'qcow2', raw, disk], { timeoutMs: 30_000 });
}

it('each form is imported, and its image takes the place of the file', async () => {
  for (const [format, file] of [
    ['qcow2', 'one.qcow2'],
    // Vendors call a qcow2 so too.
    ['qcow2', 'two.img'],
    ['vmdk', 'three.vmdk'],
    ['vdi', 'four.vdi'],
    ['vhdx', 'five.vhdx'],
    ['raw', 'six.raw'],
  ] as const) {
    await rename(await convert(format, file), place(file));
  }
  for (const name of ['one', 'two', 'three', 'four', 'five', 'six']) await isImported(name);
  expect((await readdir(place())).sort()).toEqual(['five', 'four', 'one', 'six', 'three', 'two']);
}, 60_000);

it('half a qcow2 is no image, until the rest is there', async () => {
  const bytes = await readFile(await convert('qcow2', 'half.qcow2'));
  const middle = Math.floor(bytes.length / 2);
  await writeFile(place('half.qcow2'), bytes.subarray(0, middle));
  await writeFile(place('after.raw'), await readFile(raw));
  await isImported('after');
  expect(await shown('half')).toBeUndefined();
  await appendFile(place('half.qcow2'), bytes.subarray(middle));
  await isImported('half');
}, 60_000);

it('one that stands on a file of the host is told, and left alone', async () => {
  const file = path.join(aside, 'backed.qcow2');
  await runCommand('qemu-img', ['create', '-f', 'qcow2', '-b', raw, '-F', 'raw', file], { timeoutMs: 30_000 });
  await rename(file, place('backed.qcow2'));
  await until('it is told', async () => (await shown('backed'))?.state === 'failed');
  expect((await shown('backed'))?.problem?.message).toContain('it depends on another file');
  await rm(place('backed.qcow2'));
});
