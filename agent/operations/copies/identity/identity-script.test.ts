// The script that gives a copied guest its identity: valid for a POSIX shell, closed to what is put into it, with a program that runs.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { findProgram, runCommand, spawnProcess } from '../../../host/run-command.ts';
import { dropbearKey, makeSshKeyPair } from '../../../cloud-init/openssh-key.ts';
import { until } from '../../../testing/until.ts';
import { identityScript } from './identity-script.ts';
import { asOctal, reseedProgram } from './reseed-program.ts';

const request = {
  hostname: 'web-1',
  machineId: '0123456789abcdef0123456789abcdef',
  macs: [{ old: '52:54:00:00:00:01', new: '52:54:00:00:00:02' }],
  seed: 'ab'.repeat(256),
  clock: '1790000000',
  sshHostKey: makeSshKeyPair('vm1@tt'),
};

it('is valid for sh', async () => {
  await runCommand('sh', ['-n'], { timeoutMs: 10_000, input: identityScript(request) });
});

it('takes nothing that could end its quotes', () => {
  expect(() => identityScript({ ...request, hostname: "a'; reboot; '" })).toThrow('not a word');
  const sshHostKey = { ...request.sshHostKey, publicKey: "ssh-ed25519 A'; reboot; '" };
  expect(() => identityScript({ ...request, sshHostKey })).toThrow('not a word');
});

it('has the host key for both servers, byte by byte as printf of sh writes it', async () => {
  const lines = identityScript(request).split('\n');
  const written = async (name: string) => {
    const line = lines.find((candidate) => candidate.startsWith(`${name}='`)) ?? '';
    const input = `${line}\nprintf "$${name}" | od -An -v -tx1`;
    const { stdout } = await runCommand('sh', [], { timeoutMs: 10_000, input });
    return Buffer.from(stdout.replaceAll(/\s/g, ''), 'hex');
  };
  expect(String(await written('openssh'))).toBe(request.sshHostKey.privateKey);
  expect(await written('dropbear')).toEqual(dropbearKey(request.sshHostKey));
  expect(lines).toContain(`public='${request.sshHostKey.publicKey}'`);
});

it('has no host key where the guest keeps its own', () => {
  const script = identityScript({ ...request, sshHostKey: null });
  for (const name of ['public', 'openssh', 'dropbear']) expect(script).toContain(`\n${name}=''\n`);
});

const isHere = process.platform === 'linux' && process.arch === 'x64';

it.skipIf(!isHere)('writes a program with printf that asks the kernel, and exits with its answer', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-reseed-'));
  const [byNode, byShell] = [path.join(folder, 'node'), path.join(folder, 'shell')];
  await writeFile(byNode, reseedProgram());
  await chmod(byNode, 0o700);
  const script = `printf '${asOctal(reseedProgram())}' >"$1" && cmp "$1" "$2" && "$2" </dev/null; echo $?`;
  const { stdout } = await runCommand('sh', ['-c', script, 'sh', byShell, byNode], { timeoutMs: 10_000 });
  // ENOTTY: /dev/null is no source of random numbers.
  expect(stdout.trim()).toBe('25');
  await rm(folder, { recursive: true });
});

it('counts a process that has ended as gone, though nobody has waited for it', async () => {
  const isThere =
    /^isThere\(\) \{\n[\s\S]*?\n\}$/m.exec(identityScript(request))?.[0] ?? expect.unreachable('not in it');
  // The child ends once its parent has become a program that does not wait for it.
  const child = '(until read -r comm </proc/$$/comm && [ "$comm" = sleep ]; do :; done)';
  const parent = await spawnProcess('sh', ['-c', `${child} & exec sleep 60`], { detached: false });
  try {
    const children = `/proc/${parent.pid}/task/${parent.pid}/children`;
    const pid = (await until('it has a child', () => readFile(children, 'utf8'), 30_000)).trim();
    await until('it is a zombie', async () => / Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8')), 30_000);
    const input = `${isThere}\nfor pid in ${pid} $$ 0; do isThere $pid && echo yes || echo no; done`;
    const { stdout } = await runCommand('sh', [], { timeoutMs: 30_000, input });
    expect(stdout).toBe('no\nyes\nno\n');
  } finally {
    parent.kill('SIGKILL');
  }
});

it.each(['sh', 'busybox sh', 'bash'])(
  'renames the guest in its list of hosts, and nothing else, with %s',
  async (shell) => {
    const [program = '', ...args] = shell.split(' ');
    if ((await findProgram(program)) === null) return;
    const rename =
      /^renameInHosts\(\) \{\n[\s\S]*?\n\}$/m.exec(identityScript(request))?.[0] ?? expect.unreachable('not in it');
    const folder = await mkdtemp(path.join(tmpdir(), 'tt-hosts-'));
    const file = path.join(folder, 'hosts');
    const renamed = async (text: string, host: string) => {
      await writeFile(file, text);
      const input = `old=tiny\nhost='${host}'\n${rename}\nrenameInHosts '${file}'\n`;
      await runCommand(program, args, { timeoutMs: 10_000, input, okExitCodes: [0, 1] });
      return readFile(file, 'utf8');
    };
    const before = '127.0.0.1 localhost\n127.0.1.1\ttiny.lan tiny  tiny \\tiny\n\n# of tiny\n::1 tinyx xtiny *tiny';
    expect(await renamed(before, 'web-1')).toBe(
      '127.0.0.1 localhost\n127.0.1.1\ttiny.lan web-1  web-1 \\tiny\n\n# of web-1\n::1 tinyx xtiny *tiny\n',
    );
    const without = '127.0.0.1 localhost\n1 tinyx';
    expect(await renamed(without, 'web-1')).toBe(without);
    // The new name may have the old one in it.
    expect(await renamed('1 tiny tiny\n', 'a-tiny')).toBe('1 a-tiny a-tiny\n');
    await rm(folder, { recursive: true });
  },
);
