// VMs as people read them: a table of many, a list of lines for one.
import type { Vm } from '@tt/protocol';
import { table } from '../output.ts';

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
    ...nics.map(
      (nic) =>
        `card:      ${nic.kind} ${nic.mac} ${nic.ip ?? '-'}${nic.bandwidthMbps === null ? '' : `, ${nic.bandwidthMbps} Mbit/s`}`,
    ),
    `ports:     ${portsText(vm)}`,
    `blacklist: ${vm.blacklist.join(' ') || '-'}`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** `22=127.0.0.1:40000 53/udp=127.0.0.1:40001` */
function portsText({ portMap }: Vm): string {
  return portMap
    .map((port) => `${port.guestPort}${port.protocol === 'udp' ? '/udp' : ''}=${port.hostAddress}:${port.hostPort}`)
    .join(' ');
}
