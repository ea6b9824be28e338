// What a terminal gets: its assignment in a form a page can show, and the machine whose console it can open.
import type { Assignment } from '@tt/protocol';
import type { Services } from '../operations/services.ts';
import type { VmRecord } from '../state/vm-record.ts';
import { adminEnv, sessionEnvs } from './sessions.ts';
import type { KnownTerminal } from './terminal-guard.ts';

export interface Seat {
  assignment: Assignment;
  /** The machine of its session, when it runs. */
  vm: VmRecord | null;
}

export function seatOf(
  services: Pick<Services, 'inventory' | 'running' | 'labs'>,
  { lab, terminal }: KnownTerminal,
): Seat {
  const { inventory, labs, running } = services;
  const env = sessionEnvs(services, lab.name).find((candidate) => candidate.lab?.terminalName === terminal.name);
  const sessionName = env?.lab?.sessionName ?? null;
  const profileName = env?.lab?.profileName ?? terminal.profileName;
  const vm =
    env && inventory.vmsOf(env.name).find(({ origin: { base } }) => base?.profileName === env.lab?.profileName);
  const isUp = vm !== undefined && running.get(vm.id) !== null;
  const isStarting = env?.phase === 'creating' || labs.isStarting(`${lab.name}-${terminal.name}`);
  const titleOf = (name: string) => (labs.hasProfile(name) ? labs.profile(name).title || name : name);
  const choices = lab.profileNames.map((name) => ({ profileName: name, title: titleOf(name) }));
  return {
    assignment: {
      labName: lab.name,
      labTitle: lab.title || lab.name,
      terminalName: terminal.name,
      state: stateOf(),
      sessionName,
      profileTitle: profileName === null ? null : titleOf(profileName),
      choices: terminal.profileName === null && !env && lab.terminalsStartSessions ? choices : [],
      page: `/#/terminal/${encodeURIComponent(lab.name)}/${encodeURIComponent(terminal.name)}`,
    },
    vm: isUp ? vm : null,
  };

  function stateOf(): Assignment['state'] {
    if (isUp) return 'ready';
    if (isStarting) return 'starting';
    const isInChange =
      profileName !== null && (adminEnv(services, profileName) ?? labs.openingBy(profileName)) !== null;
    if (isInChange) return 'maintenance';
    if (env) return 'stopped';
    return lab.terminalsStartSessions && terminal.profileName === null ? 'choose' : 'noSession';
  }
}
