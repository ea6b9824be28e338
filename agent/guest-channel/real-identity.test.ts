// What the helper makes of a copied guest, with the real helper in namespaces of its own for names, NICs and files: never on this host itself.
// Needs root.
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../host/run-command.ts';
import { buildGuestHelper } from '../testing/build-guest-helper.ts';
import { GuestChannel } from './guest-channel.ts';
import { helperProcess } from './test-helper-process.ts';

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;
const [OLD, NEW] = ['52:54:00:00:00:01', '52:54:00:00:00:02'];
const OLD_MACHINE = 'f'.repeat(32);
const NEW_MACHINE = '0123456789abcdef0123456789abcdef';

let folder: string;
let helper: string;
let etc: string;
/** Made of a script of sh which the namespaces begin with. */
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-identity-'));
  helper = path.join(folder, 'helper');
  await buildGuestHelper(helper);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

beforeEach(async () => {
  etc = path.join(folder, 'etc');
  program = path.join(folder, 'in-namespaces');
  await rm(etc, { recursive: true, force: true });
  await mkdir(etc);
  await writeFile(path.join(etc, 'hostname'), 'tiny\n');
  await writeFile(path.join(etc, 'machine-id'), `${OLD_MACHINE}\n`);
  const begin = [
    `mount --bind '${etc}' /etc`,
    'hostname tiny',
    // As in a guest without a service manager.
    'mount -t tmpfs tmpfs /run',
    'for one in /usr/bin/systemctl /bin/systemctl; do [ ! -e $one ] || mount --bind /dev/null $one; done',
    '{ [ ! -e /etc/dropbear/dropbear ] || /etc/dropbear/dropbear -r key; }',
    `ip link add eth7 address ${OLD} type veth`,
    `exec '${helper}' "$@"`,
  ].join(' && ');
  await writeFile(
    program,
    `#!/bin/sh\nexec unshare --uts --net --mount sh -c '${begin.replaceAll("'", `'"'"'`)}' sh "$@"\n`,
  );
  await chmod(program, 0o755);
});

async function told(lines: readonly string[], look = 'true'): Promise<{ answers: string[]; seen: string }> {
  const { socket, end } = await helperProcess(program, folder);
  try {
    const channel = await GuestChannel.open(socket, 10_000);
    const said = await channel.giveIdentity(lines.map((line) => `${line}\n`).join(''), 10_000);
    const command = channel.exec({ argv: ['/bin/sh', '-c', look], stdin: 'none' });
    const parts: Buffer[] = [];
    for await (const part of command.stdout as AsyncIterable<Buffer>) parts.push(part);
    return { answers: said.trimEnd().split('\n'), seen: Buffer.concat(parts).toString() };
  } finally {
    await end();
  }
}
async function installDropbear(types: readonly string[]): Promise<void> {
  await mkdir(path.join(etc, 'dropbear'));
  for (const type of types) await writeFile(path.join(etc, 'dropbear', `dropbear_${type}_host_key`), 'old');
}
const keyOf = (type: string) => readFile(path.join(etc, 'dropbear', `dropbear_${type}_host_key`), 'utf8');
const KEY = `dropbear ${Buffer.from('new').toString('hex')}`;
/** Goes to the background, as Dropbear does, and writes down each start. */
const SERVER = `#!/bin/sh
echo "$*" >>/etc/dropbear/starts
{ sh -c 'echo $PPID' >/run/dropbear.pid; cp /run/dropbear.pid /etc/dropbear/pid; while :; do sleep 1; done; } >/dev/null 2>&1 &
while [ ! -s /etc/dropbear/pid ]; do sleep 0.01; done
`;

const hosts = () => readFile(path.join(etc, 'hosts'), 'utf8');

it.skipIf(!isRoot)('is read back, part by part', async () => {
  await writeFile(path.join(etc, 'hosts'), '127.0.1.1 tiny\n');
  const { answers, seen } = await told(
    [`seed ${'ab'.repeat(256)}`, 'host web-1', `machine ${NEW_MACHINE}`, `mac ${OLD} ${NEW}`, 'colour blue'],
    "hostname; cat /etc/hostname /etc/machine-id; ip link show eth7 | sed -n 's/.*ether \\([0-9a-f:]*\\).*/\\1/p'",
  );
  expect(answers).toEqual([
    'random=new',
    'hostname=web-1',
    `machineId=${NEW_MACHINE}`,
    `mac.${OLD}=${NEW}`,
    'done=yes',
  ]);
  expect(seen).toBe(`web-1\nweb-1\n${NEW_MACHINE}\n${NEW}\n`);
  expect(await hosts()).toBe('127.0.1.1 web-1\n');
  // Nothing of it is on this host.
  expect((await runCommand('hostname', [], { timeoutMs: 10_000 })).stdout.trim()).not.toBe('web-1');
});

it.skipIf(!isRoot)('may be told again, says what is absent, and keeps what is not asked for', async () => {
  await rm(path.join(etc, 'machine-id'));
  const { answers, seen } = await told([`mac ${NEW} ${OLD}`, `machine ${NEW_MACHINE}`], 'hostname');
  // It has that one already, as after an answer that nobody heard.
  expect(answers).toEqual([`mac.${NEW}=${OLD}`, 'machineId=absent', 'done=yes']);
  expect(seen).toBe('tiny\n');
});

it.skipIf(!isRoot)('says nothing of a NIC that is not there', async () => {
  const { answers } = await told([`mac ${NEW} 52:54:00:00:00:03`]);
  expect(answers).toEqual(['done=yes']);
});

it.skipIf(!isRoot).each([
  [
    '127.0.0.1 localhost\n127.0.1.1\ttiny.lan tiny  tiny \\tiny\n\n# of tiny\n::1 tinyx xtiny *tiny',
    '127.0.0.1 localhost\n127.0.1.1\ttiny.lan a-tiny  a-tiny \\tiny\n\n# of a-tiny\n::1 tinyx xtiny *tiny',
  ],
  ['tiny\n1 tiny', 'tiny\n1 a-tiny'],
  ['', ''],
])('renames the guest in its list of hosts, and nothing else: %j', async (before, after) => {
  await writeFile(path.join(etc, 'hosts'), before);
  await told(['host a-tiny']);
  expect(await hosts()).toBe(after);
});

describe.skipIf(!isRoot)('its ssh host key', () => {
  it('is absent where there is no server', async () => {
    expect((await told([KEY])).answers).toEqual(['sshHostKeys=absent', 'done=yes']);
  });

  it('is for a script where there are others, and they are as before', async () => {
    await installDropbear(['ed25519', 'rsa']);
    expect((await told([KEY])).answers).toEqual(['done=yes']);
    expect([await keyOf('ed25519'), await keyOf('rsa')]).toEqual(['old', 'old']);
  });

  it('is the one it was given, and its server is started anew as it was', async () => {
    await installDropbear(['ed25519']);
    const file = (name: string) => path.join(etc, 'dropbear', name);
    await writeFile(file('dropbear'), SERVER);
    await chmod(file('dropbear'), 0o755);
    const { answers, seen } = await told([KEY], 'rm /etc/dropbear/pid; cat /run/dropbear.pid');
    const pid = Number(seen);
    try {
      expect([answers, await keyOf('ed25519')]).toEqual([['sshHostKeys=given', 'done=yes'], 'new']);
      expect(await readFile(file('starts'), 'utf8')).toBe('-r key\n-r key\n');
      expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).toBe('/bin/sh\0/etc/dropbear/dropbear\0-r\0key\0');
    } finally {
      if (pid > 0) process.kill(pid, 'SIGKILL');
    }
  });
});
