// Metrics of each running VM. Counters are the kernel's own, so they continue across a restart of the agent.
import type { TapCounters, VmCounters } from './rates.ts';
import type { Family, Labels, Sample } from './text-format.ts';

export interface VmLabels {
  /** `<env>/<os>-<n>` */
  vm: string;
  env: string;
  image: string;
}

/** A VM without labels has just been removed, so it is omitted. */
export function vmFamilies(counted: readonly VmCounters[], labelsOf: (vmId: string) => VmLabels | null): Family[] {
  const vms = counted.flatMap((counters) => {
    const labels = labelsOf(counters.vmId);
    return labels ? [{ counters, labels: { vm: labels.vm, env: labels.env, image: labels.image } }] : [];
  });
  /** `value` returns null if the host does not report it: then there is no sample, because 0 would be wrong. */
  const family = (
    type: 'counter' | 'gauge',
    name: string,
    help: string,
    value: (counters: VmCounters) => number | null,
  ): Family => ({ type, name, help, samples: vms.flatMap((vm) => sample(vm.labels, value(vm.counters))) });
  const network = ({ taps }: VmCounters, way: keyof TapCounters) =>
    taps && [...taps.values()].reduce((sum, tap) => sum + tap[way], 0);
  return [
    family('counter', 'tt_vm_cpu_seconds_total', 'Processor time the VM used.', ({ cpuUs }) => cpuUs / 1e6),
    family('gauge', 'tt_vm_memory_bytes', 'Memory the VM takes of the host.', ({ memoryBytes }) => memoryBytes),
    family(
      'gauge',
      'tt_vm_memory_proportional_bytes',
      'Memory of the VM’s process, with what VMs share counted in equal parts (PSS).',
      (vm) => vm.memoryProportionalBytes,
    ),
    family('counter', 'tt_vm_disk_read_bytes_total', 'Read from disks.', (vm) => vm.disk?.readBytes ?? null),
    family('counter', 'tt_vm_disk_written_bytes_total', 'Written to disks.', (vm) => vm.disk?.writtenBytes ?? null),
    family('counter', 'tt_vm_network_received_bytes_total', 'Received by the VM.', (vm) =>
      network(vm, 'receivedBytes'),
    ),
    family('counter', 'tt_vm_network_sent_bytes_total', 'Sent by the VM.', (vm) => network(vm, 'sentBytes')),
  ];
}

function sample(labels: Labels, value: number | null): Sample[] {
  return value === null ? [] : [{ labels, value }];
}
