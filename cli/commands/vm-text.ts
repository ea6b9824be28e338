// Text output of VMs: a table of many, a list of lines for one.
import type { Vm } from '@tt/protocol';
import { table } from '../output.ts';
import { limitsText } from './disk-text.ts';

export function vmTable(vms: readonly Vm[]): string {
  const rows = vms.map((vm) => [
    vm.name,
    vm.state,
    vm.image,
    String(vm.resources.cpuCount),
    String(vm.resources.memoryMiB),
    portsText(vm),
  ]);
  return table(['VM', 'STATE', 'IMAGE', 'CPU', 'MEM MIB', 'PORTS'], rows);
}

export function vmLines(vm: Vm): string {
  const { resources, nics, failure } = vm;
  const lines = [
    `${vm.name}: ${vm.state}`,
    ...(failure ? [`failure:   ${failure.message} [${failure.code}]`] : []),
    `id:        ${vm.id}`,
    `image:     ${vm.image}, ${vm.engine}${vm.acceleration ? `, ${vm.acceleration}` : ''}`,
    `size:      ${resources.cpuCount} cpu, ${resources.memoryMiB} MiB memory, ${resources.diskMiB} MiB disk`,
    ...moreDisks(vm),
    ...vm.cds.flatMap(({ name, medium }) => (medium === null ? [] : [`cd:        ${name} ${medium}`])),
    ...(vm.firmware === 'uefi' || vm.bootFrom === 'cd' ? [`boot:      ${vm.firmware}, from ${vm.bootFrom}`] : []),
    ...nics.map(
      (nic) =>
        `nic:       ${nic.kind} ${nic.mac} ${nic.ip ?? '-'}${nic.bandwidthMbps === null ? '' : `, ${nic.bandwidthMbps} Mbit/s`}`,
    ),
    `ports:     ${portsText(vm)}`,
    `blacklist: ${vm.blacklist.join(' ') || '-'}`,
    ...(vm.cloudInit ? [`setup:     ${vm.provisioning.state}, user ${vm.cloudInit.user}`] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Those besides the boot disk, and the boot disk when there is more to say of it than its size. */
function moreDisks({ disks }: Vm): string[] {
  return disks
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
