// The text of a YAML file that a command was given, of a size that a reader takes.
import { documentInvalid, yamlLimits } from '@tt/client/yaml';
import { reason } from '@tt/protocol';
import { readText } from '../local-file.ts';

/** Throws FILE_UNUSABLE, or DOCUMENT_INVALID for one that is too large to be read. */
export async function yamlTextOf(file: string): Promise<string> {
  // A character is up to three bytes; the reader counts characters.
  const text = await readText(file, 3 * yamlLimits.length);
  if (text !== null) return text;
  throw documentInvalid(file, [{ line: 1, column: 1, reason: reason('yamlTooLong', { max: yamlLimits.length }) }]);
}
