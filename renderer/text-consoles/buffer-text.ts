// The text of a terminal as a file has it: lines that were wrapped are one, empty ones at the end are left out. Pure.
import { visible } from '@tt/protocol';
import type { IBuffer } from '@xterm/xterm';

export function bufferText(buffer: Pick<IBuffer, 'length' | 'getLine'>): string {
  const lines: string[] = [];
  for (let row = 0; row < buffer.length; row++) {
    const line = buffer.getLine(row);
    if (!line) continue;
    const isWrappedOn = buffer.getLine(row + 1)?.isWrapped ?? false;
    // Blanks at the end of a row that goes on belong to the text.
    const text = line.translateToString(!isWrappedOn);
    if (line.isWrapped && lines.length > 0) lines.push((lines.pop() ?? '') + text);
    else lines.push(text);
  }
  while (lines.at(-1) === '') lines.pop();
  return lines.length === 0 ? '' : `${visible(lines.join('\n'))}\n`;
}
