// What is in the packages of TT: `tt-agent` with the window, `tt-proxy`, and `tt`. Each has the pinned Node inside and needs no other.
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { program as agentProgram } from '../../../agent/command/program.ts';
import { TT_VERSION } from '../../../cli/version.ts';
import { completionFile, completionScript, completionShells } from '../../../client/command-docs/index.ts';
import { LICENSES } from '../../build/programs.ts';
import { manPages } from '../../man-pages.ts';
import { buildTt, MAIN } from '../built-tt.ts';
import { type Architecture, compressed, type Content, type HostPackage, type Needed } from './host-package.ts';
import { readServiceFunctions } from './service-scripts.ts';

const SERVICES = path.join(import.meta.dirname, 'services');
/** Those that `tt-agent install` writes on other distributions. */
const UNIT_FILES = path.resolve(import.meta.dirname, '../../../agent/service/unit-files');

/** Of the Node inside. */
const NODE_NEEDS: Needed = {
  deb: ['libc6 (>= 2.28)', 'libgcc-s1', 'libstdc++6'],
  rpm: ['glibc >= 2.28', 'libgcc', 'libstdc++'],
};
const NOTHING: Needed = { deb: [], rpm: [] };

export interface PackageSource {
  /** The checkout, built by `npm run build`. */
  root: string;
  /** An empty folder for what is made for the packages. */
  work: string;
  /** The Node that goes into them, and what it runs on. */
  node: string;
  architecture: Architecture;
}

export async function packagesOf(source: PackageSource): Promise<HostPackage[]> {
  return [await agentPackage(source), await proxyPackage(source), await ttPackage(source)];
}

async function agentPackage(source: PackageSource): Promise<HostPackage> {
  const { root } = source;
  const built = path.join(root, 'out/agent');
  return {
    ...(await common('tt-agent', source, built)),
    summary: 'TT agent: VMs for testing, in ENVs that are snapshotted as one',
    description: [
      'Runs the VMs of one host for a team: named groups of VMs with a lifetime, networks, firewall, snapshots and consoles, in a window for the browser.',
      'It starts at once and listens on port 9527 by TLS. "tt-agent invite" prints a link for the first person.',
    ],
    depends: {
      deb: [
        ...NODE_NEEDS.deb,
        'qemu-system-x86',
        'qemu-utils',
        'e2fsprogs',
        'nftables',
        'iproute2',
        'procps',
        'dnsmasq-base',
      ],
      // Names of Fedora.
      rpm: [
        ...NODE_NEEDS.rpm,
        'qemu-system-x86-core',
        'qemu-img',
        'e2fsprogs',
        'nftables',
        'iproute',
        'iproute-tc',
        'procps-ng',
        'dnsmasq',
      ],
    },
    recommends: { deb: ['ovmf', 'mmdebstrap'], rpm: ['edk2-ovmf', 'mmdebstrap'] },
    files: new Map<string, Content>([
      ...nodeOf('tt-agent', source),
      ['usr/lib/tt-agent/agent', { from: built }],
      ['usr/lib/tt-agent/window', { from: path.join(root, 'out/renderer') }],
      ['usr/bin/tt-agent', starts('tt-agent', 'agent/main.js')],
      ['usr/lib/systemd/system/tt-agent.service', { from: path.join(UNIT_FILES, 'tt-agent.service') }],
      ['usr/lib/systemd/system/tt.slice', { from: path.join(UNIT_FILES, 'tt.slice') }],
      ['etc/tt/agent.yaml', { from: path.join(UNIT_FILES, 'agent.yaml') }],
      ...(await manualPage('tt-agent.8')),
      ...agentCompletion(),
      ['usr/share/doc/tt-agent/config-reference.md', { from: path.join(root, 'docs/config-reference.md') }],
      ['usr/share/doc/tt-agent/grafana/tt-agent.json', { from: path.join(root, 'docs/grafana/tt-agent.json') }],
      ['usr/share/doc/tt-agent/admin-guide.md', { from: path.join(root, 'docs/admin-guide.md') }],
    ]),
    configFiles: ['/etc/tt/agent.yaml'],
    service: await readServiceFunctions('tt-agent'),
  };
}

async function proxyPackage(source: PackageSource): Promise<HostPackage> {
  const built = path.join(source.root, 'out/proxy');
  return {
    ...(await common('tt-proxy', source, built)),
    summary: 'TT proxy: one address in front of an agent of TT',
    description: [
      'Serves the same API as the agent behind it. It is told about its agent in /etc/default/tt-proxy and does not start before.',
    ],
    files: new Map<string, Content>([
      ...nodeOf('tt-proxy', source),
      ['usr/lib/tt-proxy/proxy', { from: built }],
      ['usr/bin/tt-proxy', starts('tt-proxy', 'proxy/main.js')],
      ['usr/lib/systemd/system/tt-proxy.service', { from: path.join(SERVICES, 'tt-proxy.service') }],
      ...(await manualPage('tt-proxy.8')),
      ['etc/default/tt-proxy', { from: path.join(SERVICES, 'tt-proxy.default') }],
    ]),
    configFiles: ['/etc/default/tt-proxy'],
    service: await readServiceFunctions('tt-proxy'),
  };
}

async function ttPackage(source: PackageSource): Promise<HostPackage> {
  const built = path.join(source.work, 'tt');
  await mkdir(built, { recursive: true });
  await buildTt(source.root, built);
  const inBuilt = (name: string): Content => ({ from: path.join(built, name) });
  return {
    ...(await common('tt-cli', source, built)),
    summary: 'tt: ENVs of VMs for testing, from the command line',
    description: [
      'Creates, snapshots, reverts and forks ENVs, runs commands in their guests, and opens their consoles, on an agent of TT on this host or another one.',
      'Made for people and for scripts: every command has --json and exit codes that mean something.',
    ],
    files: new Map<string, Content>([
      ...nodeOf('tt-cli', source),
      [`usr/lib/tt-cli/${MAIN}`, inBuilt(MAIN)],
      ['usr/bin/tt', starts('tt-cli', MAIN)],
      ...(await manualPage('tt.1')),
      ['usr/share/bash-completion/completions/tt', inBuilt('completions/tt')],
      ['usr/share/zsh/vendor-completions/_tt', inBuilt('completions/_tt')],
      ['usr/share/fish/vendor_completions.d/tt.fish', inBuilt('completions/tt.fish')],
    ]),
  };
}

/** Without what only services have. `built`: the folder with the licences of what is built in. */
async function common(
  name: string,
  { root, architecture }: PackageSource,
  built: string,
): Promise<Omit<HostPackage, 'summary' | 'description' | 'files'>> {
  return {
    name,
    version: TT_VERSION,
    architecture,
    depends: NODE_NEEDS,
    recommends: NOTHING,
    license: await readFile(path.join(root, 'LICENSE'), 'utf8'),
    licenses: path.join(built, LICENSES),
    configFiles: [],
    service: null,
  };
}

function nodeOf(name: string, { node }: PackageSource): Map<string, Content> {
  return new Map([[`usr/lib/${name}/node`, { from: node, isProgram: true }]]);
}

/** Starts a built file with the Node beside it, whatever the environment says about another one. */
function starts(name: string, main: string): Content {
  return {
    text: `#!/bin/sh\nunset NODE_OPTIONS\nexec /usr/lib/${name}/node /usr/lib/${name}/${main} "$@"\n`,
    isProgram: true,
  };
}

/** Compressed, as all manual pages of Debian (policy 12.1). */
async function manualPage(name: string): Promise<Map<string, Content>> {
  const text = (await manPages()).get(name) ?? '';
  return new Map([[`usr/share/man/man${name.at(-1)}/${name}.gz`, compressed(text)]]);
}

function agentCompletion(): Map<string, Content> {
  const folders = {
    bash: 'bash-completion/completions',
    zsh: 'zsh/vendor-completions',
    fish: 'fish/vendor_completions.d',
  } as const;
  return new Map(
    completionShells.map((shell) => [
      `usr/share/${folders[shell]}/${completionFile(shell, 'tt-agent')}`,
      { text: completionScript(shell, agentProgram('main.js')) },
    ]),
  );
}
