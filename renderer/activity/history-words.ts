// What an entry of the audit trail is called in sentences: "Start web-1", "Open a console of web-1".
import { type AuditEntry, type ErrorRecord, isErrorCode, operationKindSchema } from '@tt/protocol';
import { taskWords } from '../i18n/task-words.ts';
import { errorWords } from '../i18n/error-words.ts';
import { type Translate, translate, type Word } from '../i18n/index.ts';
import type { Language } from '../i18n/language.ts';
import type { ErrorWords } from '../i18n/words.ts';
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
    task: subject.taskName === undefined ? '?' : taskWords(subject.taskName, translate).name,
    image: subject.imageName ?? '?',
  });
}

/** Whether it goes on for a while, and the agent tells how. */
export function isOperation({ call }: Pick<AuditEntry, 'call'>): boolean {
  return operationKindSchema.safeParse(call).success;
}

/** Who asked, and from where. */
export function historyWho({ actor, userName, throughProxy, origin }: AuditEntry, t: Translate): string {
  const who = actor === 'person' ? (userName ?? '?') : t(`activity.actors.${actor}`);
  const address = origin?.address ?? null;
  return [
    who,
    ...(address === null ? [] : [t('activity.from', { address })]),
    ...(throughProxy ? [t('activity.throughProxy')] : []),
  ].join(' · ');
}

/**
 * Why it failed and what to do, as far as that can be said: the trail has the code and names only. `error`: the whole failure, where
 * it is still remembered. Sentences with something missing in them are left out.
 */
export function historyReason(
  { result, subject }: { result: string; subject: AuditEntry['subject'] },
  error: ErrorRecord | null,
  language: Language,
): Partial<ErrorWords> {
  if (error?.code === result) return errorWords(error, language);
  if (!isErrorCode(result)) return {};
  const { message, fix } = errorWords({ code: result, message: '', fix: '', data: subject }, language);
  const isWhole = (text: string) => !/\{\w+\}/.test(text);
  return { ...(isWhole(message) && { message }), ...(isWhole(fix) && { fix }) };
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
