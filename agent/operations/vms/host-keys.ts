// What proves a guest to who logs in by ssh: the key its setup gave it, or what its guest agent says its keys are. Over the guest agent
// nobody can be in between, so nothing is believed because it answered first at a port.
import { EngineError } from '../../engines/errors.ts';
import type { RunningVm } from '../../engines/interface.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import type { Services } from '../services.ts';

/** A shell of a busy emulated guest takes a second or two; a silent guest keeps nobody waiting longer. */
const TIMEOUT_MS = 5_000;
/** sshd has one of each of four types; a hostile guest may say anything. */
const MOST_KEYS = 8;
const KEY_LINE = /^((?:ssh|ecdsa)-[a-z0-9-]{1,40} [A-Za-z0-9+/]{32,4096}={0,2})(?:\s|$)/;

export const HOST_KEYS_SCRIPT = `# tt-host-keys
PATH=$PATH:/usr/sbin:/sbin
cat /etc/ssh/ssh_host_*_key.pub 2>/dev/null
for key in /etc/dropbear/dropbear_*_host_key; do
  [ -e "$key" ] && dropbearkey -y -f "$key" 2>/dev/null
done
exit 0
`;

/** The keys in what that script printed, as `type base64`, each once. */
export function hostKeysIn(text: string): string[] {
  const keys = text.split('\n').flatMap((line) => KEY_LINE.exec(line.trim())?.[1] ?? []);
  return [...new Set(keys)].slice(0, MOST_KEYS);
}

/** Asks the guest; null when it doesn't answer or has none. Rejects only with faults of TT. */
export async function readHostKeys(running: Pick<RunningVm, 'guestExec'>): Promise<string[] | null> {
  try {
    const { stdout } = await running.guestExec(['/bin/sh'], { timeoutMs: TIMEOUT_MS, input: HOST_KEYS_SCRIPT });
    const keys = hostKeysIn(stdout);
    return keys.length > 0 ? keys : null;
  } catch (error) {
    if (error instanceof EngineError) return null;
    throw error;
  }
}

/** Without asking the guest: any of these proves it. Empty: nothing is known. */
export async function recordedHostKeys(services: Pick<Services, 'hostKeys'>, vm: VmRecord): Promise<string[]> {
  const { isGiven = false, known = [] } = vm.guest.hostKeys ?? {};
  const given = isGiven ? await givenHostKeys(services, vm) : [];
  return [...new Set([...given, ...known])];
}

async function givenHostKeys({ hostKeys }: Pick<Services, 'hostKeys'>, vm: VmRecord): Promise<string[]> {
  return hostKeysIn((await hostKeys.of(vm.id)).publicKey);
}

/** Asks the guest if it can answer, and records what it says. */
export async function currentHostKeys(
  services: Pick<Services, 'hostKeys' | 'inventory' | 'running'>,
  vm: VmRecord,
): Promise<{ hostKeys: string[]; hostKeySource: 'given' | 'guest' | 'unknown' }> {
  const { isGiven = false, known = [] } = vm.guest.hostKeys ?? {};
  const running = vm.placement.features.includes('guestAgent') ? services.running.get(vm.id) : undefined;
  const read = running ? await readHostKeys(running) : null;
  if (read) {
    const isNews = read.join() !== known.join();
    if (isNews && services.inventory.hasVm(vm.id)) {
      services.inventory.updateVm(vm.id, { guest: { hostKeys: { isGiven, known: read } } });
    }
    // It may still take the key it was given.
    const isSetUp = vm.guest.provisioning.state !== 'waiting' && vm.guest.provisioning.state !== 'running';
    const given = isGiven && !isSetUp ? await givenHostKeys(services, vm) : [];
    return { hostKeys: [...new Set([...read, ...given])], hostKeySource: 'guest' };
  }
  const hostKeys = await recordedHostKeys(services, vm);
  return { hostKeys, hostKeySource: isGiven ? 'given' : hostKeys.length > 0 ? 'guest' : 'unknown' };
}
