// The service on a host without the Debian package, in a folder that stands for the host and with a fake systemd.
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agentManPage } from '../command/man-page.ts';
import { program } from '../command/program.ts';
import { checkConfigText } from '../config/config-file.ts';
import { RunError } from '../host/run-command.ts';
import { installService, type ProgramSource, uninstallService } from './install.ts';
import {
  CONFIGURATION,
  INSTALL_MARK,
  LAUNCHER,
  PROGRAM_FOLDER,
  type ServiceFile,
  serviceFiles,
} from './service-files.ts';
import type { ServiceHost } from './service-host.ts';

let folder: string;
let root: string;
let calls: string[];
let host: ServiceHost;
let source: ProgramSource;
let files: ServiceFile[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tt-install-'));
  root = path.join(folder, 'host');
  await mkdir(root);
  calls = [];
  host = {
    root,
    isRoot: true,
    hasSystemd: () => Promise.resolve(true),
    systemctl: (args) => Promise.resolve(void calls.push(args.join(' '))),
  };
  source = { node: path.join(folder, 'node'), agent: path.join(folder, 'agent'), window: path.join(folder, 'window') };
  await writeFile(source.node, 'node', { mode: 0o700 });
  for (const [name, file] of [
    ['agent', 'main.js'],
    ['window', 'index.html'],
  ] as const) {
    await mkdir(path.join(folder, name), { mode: 0o700 });
    await writeFile(path.join(folder, name, file), `first ${name}`, { mode: 0o600 });
  }
  const commands = program('main.js');
  files = await serviceFiles(commands, agentManPage(commands), true);
});
afterEach(() => rm(folder, { recursive: true }));

const textOf = (file: string) => readFile(path.join(root, file), 'utf8');
const filesBelow = async () =>
  (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name).slice(root.length))
    .sort();
const modeOf = async (file: string) => (await stat(path.join(root, file))).mode & 0o777;

describe('installing', () => {
  it('writes what the package has, with its own paths, for everybody to read, and starts it', async () => {
    await installService(host, source, files);
    expect(await filesBelow()).toEqual(
      [
        CONFIGURATION,
        '/etc/systemd/system/tt-agent.service',
        '/etc/systemd/system/tt.slice',
        LAUNCHER,
        `${PROGRAM_FOLDER}/agent/main.js`,
        `${PROGRAM_FOLDER}/node`,
        `${PROGRAM_FOLDER}/window/index.html`,
        '/usr/local/share/bash-completion/completions/tt-agent',
        '/usr/local/share/fish/vendor_completions.d/tt-agent.fish',
        '/usr/local/share/man/man8/tt-agent.8',
        '/usr/local/share/zsh/site-functions/_tt-agent',
      ].sort(),
    );
    expect(calls).toEqual(['daemon-reload', 'enable tt-agent.service', 'restart tt-agent.service']);
    const unit = await textOf('/etc/systemd/system/tt-agent.service');
    expect(unit).toContain(`\nExecStart=${LAUNCHER} run --config ${CONFIGURATION}\n`);
    expect(unit).not.toMatch(/\/usr\/(bin|lib)\/tt-agent/);
    expect(checkConfigText(await textOf(CONFIGURATION), CONFIGURATION)).toMatchObject({
      window: { directory: `${PROGRAM_FOLDER}/window` },
    });
    const modes = [LAUNCHER, `${PROGRAM_FOLDER}/node`, `${PROGRAM_FOLDER}/agent`, `${PROGRAM_FOLDER}/agent/main.js`];
    expect(await Promise.all(modes.map(modeOf))).toEqual([0o755, 0o755, 0o755, 0o644]);
    expect((await textOf('/usr/local/share/zsh/site-functions/_tt-agent')).split('\n')[0]).toBe('#compdef tt-agent');
  });

  it('has a valid configuration without the window, too', async () => {
    const commands = program('main.js');
    const without = await serviceFiles(commands, '', false);
    const text = without.find((file) => file.path === CONFIGURATION)?.text ?? '';
    expect(checkConfigText(text, CONFIGURATION)).toMatchObject({ window: { directory: null }, prepareImages: true });
  });

  it('again replaces the program and what it wrote, and keeps the configuration', async () => {
    await installService(host, source, files);
    await writeFile(path.join(root, CONFIGURATION), 'log: { level: debug }\n');
    await writeFile(path.join(source.agent, 'main.js'), 'second agent');
    const before = await filesBelow();
    await installService(host, source, files);
    expect(await filesBelow()).toEqual(before);
    expect([await textOf(CONFIGURATION), await textOf(`${PROGRAM_FOLDER}/agent/main.js`)]).toEqual([
      'log: { level: debug }\n',
      'second agent',
    ]);
    // The installed program can do it for itself.
    await installService(host, { ...source, agent: path.join(root, PROGRAM_FOLDER, 'agent') }, files);
    expect(await textOf(`${PROGRAM_FOLDER}/agent/main.js`)).toBe('second agent');
  });

  it.each([
    ['without root', { isRoot: false }, 'INSTALL_NOT_ROOT'],
    ['without systemd', { hasSystemd: () => Promise.resolve(false) }, 'INSTALL_NO_SYSTEMD'],
  ])('is refused %s, and so is removing', async (_how, change, code) => {
    await expect(installService({ ...host, ...change }, source, files)).rejects.toMatchObject({ code });
    await expect(uninstallService({ ...host, ...change }, files)).rejects.toMatchObject({ code });
    expect([await filesBelow(), calls]).toEqual([[], []]);
  });

  it.each(['/usr/lib/systemd/system/tt-agent.service', '/etc/systemd/system/tt.slice', LAUNCHER])(
    'is refused where %s is somebody else’s',
    async (file) => {
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await writeFile(path.join(root, file), 'of a package');
      const refused = { code: 'INSTALL_CONFLICT', data: { file } };
      await expect(installService(host, source, files)).rejects.toMatchObject(refused);
      expect([await filesBelow(), calls]).toEqual([[file], []]);
    },
  );

  it('that fails takes back what it wrote, and the program that was there stays', async () => {
    await installService(host, source, files);
    await writeFile(path.join(source.agent, 'main.js'), 'second agent');
    // A folder in the place of the last file, like a disk that is full by then.
    const last = '/usr/local/share/fish/vendor_completions.d/tt-agent.fish';
    await mkdir(path.join(root, `${last}.new`));
    const changed = files.map((file) => ({ ...file, text: `${file.text}# later\n` }));
    const before = await filesBelow();
    await expect(installService(host, source, changed)).rejects.toMatchObject({ code: 'FILE_UNUSABLE' });
    expect(await filesBelow()).toEqual(before);
    expect(await textOf(`${PROGRAM_FOLDER}/agent/main.js`)).toBe('first agent');
    expect(await textOf(LAUNCHER)).not.toContain('# later');
  });

  it('says that the service does not start, and why', async () => {
    const systemctl = (args: readonly string[]) =>
      args[0] === 'restart'
        ? Promise.reject(new RunError({ command: 'systemctl', args, exitCode: 1, stderr: 'see journalctl' }))
        : Promise.resolve();
    await expect(installService({ ...host, systemctl }, source, files)).rejects.toMatchObject({
      code: 'INSTALL_START_FAILED',
      data: { reason: { quote: 'see journalctl' } },
    });
  });
});

describe('uninstalling', () => {
  it('removes what was installed and nothing else', async () => {
    await installService(host, source, files);
    const mine = path.join(root, '/etc/systemd/system/tt.slice');
    await writeFile(mine, 'Mine now.');
    calls = [];
    const removed = await uninstallService(host, files);
    expect(removed).toContain(LAUNCHER);
    expect(calls).toEqual(['disable --now tt-agent.service', 'daemon-reload']);
    expect(await filesBelow()).toEqual(['/etc/systemd/system/tt.slice', CONFIGURATION]);
    expect(await uninstallService(host, files)).toEqual([]);
  });
});

it('marks all that it may replace', () => {
  expect(files.filter(({ rule, text }) => rule === 'mark' && !text.includes(INSTALL_MARK))).toEqual([]);
});
