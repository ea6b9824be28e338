// Test support: everything an agent may leave on a host, so that before and after can be held against each other.
import { readdir, readFile } from 'node:fs/promises';
import type { LabHost } from './test-lab.ts';

export interface Traces {
  /** `nft list ruleset`. */
  ruleset: string;
  /** Names of links, sorted. */
  links: string[];
  /** Lines of /proc/mounts of this process. */
  mounts: string[];
  /** Programs in the host's network namespace: arguments, sorted. */
  processes: string[];
  /** Folders of agents in the cgroup trees. */
  cgroups: string[];
}

export async function tracesOf(host: LabHost): Promise<Traces> {
  const [ruleset, links, pids, mounts] = await Promise.all([
    host.exec('nft', ['list', 'ruleset']),
    host.exec('ip', ['-json', 'link']),
    host.exec('ip', ['netns', 'pids', await spaceOf(host)]),
    readFile('/proc/self/mounts', 'utf8'),
  ]);
  const commands = await Promise.all(
    pids
      .split('\n')
      .filter((pid) => pid !== '')
      .map(commandOf),
  );
  return {
    ruleset,
    links: (JSON.parse(links) as { ifname: string }[]).map(({ ifname }) => ifname).sort(),
    mounts: mounts.trim().split('\n').sort(),
    processes: commands.filter((command) => command !== '' && !/^(ip|nsenter)\0/.test(command)).sort(),
    cgroups: await agentGroups(),
  };
}

async function spaceOf(host: LabHost): Promise<string> {
  const [, args] = host.enter('true', []);
  return (args[0] ?? '').split('/').at(-1) ?? '';
}

/** Empty when it has ended meanwhile. */
async function commandOf(pid: string): Promise<string> {
  return readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
}

async function agentGroups(): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n');
  const roots = mounts.map((line) => line.split(' ')).filter(([, , kind]) => kind === 'cgroup' || kind === 'cgroup2');
  const found = await Promise.all(
    roots.map(async ([, directory = '']) => {
      const names = await readdir(directory).catch(() => []);
      const agents = names.filter((entry) => /^tt-[0-9a-f]{4}$/.test(entry));
      const inside = await Promise.all(
        agents.map(async (entry) => {
          const all = await readdir(`${directory}/${entry}`, { withFileTypes: true }).catch(() => []);
          return all.filter((child) => child.isDirectory()).map((child) => `${directory}/${entry}/${child.name}`);
        }),
      );
      return inside.flat();
    }),
  );
  return found.flat().sort();
}
