// Adds a terminal to a lab, or changes it.
import { isIP } from 'node:net';
import { isValidName, type Lab, type TermCode, TtError } from '@tt/protocol';
import { onLab } from '../../labs/rights.ts';
import { sha256 } from '../../labs/secret-hash.ts';
import type { LabRecord, TerminalRecord } from '../../state/records.ts';
import type { RecordServices } from '../capacity/record-limits.ts';
import { defineOperation } from '../define-operation.ts';
import type { Services } from '../services.ts';
import { putLab } from './lab-fields.ts';

interface TerminalRequest {
  terminalName: string;
  address?: string | null | undefined;
  secret?: string | null | undefined;
  profileName?: string | null | undefined;
}

export const setTerminalOperation = defineOperation({
  kind: 'lab.setTerminal',
  ...onLab,
  cancellable: false,
  run: async ({ services, target, input }) => setTerminal(services, target, input),
});

/** Adds a terminal, or changes the given fields of the one with this name. */
function setTerminal(services: RecordServices, lab: LabRecord, spec: TerminalRequest): Lab {
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
  return putLab(
    services,
    { ...lab, terminals: [...others, terminal].sort((a, b) => a.name.localeCompare(b.name)) },
    lab,
  );
}

function checkTerminal({ labs }: Pick<Services, 'labs'>, lab: LabRecord, terminal: TerminalRecord): void {
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
