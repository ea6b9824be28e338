// Test support: everything an agent can leave on a host, to compare before and after.
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { LabHost } from './network-lab/lab.ts';

export interface HostState {
  /** `nft list ruleset`. */
  ruleset: string;
  /** Names of links, sorted. */
  links: string[];
  /** Lines of /proc/mounts of this process, but for those other tests make meanwhile: hosts of labs, and disks in their folders. */
  mounts: string[];
  /** Programs in the host's network namespace: arguments, sorted. */
  processes: string[];
  /** Folders of VMs in the cgroup trees; not those in use by processes of other hosts. */
  cgroups: string[];
}

export interface HostProcess {
  pid: number;
  /** Its arguments, each with a zero byte behind it. */
  command: string;
}

export async function hostStateOf(host: LabHost): Promise<HostState> {
  // One after the other: the tools that look are processes too.
  const processes = await processesOf(host);
  const ruleset = await host.exec('nft', ['list', 'ruleset']);
  const links = await host.exec('ip', ['-json', 'link']);
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  return {
    ruleset,
    links: (JSON.parse(links) as { ifname: string }[]).map(({ ifname }) => ifname).sort(),
    mounts: mounts
      .trim()
      .split('\n')
      .filter((line) => !line.includes(' /run/netns') && !line.includes(` ${tmpdir()}/`))
      .sort(),
    processes: processes.map(({ command }) => command).sort(),
    cgroups: await vmGroups(new Set(processes.map(({ pid }) => String(pid)))),
  };
}

/** All in the host's network namespace, but for the short-lived tools of whoever looks, the agent included. */
export async function processesOf(host: LabHost): Promise<HostProcess[]> {
  const [, args] = host.enter('true', []);
  const space = (args[0] ?? '').split('/').at(-1) ?? '';
  const pids = (await host.exec('ip', ['netns', 'pids', space])).split('\n').filter((pid) => pid !== '');
  const found = await Promise.all(
    // Empty when it has ended meanwhile.
    pids.map(async (pid) => ({
      pid: Number(pid),
      command: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    })),
  );
  return found.filter(({ command }) => command !== '' && !/^(ip|nft|tc|bridge|nsenter)\0/.test(command));
}

async function vmGroups(pidsOfHost: ReadonlySet<string>): Promise<string[]> {
  const groups = await Promise.all((await agentGroups()).map((agent) => foldersIn(agent, /./)));
  const ours = await Promise.all(
    groups.flat().map(async (group) => {
      const members = (await readFile(`${group}/cgroup.procs`, 'utf8').catch(() => '')).split('\n').slice(0, -1);
      return members.length === 0 || members.some((pid) => pidsOfHost.has(pid)) ? [group] : [];
    }),
  );
  return ours.flat().sort();
}

/** Folders of agents in all trees of control groups of this machine. */
export async function agentGroups(): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  const roots = mounts.map((line) => line.split(' ')).filter(([, , kind]) => kind === 'cgroup' || kind === 'cgroup2');
  return (await Promise.all(roots.map(([, root = '']) => foldersIn(root, /^tt-[0-9a-f]{4}$/)))).flat();
}

export async function foldersIn(directory: string, pattern: RegExp): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && pattern.test(entry.name))
    .map((entry) => `${directory}/${entry.name}`);
}
