// What is in the packages of TT: `tt-agent` with the window, `tt-proxy`, and `tt`. Each has the pinned Node inside and needs no other.
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { TT_VERSION } from '../../../cli/version.ts';
import { LICENSES } from '../../build/programs.ts';
import { completionFile, completionScript, completionShells } from '../../../client/command-docs/index.ts';
import { program as agentProgram } from '../../../agent/command/program.ts';
import { manPages } from '../../man-pages.ts';
import { buildTt, MAIN } from '../built-tt.ts';
import { compressed, type Content, type DebPackage, documentation } from './deb-package.ts';

const FILES = path.join(import.meta.dirname, 'files');
/** Those that `tt-agent install` writes on other distributions. */
const UNIT_FILES = path.resolve(import.meta.dirname, '../../../agent/service/unit-files');

/** Of the Node inside. */
const NODE_DEPENDS = ['libc6 (>= 2.28)', 'libgcc-s1', 'libstdc++6'];
/** In each package. */
const OF_NODE: DebPackage['lintianOverrides'] = [
  { tags: ['embedded-library'], reason: 'Node is built with its own zlib; its releases follow those of zlib.' },
  {
    tags: [
      'unstripped-binary-or-object',
      'hardening-no-pie',
      'hardening-no-fortify-functions',
      'spelling-error-in-binary',
    ],
    reason: 'Node is shipped as its project publishes it, so that its checksum can be compared.',
  },
  {
    tags: ['package-contains-documentation-outside-usr-share-doc'],
    reason: 'Licences lie beside the bundles they belong to; the window is made of HTML.',
  },
];
const OF_SERVICES: DebPackage['lintianOverrides'] = [
  {
    tags: ['maintainer-script-calls-systemctl'],
    reason: 'Only where systemd runs, and with more care than deb-systemd-invoke: VMs run on, see the scripts.',
  },
  {
    tags: ['package-supports-alternative-init-but-no-init.d-script'],
    reason: 'The service needs control groups, a slice and capabilities of systemd.',
  },
];
const OF_GUESTS: DebPackage['lintianOverrides'] = [
  {
    tags: ['statically-linked-binary', 'binary-has-unneeded-section'],
    reason: 'The guest helper runs in guests of every kind, which have other libraries or none.',
  },
  {
    tags: ['unusual-interpreter', 'repeated-path-segment'],
    reason: 'Files of the tiny image, which are copied into guests.',
  },
];

export interface PackageSource {
  /** The checkout, built by `npm run build`. */
  root: string;
  /** An empty folder for what is made for the packages. */
  work: string;
  /** The Node that goes into them, and what it runs on. */
  node: string;
  architecture: 'amd64' | 'arm64';
}

export async function packagesOf(source: PackageSource): Promise<DebPackage[]> {
  return [await agentPackage(source), await proxyPackage(source), await ttPackage(source)];
}

async function agentPackage(source: PackageSource): Promise<DebPackage> {
  const { root } = source;
  const built = path.join(root, 'out/agent');
  return {
    ...identity('tt-agent', source),
    lintianOverrides: [...OF_NODE, ...OF_SERVICES, ...OF_GUESTS],
    summary: 'TT agent: VMs for testing, in ENVs that are snapshotted as one',
    description: [
      'Runs the VMs of one host for a team: named groups of VMs with a lifetime, networks, firewall, snapshots and consoles, in a window for the browser.',
      'It starts at once and listens on port 9527 by TLS. "tt-agent invite" prints a link for the first person.',
    ],
    depends: [
      ...NODE_DEPENDS,
      'qemu-system-x86',
      'qemu-utils',
      'e2fsprogs',
      'nftables',
      'iproute2',
      'procps',
      'dnsmasq-base',
    ],
    recommends: ['ovmf', 'mmdebstrap'],
    files: new Map<string, Content>([
      ...(await files('tt-agent', source, path.join(built, LICENSES))),
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
    conffiles: ['/etc/tt/agent.yaml'],
    scripts: await scripts('tt-agent'),
  };
}

async function proxyPackage(source: PackageSource): Promise<DebPackage> {
  const built = path.join(source.root, 'out/proxy');
  return {
    ...identity('tt-proxy', source),
    lintianOverrides: [...OF_NODE, ...OF_SERVICES],
    summary: 'TT proxy: one address in front of an agent of TT',
    description: [
      'Serves the same API as the agent behind it. It is told about its agent in /etc/default/tt-proxy and does not start before.',
    ],
    depends: NODE_DEPENDS,
    recommends: [],
    files: new Map<string, Content>([
      ...(await files('tt-proxy', source, path.join(built, LICENSES))),
      ['usr/lib/tt-proxy/proxy', { from: built }],
      ['usr/bin/tt-proxy', starts('tt-proxy', 'proxy/main.js')],
      ['usr/lib/systemd/system/tt-proxy.service', { from: path.join(FILES, 'tt-proxy.service') }],
      ...(await manualPage('tt-proxy.8')),
      ['etc/default/tt-proxy', { from: path.join(FILES, 'tt-proxy.default') }],
    ]),
    conffiles: ['/etc/default/tt-proxy'],
    scripts: await scripts('tt-proxy'),
  };
}

async function ttPackage(source: PackageSource): Promise<DebPackage> {
  const built = path.join(source.work, 'tt');
  await mkdir(built, { recursive: true });
  await buildTt(source.root, built);
  const inBuilt = (name: string): Content => ({ from: path.join(built, name) });
  return {
    ...identity('tt-cli', source),
    lintianOverrides: OF_NODE,
    summary: 'tt: ENVs of VMs for testing, from the command line',
    description: [
      'Creates, snapshots, reverts and forks ENVs, runs commands in their guests, and opens their consoles, on an agent of TT on this host or another one.',
      'Made for people and for scripts: every command has --json and exit codes that mean something.',
    ],
    depends: NODE_DEPENDS,
    recommends: [],
    files: new Map<string, Content>([
      ...(await files('tt-cli', source, path.join(built, LICENSES))),
      [`usr/lib/tt-cli/${MAIN}`, inBuilt(MAIN)],
      ['usr/bin/tt', starts('tt-cli', MAIN)],
      ...(await manualPage('tt.1')),
      ['usr/share/bash-completion/completions/tt', inBuilt('completions/tt')],
      ['usr/share/zsh/vendor-completions/_tt', inBuilt('completions/_tt')],
      ['usr/share/fish/vendor_completions.d/tt.fish', inBuilt('completions/tt.fish')],
    ]),
    conffiles: [],
    scripts: new Map(),
  };
}

function identity(
  name: string,
  { architecture }: PackageSource,
): Pick<DebPackage, 'name' | 'version' | 'architecture'> {
  return { name, version: TT_VERSION, architecture };
}

async function files(name: string, { root, node }: PackageSource, licenses: string): Promise<Map<string, Content>> {
  const license = await readFile(path.join(root, 'LICENSE'), 'utf8');
  return new Map<string, Content>([
    [`usr/lib/${name}/node`, { from: node, isProgram: true }],
    ...documentation(name, TT_VERSION, license, licenses),
  ]);
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

async function scripts(name: string): Promise<Map<string, string>> {
  const names = ['postinst', 'prerm', 'postrm'];
  const texts = await Promise.all(names.map((script) => readFile(path.join(FILES, `${name}.${script}`), 'utf8')));
  return new Map(names.map((script, index) => [script, texts[index] ?? '']));
}
