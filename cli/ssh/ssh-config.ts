// Pure: logins of an ENV -> the texts OpenSSH's client reads. What the server says is checked word by word first: a line break in it
// would be a setting of its own, and settings can start programs.
import { reason, type SshKey, TtError } from '@tt/protocol';

export type SshLogin = SshKey['logins'][number];

export interface SshFiles {
  /** The private key of the ENV. */
  keyFile: string;
  /** Of one VM. */
  knownHostsFile: string;
}

const VM_NAME = /^([\w.-]{1,200})\/([\w.-]{1,200})$/;
const USER = /^[A-Za-z_][\w.-]{0,63}$/;
const HOST = /^[A-Za-z0-9:][\w.:-]{0,253}$/;
const VM_ID = /^[\w-]{1,64}$/;
const HOST_KEY = /^[a-z][a-z0-9@.-]{1,60} [A-Za-z0-9+/]+={0,2}$/;

/** Throws SSH_IMPOSSIBLE for a login with words that cannot be what they should. */
export function checkLogin({ vmId, vmName, user, host, hostKeys }: SshLogin): void {
  const isGood = VM_ID.test(vmId) && VM_NAME.test(vmName) && USER.test(user) && HOST.test(host);
  if (isGood && hostKeys.every((key) => HOST_KEY.test(key))) return;
  throw new TtError('SSH_IMPOSSIBLE', { vmName, reason: reason('sshAnswerOdd') });
}

/** `demo-tiny-2-1` and `tiny-2-1.demo`, for `demo/tiny-2-1`. */
export function hostNamesOf(vmName: string): [string, string] {
  const [, envName = '', own = ''] = VM_NAME.exec(vmName) ?? [];
  return [`${envName}-${own}`, `${own}.${envName}`];
}

/** One section of a client's configuration (ssh_config(5)). */
export function sshConfigOf(login: SshLogin, { keyFile, knownHostsFile }: SshFiles): string {
  checkLogin(login);
  const settings = [
    ['HostName', login.host],
    ['Port', String(login.port)],
    ['User', login.user],
    ['IdentityFile', quotedPath(keyFile)],
    ['IdentitiesOnly', 'yes'],
    ['PreferredAuthentications', 'publickey'],
    // By its id: other VMs get its address and port one day.
    ['HostKeyAlias', login.vmId],
    ['UserKnownHostsFile', quotedPath(knownHostsFile)],
    ['GlobalKnownHostsFile', 'none'],
    ['StrictHostKeyChecking', 'yes'],
    ['UpdateHostKeys', 'no'],
    ['CheckHostIP', 'no'],
  ];
  const lines = settings.map(([name, value]) => `  ${name} ${value}\n`);
  return `Host ${hostNamesOf(login.vmName).join(' ')}\n${lines.join('')}`;
}

/** The known hosts of one VM (sshd(8)): one line for each key, any of which proves it. */
export function knownHostsOf(login: SshLogin): string {
  checkLogin(login);
  return login.hostKeys.map((key) => `${login.vmId} ${key}\n`).join('');
}

/** OpenSSH replaces `%` and `${...}` in names of files, and takes `\` on Windows for an escape. Throws FILE_UNUSABLE. */
function quotedPath(file: string): string {
  const slashed = process.platform === 'win32' ? file.replaceAll('\\', '/') : file;
  if (/["\n\\]|\$\{/.test(slashed)) throw new TtError('FILE_UNUSABLE', { file, reason: reason('nameNotForSsh') });
  return `"${slashed.replaceAll('%', '%%')}"`;
}
