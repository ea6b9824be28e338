// VMs as people read them: a table of many, a list of lines for one.
import { bootDiskMiB, type Readiness, termText, type Vm } from '@tt/protocol';
import { table } from '../output.ts';
import { limitsText } from './disk-text.ts';
import { choicesText } from './machine-options.ts';

export function vmTable(vms: readonly Vm[]): string {
  const rows = vms.map((vm) => [
    vm.name,
    vm.state,
    guestText(vm),
    vm.image,
    String(vm.spec.cpuCount),
    String(vm.spec.memoryMiB),
    portsText(vm),
  ]);
  return table(['VM', 'STATE', 'GUEST', 'IMAGE', 'CPU', 'MEM MIB', 'PORTS'], rows);
}

export function vmLines(vm: Vm): string {
  const { spec, nics, failure } = vm;
  const choices = choicesText(spec);
  const lines = [
    `${vm.name}: ${vm.state}`,
    ...(failure ? [`failure:   ${failure.message} [${failure.code}]`] : []),
    ...(vm.readiness ? [`guest:     ${guestText(vm)}`] : []),
    `id:        ${vm.id}`,
    `image:     ${vm.image}, ${vm.engine}${vm.acceleration ? `, ${vm.acceleration}` : ''}`,
    `size:      ${spec.cpuCount} cpu, ${spec.memoryMiB} MiB memory, ${bootDiskMiB(spec)} MiB disk`,
    ...moreDisks(vm),
    ...vm.spec.cds.flatMap(({ name, medium }) => (medium === null ? [] : [`cd:        ${name} ${medium}`])),
    ...(choices === '' ? [] : [`machine:   ${choices}`]),
    ...nics.map(
      (nic) =>
        `nic:       ${nic.kind} ${nic.mac} ${nic.ip ?? '-'}${nic.bandwidthMbps === null ? '' : `, ${nic.bandwidthMbps} Mbit/s`}`,
    ),
    `ports:     ${portsText(vm)}`,
    `blacklist: ${vm.spec.blacklist.join(' ') || '-'}`,
    ...originLine(vm),
    ...(vm.cloudInit ? [`setup:     ${vm.provisioning.state}, user ${vm.cloudInit.user}`] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const stages: Record<Readiness['stage'], string> = {
  booting: 'booting',
  agentAnswers: 'agent answers',
  sshAnswers: 'ssh answers',
  silent: 'silent',
  unknown: 'unknown',
};

/** How far its guest has come; `-`: it does not run, or is paused and can't answer. */
function guestText({ state, readiness }: Vm): string {
  if (!readiness || state !== 'running') return '-';
  return readiness.panickedAt === undefined ? stages[readiness.stage] : 'kernel panic';
}

/** How it began, where its image is or was warm. */
function originLine({ origin }: Vm): string[] {
  if (!origin || origin.reason === 'notWarm') return [];
  if (origin.how === 'booted')
    return [`origin:    booted${origin.reason === null ? '' : `: ${termText('bootReason', origin.reason)}`}`];
  return [`origin:    woken${origin.ms === null ? '' : ` in ${(origin.ms / 1000).toFixed(1)} s`}`];
}

/** Those besides the boot disk, and the boot disk when there is more to say of it than its size. */
function moreDisks({ spec }: Vm): string[] {
  return spec.disks
    .filter(({ limits }, index) => index > 0 || limits)
    .map(({ name, sizeMiB, attached, limits }) => {
      const details = [`${sizeMiB} MiB`, ...(attached ? [] : ['detached']), ...(limits ? [limitsText(limits)] : [])];
      return `disk:      ${name} ${details.join(', ')}`;
    });
}

/** `22=127.0.0.1:40000 53/udp=127.0.0.1:40001` */
function portsText({ portMap }: Vm): string {
  return portMap
    .map((port) => `${port.guestPort}${port.protocol === 'udp' ? '/udp' : ''}=${port.hostAddress}:${port.hostPort}`)
    .join(' ');
}
