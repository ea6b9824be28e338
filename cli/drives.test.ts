// `tt disk`, `tt cd`, `tt env install`, `tt env ssh-key` and `tt vm cloud-init`: what they do and print, and how misuse is answered.
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { envDetailSchema, provisioningSchema, sshKeySchema, vmSchema } from '@tt/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { codeOf, startTestTt, type TestTt } from './test-tt.ts';

let running: TestTt;
const vm = 'demo/tiny-2-1';

beforeAll(async () => {
  running = await startTestTt({});
  const { client, home } = running.agent;
  await client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  await client.image.import({
    name: 'qemu:net-12:iso',
    source: { kind: 'file', path: await medium(path.join(home, 'net.iso')) },
  });
});
afterAll(async () => {
  await running.removeEnvs();
  await running.stop();
});

/** As much of an ISO image as tells what it is. */
async function medium(file: string): Promise<string> {
  const bytes = Buffer.alloc(17 * 2048);
  bytes.write('CD001', 16 * 2048 + 1);
  await writeFile(file, bytes);
  return file;
}

const endings = (...commands: string[]) => running.endings(...commands);

it('a disk’s life: added, grown, limited, detached, attached, removed', async () => {
  const { json, text } = running;
  const added = await json(`disk add ${vm} 64 --bps 10M`, vmSchema);
  expect(added.spec.disks[1]).toMatchObject({
    name: 'disk1',
    sizeMiB: 64,
    attached: true,
    limits: { bytesPerSecond: 10 * 1024 ** 2, operationsPerSecond: null },
  });
  expect((await json(`disk grow ${vm} disk1 128`, vmSchema)).spec.disks[1]?.sizeMiB).toBe(128);
  await text(`disk limit ${vm} disk1 --iops 100`);
  await text(`disk detach ${vm} disk1`);
  expect(await text(`disk list ${vm}`)).toMatch(/disk0 +1024 +attached +-\ndisk1 +128 +detached +.*100/);
  await text(`disk attach ${vm} disk1`);
  expect(
    await endings(
      `disk add ${vm} 64 --name disk9`,
      `disk grow ${vm} disk1 10`,
      `disk remove ${vm} disk1`,
      `disk detach ${vm} disk0`,
      `disk attach ${vm} disk7`,
      'disk add demo/none 64',
      `disk add ${vm} 0`,
      `disk limit ${vm} disk1`,
    ),
  ).toEqual([
    [4, 'DISK_COUNT_LIMIT'],
    [2, 'DISK_CANNOT_SHRINK'],
    [4, 'DISK_ATTACHED'],
    [4, 'DISK_IS_BOOT'],
    [3, 'DISK_NOT_FOUND'],
    [3, 'VM_NOT_FOUND'],
    [2, undefined],
    [2, undefined],
  ]);
  await text(`disk detach ${vm} disk1`);
  expect((await json(`disk remove ${vm} disk1`, vmSchema)).spec.disks).toHaveLength(1);
}, 60_000);

it('a medium goes into a drive and out of it, and a system is installed from it', async () => {
  const { json, text } = running;
  expect(await text(`cd insert ${vm} qemu:net-12:iso --drive cd1`)).toMatch(/cd1 .*qemu:net-12:iso/);
  expect((await json(`cd eject ${vm} --drive cd1`, vmSchema)).spec.cds.map((cd) => cd.medium)).not.toContain(
    'qemu:net-12:iso',
  );
  const near = await running.tt(`cd insert ${vm} net-12`);
  expect([near.exitCode, codeOf(near.stderr)]).toEqual([3, 'IMAGE_NOT_FOUND']);
  expect(near.stderr).toContain('Did you mean: qemu:net-12:iso?');
  const made = await json(
    'env install fresh --medium qemu:net-12:iso --disk 256 --mem 96 --firmware bios',
    envDetailSchema,
  );
  expect(made.vms.map(({ spec: { disks, cds, memoryMiB } }) => [disks[0]?.sizeMiB, cds[0]?.medium, memoryMiB])).toEqual(
    [[256, 'qemu:net-12:iso', 96]],
  );
  expect(
    await endings(
      `cd insert ${vm} qemu:tiny-2:default`,
      `cd eject ${vm} --drive cd7`,
      'env install other --medium qemu:none:iso',
      'env install other --medium qemu:tiny-2:default',
      'env install other',
      'env install fresh --medium qemu:net-12:iso',
    ),
  ).toEqual([
    [2, 'IMAGE_WRONG_KIND'],
    [2, undefined],
    [3, 'IMAGE_NOT_FOUND'],
    [2, 'IMAGE_WRONG_KIND'],
    [2, undefined],
    [4, 'ENV_NAME_TAKEN'],
  ]);
  const { envs } = await running.agent.client.env.list();
  expect(envs.map(({ name }) => name).sort()).toEqual(['demo', 'fresh']);
}, 60_000);

it('the key of an ENV is printed or kept where only its owner reads it; a file is not overwritten unasked', async () => {
  const { json, text, emptyHome } = running;
  const file = path.join(emptyHome, 'demo.key');
  expect(await text(`env ssh-key demo --out ${file}`)).toBe(`${file} is written; no VM of this ENV uses the key\n`);
  const { privateKey } = await json('env ssh-key demo', sshKeySchema);
  expect([await readFile(file, 'utf8'), (await stat(file)).mode & 0o777]).toEqual([privateKey, 0o600]);
  expect(
    await endings(
      `env ssh-key demo --out ${file}`,
      `env ssh-key demo --out ${path.join(emptyHome, 'none', 'key')}`,
      `env ssh-key demo --out ${file} --force`,
      'env ssh-key nowhere',
      'env add other --vm tiny --ssh-key none.pub',
    ),
  ).toEqual([
    [2, 'FILE_UNUSABLE'],
    [2, 'FILE_UNUSABLE'],
    [0, undefined],
    [3, 'ENV_NOT_FOUND'],
    [2, 'FILE_UNUSABLE'],
  ]);
}, 60_000);

it('what a guest says of its setup is told, and nothing is waited for that can’t come', async () => {
  const { json, text } = running;
  expect(await text(`vm cloud-init ${vm} --wait`)).toBe(`${vm}: setup none\n`);
  expect((await json(`vm setup ${vm}`, provisioningSchema)).state).toBe('none');
  expect(await endings('vm setup demo/none', 'vm setup nowhere/tiny-2-1')).toEqual([
    [3, 'VM_NOT_FOUND'],
    [3, 'ENV_NOT_FOUND'],
  ]);
}, 60_000);

it('where no agent runs, each says so', async () => {
  const nowhere = { TT_HOME: path.join(running.emptyHome, 'nowhere') };
  const commands = ['disk list a/b', 'cd eject a/b', 'snapshot fork a b c', 'capsule export a b', 'vm setup a/b'];
  const ends = await Promise.all(commands.map((command) => running.tt(command, nowhere)));
  expect(ends.map(({ exitCode, stderr }) => [exitCode, codeOf(stderr)])).toEqual(
    commands.map(() => [6, 'AGENT_NOT_RUNNING']),
  );
}, 60_000);
