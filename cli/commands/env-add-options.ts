// Pure: the flags of `tt env add` -> the groups of the create call, as the seed's one-size form means them.
import type { VmGroup } from '@tt/protocol';
import { InvalidArgumentError } from 'commander';

type Options = Readonly<Record<string, string | number | boolean | undefined>>;

/** One group per prefix, all of one size; `--dup-each 1` makes two of each. */
export function groupsFrom(options: Options): VmGroup[] {
  const number = (name: string) => (typeof options[name] === 'number' ? options[name] : undefined);
  const [cpuCount, memoryMiB, diskMiB] = [number('cpu'), number('mem'), number('disk')];
  const ports = portsFrom(String(options['vmPort'] ?? ''));
  return String(options['osPrefix'] ?? '')
    .split(',')
    .map((prefix) => prefix.trim())
    .filter((prefix) => prefix !== '')
    .map((osPrefix) => ({
      osPrefix,
      copies: 1 + (number('dupEach') ?? 0),
      ...(cpuCount !== undefined && { cpuCount }),
      ...(memoryMiB !== undefined && { memoryMiB }),
      ...(diskMiB !== undefined && { diskMiB }),
      ...(ports.length > 0 && { ports }),
    }));
}

/** `80,443,53/udp` */
function portsFrom(text: string): { protocol: 'tcp' | 'udp'; guestPort: number }[] {
  return text
    .split(',')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const match = /^(\d{1,5})(?:\/(tcp|udp))?$/.exec(part.trim());
      const guestPort = Number(match?.[1]);
      if (!match || guestPort < 1 || guestPort > 65_535) {
        throw new InvalidArgumentError(`"${part}" is not a port; write 80 or 53/udp.`);
      }
      return { protocol: match[2] === 'udp' ? 'udp' : 'tcp', guestPort };
    });
}

/** An argument parser for commander. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(`give a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}
