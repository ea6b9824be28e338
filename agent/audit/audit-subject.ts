// What an entry of the audit trail names: values of fields that the table of calls lists, and only those that look like names or
// ids. A secret that somebody typed into a field of a name is no name, or was refused; then nothing of it is written.
import { type AuditSubject, type AuditSubjectField, auditSubjectFields } from '@tt/protocol';
import type { Inventory } from '../inventory/inventory.ts';

/** Names of records and images, ids, kinds: no space, nothing that could end a line. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.:+-]{0,199}$/;
/** Of a list of names. */
const MOST_NAMES = 10;
const known: ReadonlySet<string> = new Set(auditSubjectFields);

/** The names in an input or an answer, neither of which needs to be what the contract says. */
export function namesIn(source: unknown, fields: Readonly<Record<string, AuditSubjectField>>): AuditSubject {
  const subject: AuditSubject = {};
  for (const [place, field] of Object.entries(fields)) {
    const text = textOf(valueAt(source, place));
    if (text !== null) subject[field] = text;
  }
  return subject;
}

/** The names of what an operation is about. */
export function namesOfOperation(about: Readonly<Record<string, string | undefined>>): AuditSubject {
  const fields = Object.keys(about).filter((field): field is AuditSubjectField => known.has(field));
  return namesIn(about, Object.fromEntries(fields.map((field) => [field, field])));
}

/** With the names of the VM and its ENV, as far as they are there now; and the owner of that ENV. */
export function resolved(
  inventory: Pick<Inventory, 'findVm' | 'hasEnv' | 'env'>,
  subject: AuditSubject,
): { subject: AuditSubject; envOwner: string | null } {
  const vm = subject.vmId === undefined ? null : inventory.findVm(subject.vmId);
  const whole = vm ? { ...subject, vmName: vm.name, envName: subject.envName ?? vm.envName } : subject;
  const { envName } = whole;
  const isThere = envName !== undefined && inventory.hasEnv(envName);
  return { subject: whole, envOwner: isThere ? inventory.env(envName).owner : null };
}

function valueAt(source: unknown, place: string): unknown {
  let value = source;
  for (const part of place.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return NAME.test(value) ? value : null;
  if (!Array.isArray(value)) return null;
  const names = value.slice(0, MOST_NAMES).filter((one): one is string => typeof one === 'string' && NAME.test(one));
  if (names.length === 0) return null;
  const more = value.length - names.length;
  return names.join(', ') + (more > 0 ? `, +${more}` : '');
}
