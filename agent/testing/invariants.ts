// What must hold in every test of the agent, whatever it does: checked by the harness when it stops its agent.
import { type FeedItem, type VmState, vmTransitions } from '@tt/protocol';

/** One line of the agent's log, as pino writes it. */
export interface LogLine {
  level: number;
  msg: string;
  [field: string]: unknown;
}

/** What the agent logs when something failed that has no code: a fault of the program, never of its user. */
export function isFault({ level, msg }: LogLine): boolean {
  return level >= 50 && /failed$|could not|clean/.test(msg);
}

/** Breaks of what the feed promises: revisions without a gap, VM states by the table. */
export function feedFaults(feed: readonly FeedItem[]): string[] {
  const faults: string[] = [];
  const states = new Map<string, VmState>();
  let revision: number | null = null;
  const put = (vm: { id: string; name: string; state: VmState }) => {
    const before = states.get(vm.id);
    if (before !== undefined && before !== vm.state && !vmTransitions[before].includes(vm.state)) {
      faults.push(`${vm.name} went from ${before} to ${vm.state}`);
    }
    states.set(vm.id, vm.state);
  };
  for (const item of feed) {
    if (item.kind === 'snapshot') {
      ({ revision } = item);
      continue;
    }
    if (item.kind === 'page') for (const vm of item.records.vms ?? []) states.set(vm.id, vm.state);
    if (item.kind !== 'event') continue;
    const { event } = item;
    if (revision !== null && event.revision !== revision + 1) {
      faults.push(`revision ${event.revision} came after ${revision}`);
    }
    ({ revision } = event);
    if (event.type === 'vm.created' || event.type === 'vm.updated') put(event.data);
    if (event.type === 'vm.deleted') states.delete(event.data.id);
  }
  return faults;
}
