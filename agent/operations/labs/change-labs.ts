// Makes, changes and deletes labs, and sets their terminals.
import { isIP } from 'node:net';
import { isValidName, type Lab, nearMatches, type TermCode, TtError } from '@tt/protocol';
import { labView } from '../../labs/lab-registry.ts';
import { onLab } from '../../labs/rights.ts';
import { sha256 } from '../../labs/secret-hash.ts';
import { sessionEnvs } from '../../labs/sessions.ts';
import type { LabRecord, TerminalRecord } from '../../state/records.ts';
import { AGENT, type Caller, mustBeAdmin } from '../caller.ts';
import { defineOperation } from '../define-operation.ts';
import { checkLifetime } from '../envs/lifetime.ts';
import type { Services } from '../services.ts';

/** Sessions a lab may have at once when nobody says. */
const SEATS_DEFAULT = 20;

interface LabChange {
  title?: string | undefined;
  notes?: string | undefined;
  profileNames?: string[] | undefined;
  seats?: number | undefined;
  sessionLifetimeS?: number | null | undefined;
  terminalsEnabled?: boolean | undefined;
  terminalsStartSessions?: boolean | undefined;
}

interface TerminalRequest {
  terminalName: string;
  address?: string | null | undefined;
  secret?: string | null | undefined;
  profileName?: string | null | undefined;
}

export const createLabOperation = defineOperation({
  kind: 'lab.create',
  allow: () => null,
  subject: (_target, { name }) => ({ labName: name }),
  cancellable: false,
  run: async ({ services, caller, input: { operationId: _id, ...request } }) => createLab(services, caller, request),
});

function createLab(services: Services, caller: Caller, { name, ...change }: LabChange & { name: string }): Lab {
  const { labs } = services;
  if (!isValidName(name)) throw new TtError('NAME_INVALID', { name });
  if (labs.hasLab(name)) throw new TtError('LAB_NAME_TAKEN', { labName: name });
  const lab: LabRecord = {
    name,
    title: '',
    notes: '',
    owner: caller.name,
    profileNames: [],
    seats: SEATS_DEFAULT,
    sessionLifetimeS: null,
    terminalsEnabled: false,
    terminalsStartSessions: false,
    terminals: [],
    createdAt: services.now().toISOString(),
  };
  return put(services, changed(services, caller, lab, change));
}

export const updateLabOperation = defineOperation({
  kind: 'lab.update',
  ...onLab,
  cancellable: false,
  run: async ({ services, caller, target, input: { operationId: _id, name: _name, ...change } }) =>
    put(services, changed(services, caller, target, change)),
});

export const deleteLabOperation = defineOperation({
  kind: 'lab.delete',
  ...onLab,
  cancellable: false,
  async run({ services, target: { name } }) {
    const sessions = sessionEnvs(services, name).flatMap(({ lab }) => lab?.sessionName ?? []);
    if (sessions.length > 0) throw new TtError('LAB_IN_USE', { labName: name, sessions });
    services.labs.deleteLab(name);
    return { name };
  },
});

export const setTerminalOperation = defineOperation({
  kind: 'lab.setTerminal',
  ...onLab,
  cancellable: false,
  run: async ({ services, target, input }) => setTerminal(services, target, input),
});

/** Adds one, or changes what is given of the one of this name. */
function setTerminal(services: Services, lab: LabRecord, spec: TerminalRequest): Lab {
  const { terminalName: name, address, secret, profileName } = spec;
  if (!isValidName(name)) throw new TtError('NAME_INVALID', { name });
  const before = lab.terminals.find((terminal) => terminal.name === name);
  const terminal: TerminalRecord = {
    name,
    address: address === undefined ? (before?.address ?? null) : address,
    secretSha256: secret === undefined ? (before?.secretSha256 ?? null) : secret && sha256(secret),
    profileName: profileName === undefined ? (before?.profileName ?? null) : profileName,
  };
  checkTerminal(services, lab, terminal);
  const others = lab.terminals.filter((other) => other.name !== name);
  return put(services, { ...lab, terminals: [...others, terminal].sort((a, b) => a.name.localeCompare(b.name)) });
}

export const removeTerminalOperation = defineOperation({
  kind: 'lab.removeTerminal',
  ...onLab,
  cancellable: false,
  async run({ services, target: lab, input: { terminalName } }) {
    terminalOf(lab, terminalName);
    return put(services, { ...lab, terminals: lab.terminals.filter(({ name }) => name !== terminalName) });
  },
});

/** Throws TERMINAL_NOT_FOUND with near matches. */
export function terminalOf(lab: LabRecord, terminalName: string): TerminalRecord {
  const found = lab.terminals.find(({ name }) => name === terminalName);
  if (found) return found;
  const suggestions = nearMatches(
    terminalName,
    lab.terminals.map(({ name }) => name),
  );
  throw new TtError('TERMINAL_NOT_FOUND', { labName: lab.name, terminalName, suggestions });
}

function put(services: Services, lab: LabRecord): Lab {
  services.labs.putLab(lab);
  return labView(lab);
}

/** Throws PROFILE_NOT_FOUND, LIFETIME_TOO_LONG or NOT_ALLOWED. */
function changed(services: Services, caller: Caller, lab: LabRecord, change: LabChange): LabRecord {
  // It lets in whoever has no token: that is for who answers for the host to say.
  if (change.terminalsEnabled && !lab.terminalsEnabled) mustBeAdmin(caller, 'enableTerminals');
  for (const profileName of change.profileNames ?? []) services.labs.profile(profileName);
  // Nobody may give sessions more time than an ENV may have; the agent itself asks for no exception.
  checkLifetime(services, AGENT, { lifetimeS: change.sessionLifetimeS ?? undefined });
  const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  const next = { ...lab, ...given };
  return { ...next, profileNames: [...new Set(next.profileNames)] };
}

function checkTerminal({ labs }: Services, lab: LabRecord, terminal: TerminalRecord): void {
  const { name: terminalName, address, secretSha256, profileName } = terminal;
  const refuse = (reason: TermCode<'terminalProblem'>) =>
    new TtError('TERMINAL_INVALID', { terminalName, reason, address: address ?? '' });
  if (profileName !== null && !lab.profileNames.includes(profileName)) {
    throw new TtError('PROFILE_NOT_IN_LAB', { labName: lab.name, profileName, allowed: lab.profileNames });
  }
  if (address === null && secretSha256 === null) throw refuse('noProof');
  if (address === null) return;
  if (isIP(address) === 0) throw refuse('addressInvalid');
  for (const other of labs.labs()) {
    const same = other.terminals.find(
      (known) => known.address === address && !(other.name === lab.name && known.name === terminalName),
    );
    // An address alone must say which terminal it is.
    if (same) throw refuse('addressTaken');
  }
}
