// How a fake guest handles the identity reset scripts of copies (`operations/copies/identity`): it has no sh to run them, so it
// parses what they request and does it. The received requests are stored in its RAM for tests.
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
  if (!script.startsWith('# tt-identity\n')) return null;
  const answers = ['random=new', 'clock=set'];
  parts.clockSkewMs = Number(value('clock')) * 1000 - Date.now();
  const [host, machine] = [value('host'), value('machine')];
  if (host !== '') {
    parts.hostname = host;
    writeGuestFile(parts, '/etc/hostname', `${host}\n`);
    answers.push(`hostname=${host}`);
  }
  if (machine !== '') {
    writeGuestFile(parts, '/etc/machine-id', `${machine}\n`);
    answers.push(`machineId=${machine}`);
  }
  for (const pair of value('macs').split(' ')) {
    const [old = '', fresh = ''] = pair.split('=');
    if (old !== '') answers.push(`mac.${old}=${fresh}`);
  }
  if (value('public') !== '') {
    const hasKeys = readGuestFile(parts, HOST_KEY_FILE) !== null;
    if (hasKeys) writeGuestFile(parts, HOST_KEY_FILE, `${value('public')}\n`);
    answers.push(`sshHostKeys=${hasKeys ? 'given' : 'absent'}`);
  }
  writeGuestFile(parts, '/run/tt-identity', answers.join('\n'));
  return ok(answers);
}

function ok(lines: readonly string[]): ShellResult {
  return { exitCode: 0, stdout: `${[...lines, 'done=yes'].join('\n')}\n`, stderr: '' };
}
