// The path says what code may touch (docs/design.md): every import of every source file is parsed and held against the
// borders between the processes. The checker itself is tried on planted violations, so that it can't pass by not looking.
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';

/** Zone -> the zones it may import besides itself. Longer paths come first, so that client/node is not taken for client. */
const borders = {
  protocol: [],
  'client/node': ['client', 'protocol'],
  client: ['protocol'],
  server: ['client/node', 'client', 'protocol'],
  agent: ['client/node', 'client', 'server', 'protocol'],
  proxy: ['client/node', 'client', 'server', 'protocol'],
  cli: ['client/node', 'client', 'protocol'],
  main: ['client/node', 'client', 'protocol'],
  preload: ['protocol'],
  renderer: ['client', 'protocol'],
} as const;
type Zone = keyof typeof borders;

/** Drivers and what lies below them: they know the machine, not the product. */
const drivers = ['engines', 'storage', 'network', 'firewall', 'cgroups', 'firmware'];
const aboveDrivers = [
  'operations',
  'api',
  'app',
  'labs',
  'runs',
  'inventory',
  'images',
  'state',
  'events',
  'capsules',
  'config',
];

/** Inner walls: folder -> folders of the same process it must not import. Tests and their support may. */
const innerWalls: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(drivers.map((driver) => [`agent/${driver}`, aboveDrivers.map((folder) => `agent/${folder}`)])),
  'agent/host': ['agent/'],
  'agent/archives': ['agent/operations', 'agent/images', 'agent/capsules', 'agent/state'],
  'agent/state': ['agent/operations', 'agent/api', 'agent/app', 'agent/labs', 'agent/inventory'],
  'agent/events': ['agent/operations', 'agent/api', 'agent/app', 'agent/labs', 'agent/inventory'],
  'agent/inventory': ['agent/operations', 'agent/api', 'agent/app', 'agent/labs'],
  'agent/images': ['agent/operations', 'agent/api', 'agent/app', 'agent/labs', 'agent/inventory', 'agent/state'],
  'agent/capsules': ['agent/operations', 'agent/api', 'agent/app', 'agent/labs', 'agent/inventory', 'agent/state'],
  'agent/console': ['agent/labs', 'agent/api', 'agent/app', 'agent/command', 'agent/config'],
  'agent/operations': ['agent/api', 'agent/app', 'agent/command', 'agent/config'],
  'agent/labs': ['agent/api', 'agent/app', 'agent/command', 'agent/config'],
  'agent/runs': ['agent/api', 'agent/app', 'agent/command', 'agent/config'],
  'agent/guest-channel': aboveDrivers.map((folder) => `agent/${folder}`),
  'agent/api': ['agent/command', 'agent/config', 'agent/engines', 'agent/storage', 'agent/network', 'agent/firewall'],
};

/** Put together what the other folders hold, so they may be known by them and know them. */
const renderersGlue = ['renderer/state', 'renderer/testing'];

/** Must run in a browser as they are. */
const withoutNode: readonly Zone[] = ['protocol', 'client', 'renderer'];
const withElectron: readonly Zone[] = ['main', 'preload'];
/** The only files that start processes; all others may only import the types. */
const spawners: readonly string[] = [
  'agent/host/run-command.ts',
  'cli/start-program.ts',
  'tools/boot.mjs',
  'e2e/host/spawn.ts',
];
/**
 * Programs that parse disk images: a hole in one must not be a hole in the host, so they are started by
 * `agent/host/run-confined.ts`. These may start them without: they only read what they made themselves.
 */
const imageProgram = /['"`]qemu-(img|io|nbd)['"`]/;
const unconfined = /\b(runCommand|spawnProcess|runDiskTool)\(/;
const ownImages = /^agent\/(images\/recipes\/[\w/-]+|storage\/qemu-img)\.ts$/;
/** Starts a program from its sources or its built file: the one place that computes what it imports. */
const launcher = 'client/node/launch.mjs';
/** What a test of another process may use of the agent: its harness, and the module that starts programs. */
const testSupport = /^(agent\/host\/run-command|agent\/testing\/[\w/-]+|proxy\/test-[\w-]+)\.ts$/;
const ignoredFolders = new Set([
  'node_modules',
  'out',
  'dist',
  'coverage',
  'test-results',
  'playwright-report',
  'guest',
]);
const sourceFile = /\.(ts|tsx|mts|cts|js|mjs|cjs|jsx)$/;
const root = path.resolve(import.meta.dirname, '..');

interface Import {
  /** null when it is computed. */
  specifier: string | null;
  isType: boolean;
}

/** Files by path from the root -> what is wrong, one line each. */
function violations(files: ReadonlyMap<string, string>): string[] {
  const graph = new Map<string, string[]>();
  const found: string[] = [];
  for (const [file, text] of files) {
    const targets: string[] = [];
    for (const { specifier, isType } of importsOf(file, text)) {
      const wrong = specifier === null ? computed(file) : check(file, specifier, isType, files);
      if (wrong !== null) found.push(`${file}: ${wrong}`);
      // Of types too: nobody could say which file of a circle is read first.
      const target = specifier === null ? null : resolve(file, specifier);
      if (target !== null) targets.push(files.has(target) ? target : `${target}/index.ts`);
    }
    graph.set(file, targets);
    if (isUnconfined(file, text)) found.push(`${file}: reads disk images outside agent/host/run-confined.ts`);
    const operations = file.startsWith('agent/operations/') && !isTest(file) ? kindsOf(file, text) : [];
    if (operations.length > 1) found.push(`${file}: defines more than one operation (${operations.join(', ')})`);
  }
  const circles = [...cycles(graph), ...cycles(rendererFolders(graph))];
  return [...found, ...circles.map((cycle) => `circular: ${cycle.join(' -> ')}`)].sort();
}

function isUnconfined(file: string, text: string): boolean {
  if (!file.startsWith('agent/') || isTest(file) || ownImages.test(file)) return false;
  return imageProgram.test(text) && unconfined.test(text);
}

function check(file: string, specifier: string, isType: boolean, files: ReadonlyMap<string, string>): string | null {
  const zone = zoneOf(file);
  const bare = specifier.replace(/^node:/, '');
  if (bare === 'child_process' && !isType && !spawners.includes(file)) return `starts processes itself (${specifier})`;
  if (isBuiltin(specifier) && zone && withoutNode.includes(zone) && !isTest(file)) return `needs Node (${specifier})`;
  if (/^electron(\/|$)/.test(specifier) && zone && !withElectron.includes(zone)) return 'needs Electron';
  const target = resolve(file, specifier);
  if (target === null) return null;
  const isOwnPackage = specifier.startsWith('@tt/');
  if (!isOwnPackage && sourceFile.test(target) && !files.has(target)) return `imports ${target}, which is not there`;
  if (zone === null) return null;
  const other = zoneOf(target);
  if (other === zone) return isTest(file) ? null : throughInnerWall(file, target);
  if (isTest(file) && (other === null || testSupport.test(target))) return null;
  // The text of a guide, which the window shows: read when it is built.
  if (zone === 'renderer' && /\/docs\/(?:zh\/)?[\w-]+\.md\?raw$/.test(specifier)) return null;
  if (other === null) return `leaves the product (${specifier})`;
  if (!(borders[zone] as readonly Zone[]).includes(other)) return `crosses from ${zone} to ${other} (${specifier})`;
  if (zone === 'preload' && !isType) return `may only name types of ${other} (${specifier})`;
  return null;
}

function throughInnerWall(file: string, target: string): string | null {
  if (file.startsWith('renderer/')) return throughRendererWall(file, target);
  for (const [folder, forbidden] of Object.entries(innerWalls)) {
    if (!file.startsWith(`${folder}/`) || target.startsWith(`${folder}/`)) continue;
    const wall = forbidden.find((name) => target.startsWith(name.endsWith('/') ? name : `${name}/`));
    if (wall !== undefined) return `${folder} must not know ${wall} (${target})`;
  }
  return null;
}

/** Words know nothing, components know words, stores and actions know no component, the shell is known by nobody. */
function throughRendererWall(file: string, target: string): string | null {
  const from = rendererFolder(file);
  const to = rendererFolder(target);
  if (from === 'renderer/i18n' && to !== from) return `${from} must know nothing (${target})`;
  if (from === 'renderer/components' && to !== from && to !== 'renderer/i18n') return `${from} must not know ${target}`;
  if (to === 'renderer/shell' && from !== to && from !== 'renderer')
    return `${from} must not know the shell (${target})`;
  if (file.endsWith('.ts') && target.endsWith('.tsx')) return `is no component and must not know one (${target})`;
  return null;
}

/** `renderer/env` of all that lies in it; `renderer` of what lies in no folder. */
function rendererFolder(file: string): string {
  const [zone = '', folder = '', ...rest] = file.split('/');
  return rest.length > 0 ? `${zone}/${folder}` : zone;
}

/** The same graph with the folders of the renderer for its files, so that two nouns do not know each other. */
function rendererFolders(graph: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  const isPart = (file: string) => file.startsWith('renderer/') && !isTest(file) && rendererFolder(file) !== 'renderer';
  for (const [file, targets] of graph) {
    const from = rendererFolder(file);
    if (!isPart(file) || renderersGlue.includes(from)) continue;
    const others = targets.filter(isPart).map(rendererFolder);
    const known = others.filter((to) => to !== from && !renderersGlue.includes(to));
    folders.set(from, [...new Set([...(folders.get(from) ?? []), ...known])]);
  }
  return folders;
}

function computed(file: string): string | null {
  return zoneOf(file) === null || file === launcher ? null : 'imports a computed path';
}

function isTest(file: string): boolean {
  return /\.(test|contract)\.tsx?$/.test(file) || /(^|\/)test-[\w-]+\.ts$|^agent\/(testing|scenarios)\//.test(file);
}

/** The process (or shared folder) a path belongs to; null for tools, e2e and configuration, which may use them all. */
function zoneOf(file: string): Zone | null {
  const zones = Object.keys(borders) as Zone[];
  return zones.find((zone) => file === zone || file.startsWith(`${zone}/`)) ?? null;
}

/** Where an import of ours leads, from the root; null for packages of others. */
function resolve(file: string, specifier: string): string | null {
  if (specifier.startsWith('@tt/')) return specifier.slice('@tt/'.length);
  if (!specifier.startsWith('.')) return null;
  return path.posix.join(path.posix.dirname(file), specifier.replace(/\?.*$/, ''));
}

/** Every import of a file: static, dynamic, of types, re-exported, and by require. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const lang = /\.[mc]?ts$/.test(file) ? 'ts' : file.endsWith('.tsx') ? 'tsx' : 'jsx';
  visit(parseAst(text, { lang, astType: 'ts' }), (node) => {
    const source = sourceOf(node);
    if (source === undefined) return;
    const specifier = isNode(source) && typeof source['value'] === 'string' ? source['value'] : null;
    found.push({ specifier, isType: isTypeImport(node) });
  });
  return found;
}

type Node = Record<string, unknown> & { type: string };

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** The kinds of the operations that a file defines, in its order. */
function kindsOf(file: string, text: string): string[] {
  const found: string[] = [];
  visit(parseAst(text, { lang: 'ts', astType: 'ts' }), (node) => {
    const callee = node['callee'];
    if (node.type !== 'CallExpression' || !isNode(callee) || callee['name'] !== 'defineOperation') return;
    const [definition] = node['arguments'] as Node[];
    for (const { key, value } of (definition?.['properties'] ?? []) as Node[]) {
      if (isNode(key) && key['name'] === 'kind') found.push(isNode(value) ? String(value['value']) : file);
    }
  });
  return found;
}

function visit(value: unknown, see: (node: Node) => void): void {
  if (Array.isArray(value)) for (const part of value) visit(part, see);
  if (!isNode(value)) return;
  see(value);
  for (const part of Object.values(value)) visit(part, see);
}

/** The expression that says what is imported; undefined when the node imports nothing. */
function sourceOf(node: Node): unknown {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return node['source'] ?? undefined;
    case 'TSExternalModuleReference':
      return node['expression'];
    case 'CallExpression': {
      const { callee, arguments: given } = node;
      const isRequire = isNode(callee) && callee['name'] === 'require' && Array.isArray(given);
      return isRequire ? given[0] : undefined;
    }
    default:
      return undefined;
  }
}

function isTypeImport(node: Node): boolean {
  if (node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const specifiers = node['specifiers'];
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every((part) => isNode(part) && (part['importKind'] === 'type' || part['exportKind'] === 'type'));
}

/** Circles in the graph, each once, found by walking in depth. */
function cycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [];
  const done = new Set<string>();
  const walk = (file: string, trail: string[]) => {
    if (trail.includes(file)) found.push([...trail.slice(trail.indexOf(file)), file]);
    if (done.has(file) || trail.includes(file)) return;
    for (const next of graph.get(file) ?? []) walk(next, [...trail, file]);
    done.add(file);
  };
  for (const file of graph.keys()) walk(file, []);
  return found;
}

function readSources(): Map<string, string> {
  const files = new Map<string, string>();
  const read = (folder: string) => {
    for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
      const name = path.posix.join(folder, entry.name);
      if (entry.isDirectory() && !entry.name.startsWith('.') && !ignoredFolders.has(entry.name)) read(name);
      else if (entry.isFile() && sourceFile.test(entry.name))
        files.set(name, readFileSync(path.join(root, name), 'utf8'));
    }
  };
  read('');
  return files;
}

describe('the borders', () => {
  it('hold in every source file', () => {
    const files = readSources();
    // Whoever moves the folders must not leave this test with nothing to read.
    expect(
      Object.keys(borders).filter((zone) => ![...files.keys()].some((file) => file.startsWith(`${zone}/`))),
    ).toEqual([]);
    expect(files.size).toBeGreaterThan(150);
    expect(violations(files)).toEqual([]);
  });
});

describe('the checker', () => {
  const plant = (file: string, text: string, others: Record<string, string> = {}) =>
    violations(new Map(Object.entries({ ...others, [file]: text })));

  it.each([
    ['protocol/a.ts', "import '@tt/client';", 'crosses from protocol to client (@tt/client)'],
    ['protocol/a.ts', "import type { Stats } from 'node:fs';", 'needs Node (node:fs)'],
    ['client/a.ts', "import { readFile } from 'fs/promises';", 'needs Node (fs/promises)'],
    [
      'client/a.ts',
      "import { connectNode } from '@tt/client/node';",
      'crosses from client to client/node (@tt/client/node)',
    ],
    ['server/a.ts', "export * from '@tt/agent';", 'crosses from server to agent (@tt/agent)'],
    [
      'renderer/x/A.tsx',
      "import { connectNode } from '@tt/client/node'; const a = <p />;",
      'crosses from renderer to client/node (@tt/client/node)',
    ],
    ['renderer/x/A.tsx', "const ipc = require('electron');", 'needs Electron'],
    ['renderer/x/A.tsx', "let x: import('node:path').ParsedPath;", 'needs Node (node:path)'],
    ['agent/a.ts', "export { type Main } from '@tt/main/app.ts';", 'crosses from agent to main (@tt/main/app.ts)'],
    ['cli/a.ts', "const agent = await import('@tt/agent');", 'crosses from cli to agent (@tt/agent)'],
    ['main/a.ts', "import proxy = require('@tt/proxy');", 'crosses from main to proxy (@tt/proxy)'],
    ['main/a.ts', 'await import(process.argv[2]);', 'imports a computed path'],
    ['main/a.ts', "import '../tools/start.ts';", 'imports tools/start.ts, which is not there'],
    ['preload/a.ts', "import { contract } from '@tt/protocol';", 'may only name types of protocol (@tt/protocol)'],
    [
      'agent/a.ts',
      "import { spawn, type ChildProcess } from 'node:child_process';",
      'starts processes itself (node:child_process)',
    ],
    ['tools/a.ts', "const { exec } = await import('child_process');", 'starts processes itself (child_process)'],
    ['cli/a.test.ts', "import '@tt/agent/agent.ts';", 'crosses from cli to agent (@tt/agent/agent.ts)'],
  ])('finds in %s: %s', (file, text, complaint) => {
    expect(plant(file, text)).toEqual([`${file}: ${complaint}`]);
  });

  it('finds a driver that knows an operation, and a recipe that knows its API, types included', () => {
    const up = plant('agent/storage/zfs/a.ts', "import type { B } from '../../operations/b.ts';", {
      'agent/operations/b.ts': '',
    });
    expect(up).toEqual([
      'agent/storage/zfs/a.ts: agent/storage must not know agent/operations (agent/operations/b.ts)',
    ]);
    const api = plant('agent/operations/a.ts', "import type { C } from '../api/c.ts';", { 'agent/api/c.ts': '' });
    expect(api).toEqual(['agent/operations/a.ts: agent/operations must not know agent/api (agent/api/c.ts)']);
    const down = plant('agent/operations/a.ts', "import '../storage/b.ts';", { 'agent/storage/b.ts': '' });
    expect(down).toEqual([]);
    const host = plant('agent/host/a.ts', "import '../config.ts';", { 'agent/config.ts': '' });
    expect(host).toEqual(['agent/host/a.ts: agent/host must not know agent/ (agent/config.ts)']);
  });

  it('finds a program that reads disk images of others with the rights of the agent', () => {
    const text =
      "import { runCommand } from '../host/run-command.ts';\nawait runCommand('qemu-img', ['info', file], limits);";
    const spawner = { 'agent/host/run-command.ts': '' };
    expect(plant('agent/capsules/a.ts', text, spawner)).toEqual([
      'agent/capsules/a.ts: reads disk images outside agent/host/run-confined.ts',
    ]);
    expect(plant('agent/capsules/a.ts', text.replaceAll('runCommand', 'runConfined'), spawner)).toEqual([]);
    expect(plant('agent/capsules/a.test.ts', text, spawner)).toEqual([]);
  });

  it('finds a file with two operations', () => {
    const define = (kind: string) => `export const one = defineOperation({ kind: '${kind}', lock: () => null });`;
    const files = new Map([
      ['agent/operations/vms/start-vm.ts', define('vm.start')],
      ['agent/operations/vms/stop-vm.ts', define('vm.stop') + define('vm.reset')],
    ]);
    expect(violations(files)).toEqual([
      'agent/operations/vms/stop-vm.ts: defines more than one operation (vm.stop, vm.reset)',
    ]);
  });

  it('finds a way out by relative path, and circles of any length', () => {
    const out = plant('cli/commands/a.ts', "import { x } from '../../agent/agent.ts';", { 'agent/agent.ts': '' });
    expect(out).toEqual(['cli/commands/a.ts: crosses from cli to agent (../../agent/agent.ts)']);
    const tools = plant('agent/a.ts', "import '../tools/start.ts';", { 'tools/start.ts': '' });
    expect(tools).toEqual(['agent/a.ts: leaves the product (../tools/start.ts)']);
    const round = plant('agent/a.ts', "import './b.ts';", {
      'agent/b.ts': "export { x } from './c.ts';",
      'agent/c.ts': "void import('./a.ts');",
    });
    expect(round).toEqual(['circular: agent/b.ts -> agent/c.ts -> agent/a.ts -> agent/b.ts']);
    const byPackage = plant('client/a.ts', "import '@tt/client';", { 'client/index.ts': "export * from './a.ts';" });
    expect(byPackage).toEqual(['circular: client/index.ts -> client/a.ts -> client/index.ts']);
  });

  it('finds what the window’s parts must not know of each other', () => {
    const plants: [string, string, string][] = [
      ['renderer/i18n/a.ts', '../state/b.ts', 'renderer/i18n must know nothing (renderer/state/b.ts)'],
      ['renderer/components/A.tsx', '../env/b.ts', 'renderer/components must not know renderer/env/b.ts'],
      ['renderer/env/A.tsx', '../shell/B.tsx', 'renderer/env must not know the shell (renderer/shell/B.tsx)'],
      ['renderer/env/a.ts', './B.tsx', 'is no component and must not know one (renderer/env/B.tsx)'],
    ];
    for (const [file, specifier, complaint] of plants) {
      const target = path.posix.join(path.posix.dirname(file), specifier);
      expect(plant(file, `import type { B } from '${specifier}';`, { [target]: '' })).toEqual([
        `${file}: ${complaint}`,
      ]);
    }
  });

  it('finds circles of types, and in the window between its nouns', () => {
    const byType = plant('agent/a.ts', "import type { B } from './b.ts';", {
      'agent/b.ts': "import { a } from './a.ts';",
    });
    expect(byType).toEqual(['circular: agent/b.ts -> agent/a.ts -> agent/b.ts']);
    const files = plant('renderer/env/a.ts', "import type { B } from './b.ts';", {
      'renderer/env/b.ts': "import type { A } from './a.ts';",
    });
    expect(files).toEqual(['circular: renderer/env/b.ts -> renderer/env/a.ts -> renderer/env/b.ts']);
    const nouns = plant('renderer/env/a.ts', "import type { B } from '../machines/b.ts';", {
      'renderer/machines/b.ts': '',
      'renderer/machines/C.tsx': "import type { D } from '../env/d.ts';",
      'renderer/env/d.ts': "import type { S } from '../state/s.ts';",
      'renderer/state/s.ts': "import type { B } from '../machines/b.ts';",
    });
    expect(nouns).toEqual(['circular: renderer/machines -> renderer/env -> renderer/machines']);
  });

  it('lets pass what is allowed', () => {
    const allowed: [string, string][] = [
      ['renderer/a.tsx', "import { a } from '@tt/client'; import type { B } from '@tt/protocol'; import 'react';"],
      ['preload/a.ts', "import type { A } from '@tt/protocol'; import { ipcRenderer } from 'electron';"],
      ['agent/a.ts', "import type { ChildProcess } from 'node:child_process'; import '@tt/server';"],
      ['agent/host/run-command.ts', "import { spawn } from 'node:child_process';"],
      ['protocol/a.test.ts', "import 'node:fs';"],
      ['cli/a.test.ts', "import '../agent/testing/in-process-agent.ts'; import '../agent/host/run-command.ts';"],
      ['agent/testing/in-process-agent.ts', "// import '@tt/main'\nconst text = \"import '@tt/main'\";"],
    ];
    expect(violations(new Map(allowed))).toEqual([]);
  });
});
