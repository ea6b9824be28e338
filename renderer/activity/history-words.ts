// What an entry of the audit trail is called in sentences: "Start web-1", "Open a console of web-1".
import { type AuditEntry, operationKindSchema } from '@tt/protocol';
import { translate, type Word } from '../i18n/index.ts';
import { operationWords } from './operation-words.ts';

/** Calls that are no operations, streams, and what happens beside calls. Any other is shown as the contract calls it. */
const titles: Readonly<Record<string, Word>> = {
  'admin.log': 'activity.calls.adminLog',
  'admin.runTask': 'activity.calls.adminRunTask',
  'host.firewall': 'activity.calls.hostFirewall',
  'env.sshKey': 'activity.calls.envSshKey',
  'image.buildLog': 'activity.calls.imageBuildLog',
  'console.open': 'activity.calls.consoleOpen',
  'console.openShell': 'activity.calls.consoleOpenShell',
  'console.openPort': 'activity.calls.consoleOpenPort',
  'console.type': 'activity.calls.consoleType',
  'console.giveKeyboard': 'activity.calls.consoleGiveKeyboard',
  'operation.cancel': 'activity.calls.operationCancel',
  'session.invite': 'activity.calls.sessionInvite',
  'session.join': 'activity.calls.sessionJoin',
  'session.end': 'activity.calls.sessionEnd',
  'transfer.begin': 'activity.calls.transferBegin',
  'transfer.reserve': 'activity.calls.transferReserve',
  'transfer.open': 'activity.calls.transferOpen',
  'transfer.drop': 'activity.calls.transferDrop',
  'run.start': 'activity.calls.runStart',
  'run.output': 'activity.calls.runOutput',
  'run.cancel': 'activity.calls.runCancel',
  'run.delete': 'activity.calls.runDelete',
  'guestFile.list': 'activity.calls.guestFileList',
  'terminal.connect': 'activity.calls.terminalConnect',
  'stream.vnc': 'activity.calls.streamVnc',
  'stream.serial': 'activity.calls.streamSerial',
  'stream.shell': 'activity.calls.streamShell',
  'stream.upload': 'activity.calls.streamUpload',
  'stream.download': 'activity.calls.streamDownload',
  'stream.output': 'activity.calls.streamOutput',
  'connection.open': 'activity.calls.connectionOpen',
  'audit.lost': 'activity.calls.auditLost',
};

export function historyTitle({ call, subject }: Pick<AuditEntry, 'call' | 'subject'>): string {
  const kind = operationKindSchema.safeParse(call);
  if (kind.success) return operationWords({ kind: kind.data, subject }).title;
  const word = titles[call];
  if (word === undefined) return call;
  return translate(word, {
    env: subject.envName ?? '?',
    vm: subject.vmName ?? subject.vmId ?? '?',
    lab: subject.labName ?? '?',
    terminal: subject.terminalName ?? '?',
    task: subject.taskName ?? '?',
    image: subject.imageName ?? '?',
  });
}

/** The nouns that entries can be filtered by: the first word of what they are called in the contract. */
export const historyNouns = {
  env: 'activity.nouns.env',
  vm: 'activity.nouns.vm',
  disk: 'activity.nouns.disk',
  cd: 'activity.nouns.cd',
  snapshot: 'activity.nouns.snapshot',
  console: 'activity.nouns.console',
  stream: 'activity.nouns.stream',
  run: 'activity.nouns.run',
  guestFile: 'activity.nouns.guestFile',
  image: 'activity.nouns.image',
  capsule: 'activity.nouns.capsule',
  transfer: 'activity.nouns.transfer',
  template: 'activity.nouns.template',
  lab: 'activity.nouns.lab',
  profile: 'activity.nouns.profile',
  session: 'activity.nouns.session',
  connection: 'activity.nouns.connection',
  admin: 'activity.nouns.admin',
} as const satisfies Record<string, Word>;
