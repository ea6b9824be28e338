// How a fake guest gets the identity of a copy, by its helper or by scripts (`operations/copies/identity`): it has no sh to run them, so it
// parses what they request and does it. What it answered is a file in it, for tests.
import { type FakeMachineParts, readGuestFile, type ShellResult, writeGuestFile } from './fake-shell.ts';

const HOST_KEY_FILE = '/etc/ssh/ssh_host_ed25519_key.pub';

export interface FakeIdentityParts extends FakeMachineParts {
  hostname: string;
  readonly linksUp: boolean;
  clockSkewMs: number;
}

/** null for any other script. */
export function runIdentityScript(script: string, parts: FakeIdentityParts): ShellResult | null {
  const value = (name: string) => new RegExp(`^${name}='([^']*)'$`, 'm').exec(script)?.[1] ?? '';
  if (script.startsWith('# tt-address\n')) {
    const addresses = value('wanted').split(' ');
    // Nobody answers its DHCP while the cable is out.
    return ok(parts.linksUp ? addresses.map((address) => `address.${address}=yes`) : []);
  }
  if (script.startsWith('# tt-drop-addresses\n')) return ok(['dropped=yes']);
  if (script.startsWith('# tt-host-keys\n')) {
    return { exitCode: 0, stdout: readGuestFile(parts, HOST_KEY_FILE) ?? '', stderr: '' };
  }
  if (script.startsWith('# tt-give-host-key\n')) return ok(takeHostKey(value('public'), parts));
  if (!script.startsWith('# tt-identity\n')) return null;
  const told = {
    clockMs: Number(value('clock')) * 1000,
    host: value('host'),
    machine: value('machine'),
    macs: value('macs')
      .split(' ')
      .filter((pair) => pair !== '')
      .map((pair) => pair.split('=')),
  };
  const answers = [
    ...takeIdentity(told, parts),
    ...(value('public') === '' ? [] : takeHostKey(value('public'), parts)),
  ];
  return ok(answers);
}

/** The lines of `agent/guest-helper/identity.h`, and the answer of the helper. */
export function answerIdentity(lines: string, parts: FakeIdentityParts): string {
  const words = lines.split('\n').map((line) => line.split(' '));
  const of = (kind: string) => words.find(([first]) => first === kind)?.slice(1) ?? [];
  const [seconds, nanoseconds] = of('clock').map(Number);
  const told = {
    clockMs: (seconds ?? 0) * 1000 + (nanoseconds ?? 0) / 1e6,
    host: of('host')[0] ?? '',
    machine: of('machine')[0] ?? '',
    macs: words.filter(([kind]) => kind === 'mac').map(([, ...macs]) => macs),
  };
  return ok(takeIdentity(told, parts)).stdout;
}

interface Told {
  clockMs: number;
  /** Empty: as it is. */
  host: string;
  machine: string;
  macs: string[][];
}

function takeIdentity({ clockMs, host, machine, macs }: Told, parts: FakeIdentityParts): string[] {
  const answers = ['random=new', 'clock=set'];
  parts.clockSkewMs = clockMs - Date.now();
  if (host !== '') {
    parts.hostname = host;
    writeGuestFile(parts, '/etc/hostname', `${host}\n`);
    answers.push(`hostname=${host}`);
  }
  if (machine !== '') {
    writeGuestFile(parts, '/etc/machine-id', `${machine}\n`);
    answers.push(`machineId=${machine}`);
  }
  for (const [old = '', fresh = ''] of macs) answers.push(`mac.${old}=${fresh}`);
  writeGuestFile(parts, '/run/tt-identity', answers.join('\n'));
  return answers;
}

function takeHostKey(publicKey: string, parts: FakeIdentityParts): string[] {
  const hasKeys = readGuestFile(parts, HOST_KEY_FILE) !== null;
  if (hasKeys) writeGuestFile(parts, HOST_KEY_FILE, `${publicKey}\n`);
  return [`sshHostKeys=${hasKeys ? 'given' : 'absent'}`];
}

function ok(lines: readonly string[]): ShellResult {
  return { exitCode: 0, stdout: `${[...lines, 'done=yes'].join('\n')}\n`, stderr: '' };
}
