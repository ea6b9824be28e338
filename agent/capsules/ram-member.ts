// The members of a capsule with the RAM of a guest: their name, and nothing in them, says the format.
import type { RamFormat } from '../engines/interface.ts';

/** Its name in the folder of its VM. */
export function ramMemberName(format: RamFormat): string {
  return `ram.${format}`;
}

/** Capsules of earlier versions have one format only, whatever they call it. */
export function ramFormatOf(member: string): RamFormat {
  return member.endsWith('.flat') ? 'flat' : 'qcow2';
}
