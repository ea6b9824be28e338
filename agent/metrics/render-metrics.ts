// Renders the metrics of this agent for GET /metrics. Like all other requests it needs a token, which Prometheus sends by
// `authorization: credentials`.
import type { BackgroundTaskStatus, Host, Vm } from '@tt/protocol';
import type { AuditTrail } from '../audit/audit-trail.ts';
import type { Activity } from './activity.ts';
import { agentFamilies, hostFamilies } from './host-families.ts';
import type { VmCounters } from './rates.ts';
import { taskFamilies } from './task-families.ts';
import { renderFamilies } from './text-format.ts';
import { vmFamilies } from './vm-families.ts';

/** The sources of the numbers; each is read at every scrape. */
export interface MetricSources {
  host: () => Host;
  /** All VMs, running or not. */
  vms: () => readonly Pick<Vm, 'id' | 'name' | 'envName' | 'image' | 'state'>[];
  envCount: () => number;
  /** Of the running VMs in the last round: `MetricsCollector.counted`. */
  counted: () => readonly VmCounters[];
  eventFollowers: () => number;
  activity: Activity;
  audit: Pick<AuditTrail, 'families'>;
  tasks: () => readonly BackgroundTaskStatus[];
}

/** The whole text, in the format text-format.ts names: the answer to GET /metrics. */
export async function renderMetrics(sources: MetricSources): Promise<string> {
  const host = sources.host();
  const vms = sources.vms();
  const byId = new Map(vms.map((vm) => [vm.id, { vm: vm.name, env: vm.envName, image: vm.image }]));
  return renderFamilies([
    ...hostFamilies(
      host,
      vms.map((vm) => vm.state),
      sources.envCount(),
    ),
    ...vmFamilies(sources.counted(), (vmId) => byId.get(vmId) ?? null),
    ...sources.activity.families(),
    ...sources.audit.families(),
    ...taskFamilies(sources.tasks()),
    ...agentFamilies(host, sources.eventFollowers()),
  ]);
}
