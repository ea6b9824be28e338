// `tt me` and `tt firewall`, and the server part of `tt status`: the host's capacity, the caller, and the active rules.
import { type Host, type Me, reasonText, recordLimits, terms, termText } from '@tt/protocol';
import type { Command } from 'commander';
import { labelled, printJson, table } from '../output.ts';
import { readServer, withServer } from '../server-choice.ts';
import { wantsJson, withJson } from './json-option.ts';
import { print } from '../terminal.ts';

export function addHostCommands(program: Command): void {
  withJson(program.command('me'))
    .description('show your user on the server, your quota and limits, and their use')
    .action(async (_options: unknown, command: Command) => {
      const { answer: me } = await readServer('host.me');
      if (wantsJson(command)) printJson(me);
      else print(meText(me));
    });

  withJson(program.command('firewall'))
    .description('print the active firewall rules and their reasons; administrators only')
    .action(async (_options: unknown, command: Command) => {
      await withServer(async ({ client }) => {
        const rules = await client.host.firewall();
        if (wantsJson(command)) printJson(rules);
        else print(rules.drivers.map(({ name, text }) => `# ${name}\n${text.trimEnd()}\n`).join('\n'));
      });
    });
}

/** What the server has and has allocated, for people. */
export function hostText(host: Host, url: string, systems: readonly string[]): string {
  const { cpu, memory, disk, cgroups, ports } = host;
  const lines: [label: string, text: string][] = [
    ['host', `${host.name} (TT ${host.version}) at ${url}`],
    ...host.engines.map((engine): [string, string] => ['engine', engineText(engine)]),
    ['cpu', `${cpu.used} of ${cpu.limit} allocated, ${cpu.total} in the machine`],
    ['memory', `${memory.usedMiB} of ${memory.totalMiB} MiB allocated${measuredText(memory.measuredMiB)}`],
    ['disk', `${disk.usedMiB} of ${disk.totalMiB} MiB allocated, ${disk.freeMiB} MiB free`],
    ['storage', host.storage],
    ['running', `${host.runningVms} VMs`],
    ['network', networksText(host)],
    ['firewall', host.firewall],
    ...host.warnings.map((warning): [string, string] => ['warning', reasonText(warning, terms)]),
    ['cgroups', `${cgroups.kind}, ${reasonText(cgroups.reason, terms)}`],
    ['ports', `${ports.used} used of ${ports.first} to ${ports.last}`],
    ['systems', systems.join(', ') || 'none: build or import an image'],
  ];
  return labelled(lines);
}

/** Less than is allocated where forks share memory, and where guests have not touched all of theirs. */
function measuredText(measuredMiB: number | null): string {
  return measuredMiB === null ? '' : `, ${measuredMiB} MiB in use`;
}

/** `qemu 7.2.22 for qemu:…; tcg, there is no /dev/kvm` */
function engineText({ name, version, prefixes, acceleration, problem }: Host['engines'][number]): string {
  const images = prefixes.map((prefix) => `${prefix}:…`).join(', ');
  const called = `${name}${version === null ? '' : ` ${version}`} for ${images}`;
  if (problem !== null) return `${called}; unavailable: ${reasonText(problem, terms)}`;
  return `${called}; ${acceleration ? `${acceleration.kind}, ${reasonText(acceleration.reason, terms)}` : 'being tested'}`;
}

/** `nat (default); flat: not root` */
function networksText({ networks }: Host): string {
  const usable = networks.find(({ problem }) => problem === null);
  return networks
    .map((network) => {
      if (network.problem !== null) return `${network.kind}: ${reasonText(network.problem, terms)}`;
      return network === usable ? `${network.kind} (default)` : network.kind;
    })
    .join('; ');
}

const usedRows: readonly [label: string, field: keyof Me['used']][] = [
  ['ENVs', 'envs'],
  ['VMs', 'vms'],
  ['cpu', 'cpuCount'],
  ['memory MiB', 'memoryMiB'],
  ['disk MiB', 'diskMiB'],
  ['stored MiB', 'storedMiB'],
];

/** What a user has, or a team, beside its quota. */
function quotaTable({ used, quota }: Pick<Me, 'used' | 'quota'>): string {
  const rows = usedRows.map(([label, field]) => [label, String(used[field]), String(quota[field] ?? 'no limit')]);
  return table(['RESOURCE', 'USED', 'QUOTA'], rows);
}

function meText(me: Me): string {
  const { name, role, stored, limits, teams } = me;
  const limitRows = recordLimits.map((limit) => {
    const { used: has, total } = limits[limit];
    return [termText('limit', limit), String(has), String(total)];
  });
  const parts = [
    `disks ${stored.diskMiB}`,
    `snapshots ${stored.snapshotMiB}`,
    `images ${stored.imageMiB}`,
    `transfers ${stored.transferMiB}`,
  ];
  return [
    `${name}: ${role}\n`,
    quotaTable(me),
    `stored MiB: ${parts.join(', ')}\n`,
    `\n${table(['RECORDS', 'USED', 'LIMIT'], limitRows)}`,
    ...teams.map((team) => `\nteam ${team.name}\n${quotaTable(team)}`),
  ].join('');
}
