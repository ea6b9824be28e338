// The text of a YAML file that a command was given, of a size that a reader takes; `-` is standard input.
import { documentInvalid, yamlLimits } from '@tt/client/yaml';
import { reason } from '@tt/protocol';
import { readText, textOf } from '../local-file.ts';

const STANDARD_INPUT = '-';
/** A character is up to three bytes; the reader counts characters. */
const MAX_BYTES = 3 * yamlLimits.length;

/** Throws FILE_UNUSABLE, or DOCUMENT_INVALID for one that is too large to be read. */
export async function yamlTextOf(file: string): Promise<string> {
  const text = isStandardInput(file) ? await readInput() : await readText(file, MAX_BYTES);
  if (text !== null) return text;
  const why = reason('yamlTooLong', { max: yamlLimits.length });
  throw documentInvalid(fileLabel(file), [{ line: 1, column: 1, reason: why }]);
}

/** Nobody can be asked there any more. */
export function isStandardInput(file: string): boolean {
  return file === STANDARD_INPUT;
}

/** How messages name it. */
export function fileLabel(file: string): string {
  return isStandardInput(file) ? 'standard input' : file;
}

/** null when it is too long: what follows is not read. */
async function readInput(): Promise<string | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes > MAX_BYTES) return null;
  }
  return textOf(Buffer.concat(parts));
}
