// What `tt capsule show` says of a capsule. All of it was written by whoever made the file: none of it may look like a line of `tt`.
import { clockText } from '@tt/client/recordings';
import { type CapsuleManifest, type Reason, reasonText, terms } from '@tt/protocol';
import { inOneLine } from '../output.ts';

export interface Inside {
  manifest: CapsuleManifest;
  ramProblem: Reason | null;
  madeHere: boolean;
}

export function hasMemory({ vms }: CapsuleManifest): boolean {
  return vms.some(({ ram }) => ram !== null);
}

export function manifestLines(inside: Inside): string {
  const { env, vms, takenAt, machine, recordings = [] } = inside.manifest;
  const rows: [string, string][] = [
    ['env', `${env.name}${env.title === '' ? '' : ` (${env.title})`}`],
    ['taken', takenAt],
    ['made on', `${machine.engine}, ${machine.type}, ${machine.cpu}`],
    ['memory', memoryOf(inside)],
    ...recordings.map(({ name, vmName, lengthMs, hasKeys }): [string, string] => [
      'recorded',
      `${name}, ${vmName}, ${clockText(lengthMs)}${hasKeys ? ', with the keys that were pressed' : ''}`,
    ]),
    ...vms.map((vm): [string, string] => ['vm', `${vm.name}, ${vm.image}, ${vm.disks.length} disks`]),
  ];
  const lines = rows.map(([label, text]) => row(label, inOneLine(text)));
  const notes = env.notes.split('\n').map((line, index) => row(index === 0 ? 'notes' : '', inOneLine(line)));
  return [...lines, ...(env.notes === '' ? [] : notes), ''].join('\n');
}

function memoryOf({ manifest, ramProblem, madeHere }: Inside): string {
  if (!hasMemory(manifest)) return 'no';
  if (ramProblem !== null) return `yes, but ${reasonText(ramProblem, terms)}`;
  return madeHere ? 'yes' : 'yes; made elsewhere, so loaded with --ram only';
}

function row(label: string, text: string): string {
  return `${(label === '' ? '' : `${label}:`).padEnd(9)} ${text}`.trimEnd();
}
