// Calls about this host.
import { hostname } from 'node:os';
import { teamAccount } from '../access/owners.ts';
import { mustBeAdmin } from '../operations/caller.ts';
import { quotaOf, usageOf } from '../operations/capacity/capacity.ts';
import { limitsUsedBy } from '../operations/capacity/record-limits.ts';
import { firewallFailure } from '../operations/engine-failure.ts';
import { api } from './context.ts';

export const hostApi = {
  show: api.host.show.handler(({ context }) => context.host.view()),
  metrics: api.host.metrics.handler(({ input, context: { services } }) => {
    const { metrics } = services;
    const { at, vms } = metrics.latest() ?? { at: services.now().toISOString(), vms: [] };
    const named = input?.vmIds && new Set(input.vmIds);
    const minuteOf = input?.minuteOf && new Set(input.minuteOf);
    // Who names VMs chooses among what the caller is told anyway.
    const some = (ids: ReadonlySet<string>) => vms.filter(({ vmId }) => ids.has(vmId));
    return {
      at,
      vms: named ? some(named) : vms,
      ...(minuteOf && { minutes: metrics.minutesOf(some(minuteOf).map(({ vmId }) => vmId)) }),
    };
  }),
  firewall: api.host.firewall.handler(async ({ context: { services, caller } }) => {
    mustBeAdmin(caller, 'showFirewall');
    const drivers = services.firewalls.all().map(async (firewall) => {
      try {
        return { name: firewall.name, text: await firewall.show() };
      } catch (error) {
        throw firewallFailure(hostname(), error);
      }
    });
    return { drivers: await Promise.all(drivers) };
  }),
  tasks: api.host.tasks.handler(({ context: { tasks, caller } }) => {
    mustBeAdmin(caller, 'showTasks');
    return { tasks: tasks.list() };
  }),
  me: api.host.me.handler(({ context: { services, caller } }) => ({
    name: caller.name,
    role: caller.role,
    quota: quotaOf(services, caller.name),
    used: usageOf(services, caller.name),
    stored: services.stored.of(caller.name),
    limits: limitsUsedBy(services, caller.name),
    teams: caller.teams.names().map((name) => {
      const account = teamAccount(name);
      return { name, quota: quotaOf(services, account), used: usageOf(services, account) };
    }),
  })),
  ping: api.host.ping.handler(({ context }) => ({
    at: context.services.now().toISOString(),
    source: context.services.log.source,
  })),
};
