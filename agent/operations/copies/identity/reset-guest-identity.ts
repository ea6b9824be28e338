// Resets the identity of one copied guest, by its helper or through its guest agent, and reports the result of each part.
import { randomBytes } from 'node:crypto';
import type { Identity, IdentityState } from '@tt/protocol';
import type { SshKeyPair } from '../../../cloud-init/openssh-key.ts';
import { EngineError } from '../../../engines/errors.ts';
import type { RunningVm } from '../../../engines/interface.ts';
import type { GuestChannels, GuestHost } from '../../../guest-channel/guest-channels.ts';
import { nicsOf, type VmRecord } from '../../../state/vm-record.ts';
import { identityByHelper } from './identity-by-helper.ts';
import { addressScript, dropScript, type IdentityRequest, identityScript, readAnswers } from './identity-script.ts';

type Parts = Identity['parts'];
type Request = Omit<IdentityRequest, 'clock'>;

/** Emulated guests start a shell in a second or two; one that is busy booting takes longer. */
const SCRIPT_TIMEOUT_MS = 30_000;
const ADDRESS_TIMEOUT_MS = 60_000;
/** A guest agent that existed when the state was saved exists now, however slow the host is. */
const AGENT_TIMEOUT_MS = 20_000;

export interface GuestIdentityReset {
  running: Pick<RunningVm, 'setGuestTime' | 'setLinks'> & GuestHost;
  channels: Pick<GuestChannels, 'openFit'>;
  vm: VmRecord;
  identity: Identity;
  /** MACs its guest woke up with, in the order of its NICs; those it has now where it booted. */
  oldMacs: readonly string[];
  /** The ssh host key it gets in place of those it has; null: it keeps them. */
  sshHostKey: SshKeyPair | null;
  now: () => Date;
}

export interface IdentityResetResult {
  identity: Identity;
  /** False: neither helper nor guest agent answered, or not to the end. */
  answered: boolean;
  /** False: its clock was set to the second, and may be set again once nobody waits for it. */
  isClockExact: boolean;
  /** True: the ssh host key it was given is all that it has; otherwise it says which it has. */
  hasGivenKey: boolean;
}

/** Everything except the addresses, which need connected NICs. Never rejects because of the guest: the parts report it. */
export async function resetGuestIdentity(reset: GuestIdentityReset): Promise<IdentityResetResult> {
  const { running, identity, channels, vm, now } = reset;
  const request = requestOf(reset);
  const byHelper = vm.spec.guestHelper === 'on' ? await identityByHelper({ running, channels, request, now }) : null;
  if (byHelper !== null) return resultOf(reset, request, byHelper, true);
  const unanswered = { answered: false, isClockExact: false, hasGivenKey: false };
  if (!(await running.guestAnswers(AGENT_TIMEOUT_MS).catch(() => false))) return { identity, ...unanswered };
  try {
    const clock = (now().getTime() / 1000).toFixed(0);
    const { stdout } = await running.guestExec(['/bin/sh'], {
      timeoutMs: SCRIPT_TIMEOUT_MS,
      input: identityScript({ ...request, clock }),
    });
    return await resultOf(reset, request, stdout, false);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { identity: refused(identity, error.message), ...unanswered };
  }
}

async function resultOf(
  reset: GuestIdentityReset,
  request: Request,
  said: string,
  isClockExact: boolean,
): Promise<IdentityResetResult> {
  const answers = readAnswers(said);
  const parts = await partsAfter(reset, request, answers);
  const failed = Object.values(parts).includes('failed');
  return {
    identity: { ...reset.identity, parts, detail: failed ? lastWords(said) : '' },
    answered: true,
    isClockExact: isClockExact && answers.get('clock') === 'set',
    hasGivenKey: answers.get('sshHostKeys') === 'given',
  };
}

/** Once its NICs are connected: renews the addresses by DHCP, and checks them. */
export async function renewAddresses({ running, vm, identity }: GuestIdentityReset): Promise<Identity> {
  const addresses = vm.placement.nics.flatMap(({ ip }) => ip ?? []);
  // QEMU's own networking gives every guest the same inner address, which is nobody else's business.
  if (addresses.length === 0 && bridgeMacs(vm).length === 0) return withParts(identity, { address: 'same' });
  try {
    const { stdout } = await running.guestExec(['/bin/sh'], {
      timeoutMs: ADDRESS_TIMEOUT_MS,
      input: addressScript(addresses),
    });
    const answers = readAnswers(stdout);
    const has = addresses.every((address) => answers.get(`address.${address}`) === 'yes');
    const detail = has ? identity.detail : `${identity.detail}\n${lastWords(stdout)}`.trim();
    return { ...withParts(identity, { address: has ? 'new' : 'failed' }), detail };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { ...withParts(identity, { address: 'failed' }), detail: error.message };
  }
}

/**
 * Before its NICs are connected: takes off the addresses that the network around the host gave the original. True if the guest has
 * none of them any more, so that those it asks for are its own.
 */
export async function dropAddresses({ running, vm }: Pick<GuestIdentityReset, 'running' | 'vm'>): Promise<boolean> {
  try {
    const input = dropScript(bridgeMacs(vm));
    const { stdout } = await running.guestExec(['/bin/sh'], { timeoutMs: ADDRESS_TIMEOUT_MS, input });
    return readAnswers(stdout).get('dropped') === 'yes';
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return false;
  }
}

/** Of NICs in the network around the host. */
function bridgeMacs(vm: GuestIdentityReset['vm']): string[] {
  return nicsOf(vm).flatMap(({ kind, mac }) => (kind === 'bridge' ? [mac] : []));
}

function requestOf({ vm, identity, oldMacs, sshHostKey }: GuestIdentityReset): Request {
  const { fenced } = identity;
  return {
    hostname: fenced ? null : vm.hostname,
    machineId: fenced ? null : randomBytes(16).toString('hex'),
    macs: fenced ? [] : vm.placement.nics.map((nic, index) => ({ old: oldMacs[index] ?? nic.mac, new: nic.mac })),
    seed: randomBytes(256).toString('hex'),
    sshHostKey,
  };
}

async function partsAfter(
  { running, identity, now, sshHostKey }: GuestIdentityReset,
  request: Request,
  answers: ReadonlyMap<string, string>,
): Promise<Parts> {
  const isEither = (value: string | undefined, wanted: string | null): IdentityState =>
    wanted === null ? 'same' : value === wanted ? 'new' : value === 'absent' ? 'absent' : 'failed';
  const random = answers.get('random');
  const keys = answers.get('sshHostKeys');
  return {
    ...identity.parts,
    ...(request.macs.length > 0 && {
      mac: request.macs.every((mac) => answers.get(`mac.${mac.old}`) === mac.new) ? 'new' : 'failed',
    }),
    hostname: isEither(answers.get('hostname'), request.hostname),
    machineId: isEither(answers.get('machineId'), request.machineId),
    random: random === 'new' || random === 'mixed' ? random : 'failed',
    clock: answers.get('clock') === 'set' || (await running.setGuestTime(now)) ? 'new' : 'failed',
    sshHostKeys: sshHostKey === null ? 'same' : keys === 'given' ? 'new' : isKnown(keys) ? keys : 'failed',
  };
}

function isKnown(keys: string | undefined): keys is 'new' | 'absent' {
  return keys === 'new' || keys === 'absent';
}

/** Its agent answers but runs no programs (some distributions forbid it): a retry would change nothing. */
function refused(identity: Identity, detail: string): Identity {
  const parts = Object.entries(identity.parts).map(([part, state]) => {
    if (state !== 'waiting') return [part, state];
    return [part, part === 'mac' || part === 'address' ? 'afterRestart' : 'failed'];
  });
  return { ...identity, parts: Object.fromEntries(parts) as Parts, detail };
}

export function withParts(identity: Identity, parts: Partial<Parts>): Identity {
  return { ...identity, parts: { ...identity.parts, ...parts } };
}

function lastWords(stdout: string): string {
  return stdout.split('\n').slice(-12).join('\n').slice(-2000).trim();
}
