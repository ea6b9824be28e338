// The built programs, alone in a folder without sources and packages: they start, and find what they read at run time. And
// every module that reads something by its own place is known to the build.
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { globSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommand } from '../../agent/host/run-command.ts';
import { startSshGuest } from '../../agent/ssh/test-ssh-guest.ts';
import { until } from '../../agent/testing/until.ts';
import { startChild } from '../../bench/child.ts';
import { makeStubImages, STUB_OS } from '../../bench/stub-image.ts';
import { connectNode, type PrivateAgent } from '../../client/node/index.ts';
import { waitForAgent } from '../start/wait-for-agent.ts';
import { buildPrograms, programs } from './programs.ts';

const root = path.resolve(import.meta.dirname, '../..');
const resources = new AsyncDisposableStack();
let folder: string;
let home: string;
let agent: PrivateAgent;

const run = (file: string, ...args: string[]) =>
  runCommand(process.execPath, [path.join(folder, file), ...args], {
    cwd: folder,
    env: { TT_HOME: home },
    timeoutMs: 60_000,
    okExitCodes: [0, 1],
  });

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-built-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  home = path.join(folder, 'home');
  await mkdir(home, { mode: 0o700 });
  await buildPrograms(root, folder);
  const images = await makeStubImages(folder);
  const log = path.join(folder, 'agent.log');
  const args = ['--home', home, '--engine', 'fake', '--network', 'user', '--no-prepare', '--serv-port', '0'];
  const main = path.join(folder, 'agent/main.js');
  const child = await startChild(resources, process.execPath, [main, ...args, '--image-path', images], log);
  agent = await waitForAgent(home, child.process, log);
}, 120_000);
afterAll(() => resources.disposeAsync());

it('the agent makes an ENV, and has all its recipes', async () => {
  const connection = connectNode(agent);
  try {
    const { env } = await connection.client.env.create({ name: 'demo', groups: [{ osPrefix: STUB_OS }] });
    expect(env.state).toBe('running');
    const { images } = await connection.client.image.list();
    const recipes = globSync('agent/images/recipes/url/*.yaml', { cwd: root }).map((file) =>
      path.basename(file, '.yaml'),
    );
    expect(recipes.length).toBeGreaterThan(5);
    for (const os of ['tiny', ...recipes.filter((name) => name !== 'debian-12')]) {
      expect([os, images.some(({ name }) => name.startsWith(`qemu:${os}`))]).toEqual([os, true]);
    }
  } finally {
    connection.close();
  }
}, 60_000);

it('the guest files of the tiny image lie beside the agent', async () => {
  const init = await readFile(path.join(folder, 'agent/guest/initrd-init'), 'utf8');
  expect(init).toBe(await readFile(path.join(root, 'agent/images/recipes/tiny/guest/initrd-init'), 'utf8'));
});

it('the guest helper lies beside the agent, as a program for x86-64 that needs no library', async () => {
  const program = await readFile(path.join(folder, 'agent/guest-helper/x86_64'));
  const elf = { magic: program.toString('latin1', 0, 4), machine: program.readUInt16LE(18) };
  expect(elf).toEqual({ magic: '\x7fELF', machine: 62 });
  // PT_INTERP names the loader of a program that is not static.
  const heads = Array.from({ length: program.readUInt16LE(56) }, (_, index) =>
    program.readUInt32LE(Number(program.readBigUInt64LE(32)) + index * program.readUInt16LE(54)),
  );
  expect(heads).toContain(1);
  expect(heads).not.toContain(3);
  const { sources } = JSON.parse(await readFile(path.join(folder, 'agent/built-from.json'), 'utf8')) as {
    sources: string[];
  };
  expect(sources).toContain('agent/guest-helper/main.c');
});

it('tt talks to it, and says the same as from its sources', async () => {
  // Of a guest that says nothing new between two looks.
  const connection = connectNode(agent);
  const stage = async () => (await connection.client.env.show({ name: 'demo' })).vms[0]?.readiness?.stage;
  await expect.poll(stage, { timeout: 30_000 }).toBe('agentAnswers');
  connection.close();
  for (const args of ['env show demo --json', 'env list --json', 'me', 'env show nobody', 'env fly demo', '--help']) {
    const options = { env: { TT_HOME: home }, timeoutMs: 60_000, okExitCodes: [0, 1, 2, 3] };
    const words = args.split(' ');
    const [built, source] = await Promise.all(
      [path.join(folder, 'cli/main.js'), path.join(root, 'cli/main.ts')].map((main) =>
        runCommand(process.execPath, [main, ...words], options),
      ),
    );
    expect([args, built]).toEqual([args, source]);
  }
}, 120_000);

it('the agent runs commands over ssh, without the native parts of the package', async () => {
  const connection = connectNode(agent);
  try {
    const { client } = connection;
    const groups = [{ osPrefix: STUB_OS, cloudInit: { user: 'kim' } }];
    const { vms } = await client.env.create({ name: 'ssh', groups });
    const { publicKey, logins } = await client.env.sshKey({ name: 'ssh' });
    const [login] = logins;
    if (!login) throw new Error('no login');
    const file = path.join(home, 'host-keys', `${vms[0]?.id}.json`);
    const { privateKey: hostKey } = JSON.parse(await readFile(file, 'utf8')) as { privateKey: string };
    const guest = await startSshGuest({ as: { ...login, hostKey, allowedKey: publicKey } });
    try {
      const command = { argv: ['echo', 'hello'] };
      const { run: begun } = await client.run.start({ envName: 'ssh', command, via: 'ssh', waitMs: 30_000 });
      const detail = await until(
        'it has ended',
        async () => {
          const found = await client.run.show({ runId: begun.id });
          return found.run.state === 'ended' ? found : null;
        },
        60_000,
      );
      expect(detail.vms[0]).toMatchObject({ state: 'exited', exitCode: 0, failure: null, stdout: { bytes: 6 } });
    } finally {
      await guest.close();
    }
  } finally {
    connection.close();
  }
}, 120_000);

it('the doctor and the proxy run', async () => {
  const { stdout } = await run('agent/main.js', 'doctor', '--json', '--home', home);
  expect(Object.keys(JSON.parse(stdout) as object).length).toBeGreaterThan(0);
  expect((await run('proxy/main.js', '--help')).stdout).toContain('--server-set');
}, 120_000);

it('each has the licences of the packages in it', async () => {
  for (const { folder: name } of programs) {
    const licenses = await readFile(path.join(folder, name, 'licenses.md'), 'utf8');
    expect([name, licenses.includes('## commander - '), licenses.includes('## zod - ')]).toEqual([name, true, true]);
  }
});

it('no module reads from beside itself without the build knowing', async () => {
  const known = programs.flatMap(({ beside }) => beside.map(({ reader }) => reader));
  // Starts the programs; nothing it looks for is in a bundle.
  known.push('client/node/launch.mjs');
  const found: string[] = [];
  for (const file of globSync('{protocol,client,server,agent,cli,proxy}/**/*.{ts,mjs}', { cwd: root })) {
    const isTest = /\.test\.ts$|(^|\/)test-[\w-]+\.ts$|(^|\/)(node_modules|testing|scenarios)\//.test(file);
    if (isTest || file.includes('node_modules')) continue;
    if (/import\.meta\.(dirname|filename|url)/.test(await readFile(path.join(root, file), 'utf8'))) found.push(file);
  }
  expect(found.toSorted()).toEqual(known.toSorted());
});
