// The key that leaves a console: `^]` as of telnet and virsh, unless another is chosen.
import { InvalidArgumentError } from 'commander';

/** Its byte, and how it is written. */
export interface EscapeKey {
  byte: number;
  text: string;
}

export const DEFAULT_ESCAPE: EscapeKey = { byte: 0x1d, text: 'Ctrl-]' };

/** `^]`, `^a`, `ctrl-a`: a control character; anything else could not be typed into the guest any more. */
export function escapeKeyFrom(text: string): EscapeKey {
  const [, key = ''] = /^(?:\^|ctrl-)([@A-Z[\\\]^_])$/i.exec(text) ?? [];
  if (key === '') throw new InvalidArgumentError(`"${text}" is not a control key; write ^] or ^a.`);
  const upper = key.toUpperCase();
  return { byte: upper.charCodeAt(0) & 0x1f, text: `Ctrl-${upper}` };
}
