// Names of files in guests, as text to be read: they are strangers' text, and may hold anything but a zero.
import { visible } from '@tt/protocol';

/** Characters that would not be seen, or would turn the text around, are shown by their number; a name is one line. */
export function visibleName(name: string): string {
  return visible(name).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}
