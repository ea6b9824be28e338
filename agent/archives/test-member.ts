// Test support: a member of a tar archive with its header.
import { padding, tarHeader } from './tar-header.ts';

export function tarMember(name: string, content: Buffer): Buffer {
  return Buffer.concat([tarHeader({ name, sizeBytes: content.length }, 0), content, padding(content.length)]);
}
