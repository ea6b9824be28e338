// Metrics of the agent and its host: capacity, allocations, VMs by state, and the agent's own process.
import { freemem } from 'node:os';
import { type Host, type VmState, vmStateSchema } from '@tt/protocol';
import type { Family } from './text-format.ts';

const MIB = 1024 * 1024;

export function hostFamilies(host: Host, vmStates: readonly VmState[], envCount: number): Family[] {
  const { cpu, memory, disk, ports } = host;
  return [
    gauge('tt_build_info', 'Version of TT; always 1.', 1, { version: host.version, node: process.versions.node }),
    gauge('tt_host_cpus', 'Processors of the host.', cpu.total),
    gauge('tt_host_allocated_cpus', 'Virtual processors of running VMs; may pass the number of processors.', cpu.used),
    gauge('tt_host_allocatable_cpus', 'Virtual processors that may be allocated to running VMs.', cpu.limit),
    gauge('tt_host_allocatable_memory_bytes', 'Memory that may be allocated to running VMs.', memory.totalMiB * MIB),
    gauge('tt_host_allocated_memory_bytes', 'Memory allocated to running VMs.', memory.usedMiB * MIB),
    {
      type: 'gauge',
      name: 'tt_host_used_memory_bytes',
      help: 'Memory that running VMs use together; what several share counts once.',
      samples: memory.measuredMiB === null ? [] : [{ value: memory.measuredMiB * MIB }],
    },
    gauge('tt_host_available_memory_bytes', 'Memory of the host that could be had without swapping.', freemem()),
    gauge('tt_host_allocatable_disk_bytes', 'Disk that may be allocated to VMs.', disk.totalMiB * MIB),
    gauge('tt_host_allocated_disk_bytes', 'Disk allocated to VMs, their virtual sizes.', disk.usedMiB * MIB),
    gauge('tt_host_free_disk_bytes', 'Free space of the file system the disks are in.', disk.freeMiB * MIB),
    gauge('tt_ports', 'Size of the range of public ports.', ports.last - ports.first + 1),
    gauge('tt_ports_used', 'Public ports given to VMs.', ports.used),
    gauge('tt_envs', 'ENVs on this host.', envCount),
    {
      type: 'gauge',
      name: 'tt_vms',
      help: 'VMs on this host, by state.',
      // All states, also those with none: a series that comes and goes can't be alerted on.
      samples: vmStateSchema.options.map((state) => ({
        labels: { state },
        value: vmStates.filter((one) => one === state).length,
      })),
    },
  ];
}

/** `eventFollowers`: clients that follow the events right now. */
export function agentFamilies(host: Host, eventFollowers: number): Family[] {
  const { heapUsed, heapTotal, rss } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return [
    gauge('tt_event_followers', 'Clients that follow the events of this agent.', eventFollowers),
    gauge('tt_agent_heap_used_bytes', 'JavaScript heap of the agent in use.', heapUsed),
    gauge('tt_agent_heap_size_bytes', 'JavaScript heap of the agent.', heapTotal),
    gauge('process_resident_memory_bytes', 'Memory the agent holds.', rss),
    gauge('process_start_time_seconds', 'When the agent started, since 1970.', Date.parse(host.startedAt) / 1000),
    {
      type: 'counter',
      name: 'process_cpu_seconds_total',
      help: 'Processor time the agent used.',
      samples: [{ value: (user + system) / 1e6 }],
    },
  ];
}

function gauge(name: string, help: string, value: number, labels: Record<string, string> = {}): Family {
  return { type: 'gauge', name, help, samples: [{ labels, value }] };
}
