// What ~/.ssh/config says of a server: by its rules, and as the system's own ssh reads the same file.
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../agent/host/run-command.ts';
import { configLines, fitsPatterns } from './config-lines.ts';
import { type SshConfig, sshConfigOf } from './ssh-config.ts';

let home = '';
let config: SshConfig;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'tt-ssh-config-'));
  await mkdir(path.join(home, '.ssh', 'conf.d'), { recursive: true });
  config = sshConfigOf({ homeDirectory: home, userName: 'me', env: { KEYS: '/keys' } });
});
afterAll(() => rm(home, { recursive: true }));

const fileOf = (name = 'config') => path.join(home, '.ssh', name);
async function put(text: string, name = 'config'): Promise<void> {
  await writeFile(fileOf(name), text, { mode: 0o600 });
}

/** A file with all that is supported; of each server what its test says. */
const WHOLE = `# mine
Include conf.d/*.conf
Host build1 "build 2"
  HostName %h.lab.example   # the lab
  Port=2222
  User "kim"
  IdentityFile ~/.ssh/id_lab
  IdentityFile /keys/%r@%h
  ProxyJump gate:2200,kim@inner
Match host *.lab.example user kim
  UserKnownHostsFile ~/.ssh/lab_hosts /etc/lab_hosts
Match originalhost build1 !user kim
  IdentityAgent none
Host *.example !bad.example
  IdentityAgent ~/agent.sock
  ProxyJump none
Host *
  Port 99
  IdentityFile ~/.ssh/id_all
  SendEnv LANG
`;

describe('a file', () => {
  it('that is not there says nothing', async () => {
    await rm(fileOf(), { force: true });
    expect(await config.of('host', null)).toEqual({
      hostName: 'host',
      user: null,
      port: null,
      identityFiles: [],
      identityAgent: null,
      knownHostsFiles: null,
      jumps: [],
    });
    expect(await config.names()).toEqual([]);
  });

  it('gives the first value of each, all key files, and names, tokens and files of its own in full', async () => {
    await put(WHOLE);
    await put('Host inner\n  User root\n', 'conf.d/10.conf');
    expect(await config.of('build1', null)).toEqual({
      hostName: 'build1.lab.example',
      user: 'kim',
      port: 2222,
      identityFiles: [path.join(home, '.ssh/id_lab'), '/keys/kim@build1.lab.example', path.join(home, '.ssh/id_all')],
      identityAgent: null,
      knownHostsFiles: [path.join(home, '.ssh/lab_hosts'), '/etc/lab_hosts'],
      jumps: ['gate:2200', 'kim@inner'],
    });
    // A user who was typed wins, and is the one that Match looks at.
    expect(await config.of('build1', 'ann')).toMatchObject({
      user: 'ann',
      identityAgent: 'none',
      knownHostsFiles: null,
    });
    expect(await config.of('a.example', null)).toMatchObject({
      identityAgent: path.join(home, 'agent.sock'),
      jumps: [],
      port: 99,
    });
    expect(await config.of('bad.example', null)).toMatchObject({ identityAgent: null });
    expect(await config.of('inner', null)).toMatchObject({ user: 'root', port: 99 });
    expect(await config.names()).toEqual(['inner', 'build1']);
  });

  it.each([
    ['ProxyCommand nc %h %p', 'ProxyCommand'],
    ['Match exec "test -e /x"', 'Match exec'],
    ['Match final host h', 'Match final'],
    ['HostKeyAlias other', 'HostKeyAlias'],
    ['CanonicalizeHostname yes', 'CanonicalizeHostname'],
    ['KnownHostsCommand /bin/keys', 'KnownHostsCommand'],
  ])('that says “%s” is refused with what is not supported', async (line, keyword) => {
    await put(`Host *\n# a comment\n${line}\nUser x\n`);
    await expect(config.of('h', null)).rejects.toMatchObject({
      code: 'SSH_CONFIG_UNSUPPORTED',
      data: { file: fileOf(), line: 3, keyword, host: 'h' },
    });
    // Of others nothing is said; whoever only wants names is not concerned.
    await put(`Host a\n${line}\nHost h\n`);
    expect(await config.names()).toEqual(['a', 'h']);
  });

  it('that says the same of other servers, or says none, is not', async () => {
    await put(
      'Host a\nProxyCommand nc\nHost h\nProxyCommand none\nHostKeyAlias none\nMatch host a exec "false"\nUser x\n',
    );
    expect(await config.of('h', null)).toMatchObject({ user: null, jumps: [] });
    // Of these two the first counts.
    await put('ProxyJump gate\nProxyCommand nc\n');
    expect(await config.of('h', null)).toMatchObject({ jumps: ['gate'] });
    await put('ProxyCommand none\nProxyJump gate\n');
    expect(await config.of('h', null)).toMatchObject({ jumps: [] });
  });

  it('that others can write to, or that includes itself, is refused', async () => {
    await put('Host h\n');
    await chmod(fileOf(), 0o620);
    const refusal = (code: string) => ({ code: 'FILE_UNUSABLE', data: { file: fileOf(), reason: { code } } });
    await expect(config.of('h', null)).rejects.toMatchObject(refusal('othersWrite'));
    await expect(config.names()).rejects.toMatchObject(refusal('othersWrite'));
    await chmod(fileOf(), 0o600);
    await put('Include config\n');
    await expect(config.of('h', null)).rejects.toMatchObject(refusal('tooManyIncludes'));
  });
});

describe.skipIf(!existsSync('/usr/bin/ssh'))('the system’s ssh', () => {
  it.each(['build1', 'inner', 'a.example', 'bad.example', 'else'])('reads the same of %s', async (host) => {
    await put('Host inner\n  User root\n', 'conf.d/10.conf');
    // Its own home is not this one, so paths are written in full here.
    const text = WHOLE.replaceAll('~', home).replace('conf.d', path.join(home, '.ssh/conf.d'));
    await put(text);
    const { stdout } = await runCommand('ssh', ['-G', '-F', fileOf(), host], { timeoutMs: 30_000 });
    const theirs = (key: string) =>
      stdout
        .split('\n')
        .filter((line) => line.startsWith(`${key} `))
        .map((line) => line.slice(key.length + 1));
    const ours = await config.of(host, null);
    expect([ours.hostName, ours.port]).toEqual([theirs('hostname')[0], Number(theirs('port')[0])]);
    if (ours.user !== null) expect(ours.user).toBe(theirs('user')[0]);
    expect(ours.jumps.join(',')).toBe(theirs('proxyjump')[0] ?? '');
    // It prints files of keys as they are written.
    expect(ours.identityFiles.map((file) => path.basename(file).split('@')[0])).toEqual(
      theirs('identityfile').map(
        (file) =>
          path
            .basename(file)
            .replace('%r', ours.user ?? '')
            .split('@')[0],
      ),
    );
    if (ours.knownHostsFiles) expect(ours.knownHostsFiles.join(' ')).toBe(theirs('userknownhostsfile')[0]);
    if (ours.identityAgent) expect(ours.identityAgent).toBe(theirs('identityagent')[0]);
  });
});

it.each([
  ['a b', ['a', 'b']],
  ['"a b" c # d', ['a b', 'c']],
  [String.raw`"a\"b" c\ d`, ['a"b', 'c d']],
  ["'x y' #z", ['x y']],
  ['"open', ['open']],
  ['""', ['']],
])('words of %j', (text, words) => {
  expect(configLines(`Host ${text}`)[0]?.words).toEqual(words);
});

it.each([
  [['*'], 'a', true],
  [['a*c?'], 'abxcd', true],
  [['a*c?'], 'abxc', false],
  [['*', '!a'], 'a', false],
  [['!a'], 'b', false],
  [['?'], '', false],
  [[`${'*a'.repeat(40)}b`], 'a'.repeat(200), false],
])('patterns %j and %s', (patterns, name, fits) => {
  expect(fitsPatterns(patterns, name)).toBe(fits);
});
