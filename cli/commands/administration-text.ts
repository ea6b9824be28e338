// Pure: what `tt host …` prints for people.
import {
  type BackgroundTaskStatus,
  type Hour,
  type HostFinding,
  type HostFindings,
  type LogLine,
  type NetworkReport,
  reasonText,
  type ServerCertificate,
  type StorageReport,
  terms,
  type VersionReport,
} from '@tt/protocol';
import { inOneLine, labelled, table } from '../output.ts';
import type { Overview } from './host-overview.ts';

const marks: Readonly<Record<HostFinding['state'], string>> = { ok: 'ok  ', warning: 'warn', failed: 'fail' };

export function findingsText({ at, findings }: HostFindings): string {
  // What needs attention first; the rest in the doctor's order.
  const order = ['failed', 'warning', 'ok'];
  const sorted = findings.toSorted((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
  return `${sorted.map(findingText).join('')}looked at ${at}\n`;
}

function findingText({ name, state, description, fixes }: HostFinding): string {
  const lines = fixes.map((fix) => `      -> ${inOneLine(fix)}\n`);
  return `${marks[state]}  ${inOneLine(name)}: ${inOneLine(description)}\n${lines.join('')}`;
}

export function storageText(report: StorageReport): string {
  const { users, leftOut } = report;
  const facts = labelled([
    ['storage', report.description],
    ['disks', report.directory],
    ['state folder', report.stateDirectory],
    ['free', `${report.freeMiB} of ${report.totalMiB} MiB; one more write may take ${report.usableMiB} MiB`],
    ['allocated', `${report.allocatedMiB} of ${report.allocatableMiB} MiB`],
    ['measured', report.measuredAt ?? 'not yet'],
  ]);
  const rows = users.map((user) => [
    user.userName,
    String(user.totalMiB),
    String(user.diskMiB),
    String(user.snapshotMiB),
    String(user.imageMiB),
    String(user.transferMiB),
    user.limitMiB === null ? '-' : String(user.limitMiB),
  ]);
  const head = ['USER', 'MIB', 'DISKS', 'SNAPSHOTS', 'IMAGES', 'TRANSFERS', 'QUOTA'];
  return `${facts}\n${table(head, rows)}${moreText(leftOut)}`;
}

export function networksText({ kinds, networks, leftOut }: NetworkReport): string {
  const kindRows = kinds.map(({ kind, problem, isDefault, pool, addressesLeft }) => [
    kind,
    problem === null ? (isDefault ? 'default' : 'usable') : reasonText(problem, terms),
    pool ?? '-',
    addressesLeft === null ? '-' : String(addressesLeft),
  ]);
  const rows = networks.map((one) => [
    one.envName,
    one.isFenced ? `${one.kind}, fenced` : one.kind,
    one.bridge ?? '-',
    one.cidr ?? '-',
    String(one.nics),
    String(one.leases),
    one.addressesLeft === null ? '-' : String(one.addressesLeft),
  ]);
  return [
    table(['KIND', 'STATE', 'POOL', 'ADDRESSES LEFT'], kindRows),
    '\n',
    table(['ENV', 'KIND', 'BRIDGE', 'ADDRESSES', 'NICS', 'LEASES', 'LEFT'], rows),
    moreText(leftOut),
  ].join('');
}

export function tasksTable(tasks: readonly BackgroundTaskStatus[]): string {
  const rows = tasks.map((task) => [
    task.name,
    task.isRunning ? `${task.state}, running` : task.state,
    `${task.periodS} s`,
    task.lastSuccessAt ?? '-',
    task.lastDurationMs === null ? '-' : `${Math.round(task.lastDurationMs)} ms`,
    task.nextRunAt ?? '-',
    String(task.failureCount),
    task.canRunNow ? 'yes' : '-',
    task.lastError ?? '-',
  ]);
  return table(['TASK', 'STATE', 'EVERY', 'LAST SUCCESS', 'TOOK', 'NEXT', 'FAILURES', 'BY HAND', 'ERROR'], rows);
}

export function taskText({ name, isRunning, lastError, lastDurationMs }: BackgroundTaskStatus): string {
  if (isRunning) return `${name} is still running\n`;
  if (lastError !== null) return `${name} failed: ${inOneLine(lastError)}\n`;
  return `${name} is done${lastDurationMs === null ? '' : `, in ${Math.round(lastDurationMs)} ms`}\n`;
}

export function logText(lines: readonly LogLine[]): string {
  return lines
    .map(({ at, level, message, details }) =>
      [at, level.toUpperCase().padEnd(5), inOneLine(message), inOneLine(details)]
        .filter((part) => part !== '')
        .join(' '),
    )
    .map((line) => `${line}\n`)
    .join('');
}

export function hourText({ points, memoryTotalMiB, cpuCount, periodS }: Hour): string {
  if (points.length === 0) return `nothing yet: the first point comes within ${periodS} s of the agent’s start\n`;
  const rows = points.map((point) => [
    point.at,
    percent(point.cpuPercent),
    `${point.memoryUsedMiB}`,
    `${point.diskFreeMiB}`,
    String(point.runningVms),
    percent(point.vmCpuPercent),
    point.vmMemoryMiB === null ? '-' : String(point.vmMemoryMiB),
    String(point.calls),
    String(point.failedCalls),
    point.callP95Ms === null ? '-' : `${point.callP95Ms} ms`,
    percent(point.agentCpuPercent),
    String(point.agentMemoryMiB),
  ]);
  const head = [
    'AT',
    'CPU',
    'MEM',
    'DISK FREE',
    'VMS',
    'VM CPU',
    'VM MEM',
    'CALLS',
    'FAILED',
    'P95',
    'AGENT',
    'AGENT MEM',
  ];
  return `${table(head, rows)}MiB; CPU of all ${cpuCount} processors, of VMs and agent of one; memory of ${memoryTotalMiB} MiB\n`;
}

function percent(value: number | null): string {
  return value === null ? '-' : `${value} %`;
}

export function certificateText(certificate: ServerCertificate | null): string {
  if (certificate === null) return 'none: the server speaks plain HTTP, at a loopback address\n';
  const { origin, subject, issuer, names, fingerprint, authorityFingerprint, validTo, renewAt, files } = certificate;
  return labelled([
    [
      'made by',
      origin === 'own' ? 'the agent, with an authority of its own' : `the administrator: ${files.join(', ')}`,
    ],
    ['subject', subject],
    ['issuer', issuer],
    ['names', names.join(', ')],
    ['fingerprint', grouped(fingerprint)],
    ['authority', authorityFingerprint === null ? 'not in the file' : grouped(authorityFingerprint)],
    ['valid', `${certificate.validFrom} to ${validTo}`],
    ['replaced', renewAt === null ? 'by the administrator' : `at ${renewAt}`],
  ]);
}

/** As people compare it: groups of four. */
function grouped(fingerprint: string): string {
  return (fingerprint.match(/.{4}/g) ?? []).join(' ');
}

export function versionText(report: VersionReport): string {
  const { version, installed, changes, startedAt, pid, program, configFile, stateSchema, node } = report;
  const facts = labelled([
    ['runs', `TT ${version} since ${startedAt}, process ${pid}, Node ${node}`],
    ['program', program],
    ['configuration', configFile ?? 'no file: flags and defaults'],
    ['state schema', String(stateSchema)],
    ['installed', installedText(version, installed)],
  ]);
  return `${facts}${changes.map((change) => `\n${change.version}\n${change.text}\n`).join('')}`;
}

function installedText(version: string, installed: string | null): string {
  if (installed === null) return 'not known: its list of changes can’t be read';
  return installed === version ? `TT ${installed}, the one that runs` : `TT ${installed}: runs after a restart`;
}

export function overviewText(overview: Overview, url: string): string {
  const { host, findings, storage, tasks, sessions, certificate, version, now } = overview;
  const troubled = findings.filter(({ state }) => state !== 'ok');
  const failing = tasks.filter(({ state }) => state === 'failing' || state === 'stuck');
  const lines: [label: string, text: string][] = [
    ['host', `${host.name} at ${url}`],
    ['version', `TT ${version.version}; installed: ${installedText(version.version, version.installed)}`],
    ['since', version.startedAt],
    ['cpu', `${now === null ? '-' : percent(now.cpuPercent)}; ${host.cpu.used} of ${host.cpu.limit} allocated`],
    ['memory', `${host.memory.usedMiB} of ${host.memory.totalMiB} MiB allocated`],
    ['disk', `${storage.freeMiB} of ${storage.totalMiB} MiB free`],
    ['running', `${host.runningVms} VMs`],
    ['sessions', `${sessions} of browsers`],
    ['tasks', failing.length === 0 ? `${tasks.length}, none failing` : failing.map(({ name }) => name).join(', ')],
    ['certificate', certificate === null ? 'none: plain HTTP at loopback' : `ends ${certificate.validTo}`],
  ];
  const attention = troubled.length === 0 ? 'Nothing needs attention.\n' : troubled.map(findingText).join('');
  return `${labelled(lines)}\n${attention}`;
}

function moreText(leftOut: number): string {
  return leftOut === 0 ? '' : `and ${leftOut} more\n`;
}
