// The way of the admin guide from a bare Debian 12 to a tester at the console of a guest, as a new admin goes it: every command of its section
// “In half an hour” is run exactly as written, on a server with systemd and on the computer of a tester, which share a network of their own.
// Prints how long each step took.
// @module-tag long
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findProgram, runCommand } from '../../agent/host/run-command.ts';
import { openTestTerminal } from './test-terminal.ts';
import { blocksOf, type CommandBlock } from './guide-blocks.ts';
import { canBootDebian, TestContainer } from './test-container.ts';
import { cleanEnvironment, SYSTEMD, TOO_LONG_MS, unpackDebian } from './test-debian.ts';

const root = path.resolve(import.meta.dirname, '../..');
const isPossible = (await canBootDebian()) && (await findProgram('socat')) !== null;
const SERVER = '192.0.2.1';
const TESTER = '192.0.2.2';
const MIRROR_PORT = 3142;

let work: string;
let server: TestContainer;
let mirror: Server;
const namespace = `tt-half-hour-${process.pid}`;
const folderOf = (name: string) => path.join(work, name);
const ip = (...words: string[]) => runCommand('ip', words, { timeoutMs: 60_000 });
const stopped = new AbortController();
const relays: Promise<unknown>[] = [];

beforeAll(async () => {
  if (!isPossible) return;
  work = await mkdtemp(path.join(tmpdir(), 'tt-half-hour-'));
  await Promise.all([bareDebian('server', SYSTEMD), bareDebian('tester', [])]);
  await writeFile(path.join(folderOf('server'), 'etc/hostname'), 'tt-server\n');
  // As the installer of Debian writes it, and as the names of a company’s network would say it.
  await writeFile(path.join(folderOf('server'), 'etc/hosts'), '127.0.0.1 localhost\n127.0.1.1 tt-server\n');
  await writeFile(path.join(folderOf('tester'), 'etc/hosts'), `127.0.0.1 localhost\n${SERVER} tt-server\n`);
  server = await TestContainer.boot(folderOf('server'));
  await ip('netns', 'add', namespace);
  await ip(
    'link',
    'add',
    'host0',
    'netns',
    String(server.init),
    'type',
    'veth',
    'peer',
    'name',
    'host0',
    'netns',
    namespace,
  );
  for (const [enter, address] of [
    [inServerNet, SERVER],
    [inTesterNet, TESTER],
  ] as const) {
    for (const words of [`addr add ${address}/24 dev host0`, 'link set host0 up', 'link set lo up'])
      await runCommand('nsenter', enter('ip', ...words.split(' ')), { timeoutMs: 60_000 });
  }
  await openMirror();
}, TOO_LONG_MS);

afterAll(async () => {
  if (!isPossible) return;
  stopped.abort();
  await Promise.allSettled(relays);
  mirror.close();
  await server.end();
  await ip('netns', 'delete', namespace);
  await rm(work, { recursive: true, force: true });
});

/** A Debian 12 with its minimum, whose apt asks a proxy at its loopback. */
async function bareDebian(name: string, packages: readonly string[]): Promise<void> {
  await unpackDebian(packages, folderOf(name));
  const proxy = `Acquire::http::Proxy "http://127.0.0.1:${MIRROR_PORT}/";\n`;
  await writeFile(path.join(folderOf(name), 'etc/apt/apt.conf.d/99mirror'), proxy);
}

const inServerNet = (...words: string[]) => [`--target=${server.init}`, '-n', '--', ...words];
const inTesterNet = (...words: string[]) => [`--net=/run/netns/${namespace}`, '--', ...words];

/** The way of both computers to the mirrors of Debian: nothing else of the outside can be reached from them. */
async function openMirror(): Promise<void> {
  mirror = createServer((asked, answer) => {
    const onward = request(asked.url ?? '', { method: asked.method, headers: asked.headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    onward.once('error', () => answer.destroy());
    asked.pipe(onward);
  });
  const socket = path.join(work, 'mirror.sock');
  await new Promise<void>((resolve) => mirror.listen(socket, resolve));
  for (const enter of [inServerNet, inTesterNet]) {
    const listen = `TCP-LISTEN:${MIRROR_PORT},bind=127.0.0.1,reuseaddr,fork`;
    const words = enter('socat', listen, `UNIX-CONNECT:${socket}`);
    // Ends when the test does.
    relays.push(runCommand('nsenter', words, { timeoutMs: TOO_LONG_MS, signal: stopped.signal }).catch(() => {}));
  }
}

/** Words for nsenter(1) by which a program runs at the tester’s computer. */
const atTester = (...words: string[]) => {
  const enter = 'mount -t proc proc "$0/proc" && mount --bind /dev "$0/dev" && exec chroot "$0" "$@"';
  const inside = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', enter, folderOf('tester')];
  return inTesterNet(...inside, ...cleanEnvironment, ...words);
};

async function copyPackages(place: string, names: readonly string[]): Promise<void> {
  const built = path.join(root, 'dist/deb');
  for (const file of await readdir(built))
    if (names.some((name) => file.startsWith(`${name}_`)))
      await cp(path.join(built, file), path.join(folderOf(place), 'root', file));
}

it.runIf(isPossible)('takes less than half an hour', { timeout: 2 * TOO_LONG_MS }, async () => {
  const blocks = blocksOf(await readFile(path.join(root, 'docs/admin-guide.md'), 'utf8'), 'In half an hour');
  const places = blocks.map(({ place }) => place);
  expect(places).toEqual([
    'In a checkout of TT',
    'On the server, as root, in the folder with the packages',
    'On the server, as root',
    'On the computer of the tester, as root, in the folder with the package',
    'On the computer of the tester',
  ]);
  const [make, install, invite, prepare, use] = blocks as [
    CommandBlock,
    CommandBlock,
    CommandBlock,
    CommandBlock,
    CommandBlock,
  ];
  const took: string[] = [];
  let totalMs = 0;
  const timed = async <Result>(what: string, step: () => Promise<Result>): Promise<Result> => {
    const begun = performance.now();
    const result = await step();
    const ms = performance.now() - begun;
    totalMs += ms;
    took.push(`${what}: ${(ms / 1000).toFixed(1)} s`);
    return result;
  };
  const onServer = (text: string) => server.inside('sh', '-euc', `cd /root\n${text}`);
  const onTester = (text: string) =>
    runCommand('nsenter', atTester('sh', '-euc', `cd /root\n${text}`), { timeoutMs: TOO_LONG_MS });

  // This checkout has its modules, and runs on them.
  const making = make.text.replace('npm ci\n', '');
  expect(making).not.toBe(make.text);
  await timed('packages made', () => runCommand('sh', ['-euc', making], { cwd: root, timeoutMs: TOO_LONG_MS }));
  await copyPackages('server', ['tt-agent', 'tt-cli']);
  await copyPackages('tester', ['tt-cli']);

  const installed = await timed('server installed', () => onServer(install.text));
  expect(installed).toContain('TT runs. A link for the first person: tt-agent invite');
  const said = await timed('tester invited', () => onServer(invite.text));
  const link = /^https:\/\/tt-server:9527\/#join=[\w-]+&ca=[0-9a-f]{64}$/m.exec(said)?.[0];
  expect(link).toBeDefined();

  await timed('tt installed', () => onTester(prepare.text));
  const commands = use.text
    .trim()
    .replace('LINK', link ?? '')
    .split('\n');
  const last = commands.pop() ?? '';
  expect(last).toMatch(/^tt console /);
  await timed('ENV running', () => onTester(commands.join('\n')));
  await timed('at its console', async () => {
    const quoted = ['nsenter', ...atTester('sh', '-euc', last)].map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    const file = path.join(work, 'console.txt');
    const terminal = await openTestTerminal(quoted.join(' '), { env: {}, file, shows: 'Connected to demo/tiny-2-1' });
    try {
      await terminal.type('\r', 'login: ');
      await terminal.type('root\r', 'assword: ');
      await terminal.type('tt\r', '# ');
      await terminal.type('echo it is $((6 * 7))\r', 'it is 42');
    } finally {
      await terminal.close();
    }
  });
  process.stdout.write(`${took.join('\n')}\ntogether: ${(totalMs / 60_000).toFixed(1)} min\n`);
  expect(totalMs).toBeLessThan(30 * 60_000);
  await onTester('tt env del demo --yes');
});
