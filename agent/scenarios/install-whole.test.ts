// A whole installation, as a tester does it: a CD dropped into the image folder is available at once, a machine with an empty
// disk boots it by BIOS or UEFI, the system installs itself and powers off, the CD is ejected, the machine boots from its disk,
// is published, and a new ENV starts from the image. Then Debian's own installer, to its first question.
// @module-tag long
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PlainSpec } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { INSTALLED, makeDebianCd, makeInstallerCd } from '../testing/installer-cds.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { until } from '../testing/until.ts';

const BOOT_TIMEOUT_MS = 240_000;

let agent: RealAgent;
let scratch: string;

beforeAll(async () => {
  agent = await startRealAgent();
  scratch = await mkdtemp(path.join(tmpdir(), 'tt-installer-'));
});
afterAll(async () => {
  await agent?.remove();
  await rm(scratch, { recursive: true, force: true });
});

async function drop(name: string, make: (folder: string, target: string) => Promise<void>): Promise<void> {
  const made = path.join(scratch, `${name}.iso`);
  await make(scratch, made);
  // A rename, as downloads and file managers end: a file that is still being copied is not taken for whole.
  await rename(made, path.join(agent.home, 'images', `${name}.iso`)).catch(async (error) => {
    throw new Error('the state folder is on another file system than the temporary one', { cause: error });
  });
  const isThere = async () =>
    (await agent.client.image.list()).images.some((image) => image.name === `qemu:${name}:iso`);
  await until(`${name} is listed`, isThere, 2_000);
}

function says(vmId: string, pattern: RegExp): Promise<unknown> {
  const serial = path.join(agent.home, 'run', vmId, 'serial.log');
  const said = () => readFile(serial, 'latin1').then((text) => pattern.test(text));
  return until(`the machine says ${pattern}`, said, BOOT_TIMEOUT_MS);
}

it('a CD dropped into the folder is listed within two seconds', () => drop('setup', makeInstallerCd));

it.each<PlainSpec['firmware']>(['bios', 'uefi'])(
  'installs by %s, ejects, starts from the disk, publishes',
  async (firmware) => {
    const { client } = agent;
    const name = `install-${firmware}`;
    const group = { medium: 'qemu:setup:iso', diskMiB: 128, memoryMiB: 320, firmware };
    const { vms } = await client.env.create({ name, groups: [group] });
    const vmId = vms[0]?.id ?? '';
    const vm = async () => (await client.env.show({ name })).vms.find(({ id }) => id === vmId);
    await until(
      'the installer switched the machine off',
      async () => (await vm())?.state === 'stopped',
      BOOT_TIMEOUT_MS,
    );
    await client.cd.eject({ vmId, name: 'cd0' });
    expect((await vm())?.spec.cds[0]?.medium).toBeNull();
    await client.vm.start({ vmId });
    await says(vmId, new RegExp(INSTALLED));
    await client.vm.stop({ vmId, graceS: 0 });
    const image = `qemu:installed-${firmware}:default`;
    await client.image.publish({ vmId, name: image });
    await client.env.delete({ name });
    const made = (await client.image.list()).images.find((candidate) => candidate.name === image);
    expect(made).toMatchObject({ state: 'ready', firmware, minDiskMiB: 128 });
    const copy = await client.env.create({ name: 'copy', groups: [{ osPrefix: `installed-${firmware}` }] });
    await says(copy.vms[0]?.id ?? '', new RegExp(INSTALLED));
    await client.env.delete({ name: 'copy' });
  },
);

it('brings Debian’s own installer to its first question', async () => {
  await drop('debian', makeDebianCd);
  const group = { medium: 'qemu:debian:iso', diskMiB: 128, memoryMiB: 1024 };
  const { vms } = await agent.client.env.create({ name: 'debian', groups: [group] });
  await says(vms[0]?.id ?? '', /Select a language/);
  await agent.client.env.delete({ name: 'debian' });
});
