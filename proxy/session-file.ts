// The proxy's storage for browser sessions: a JSON file beside its token that only its owner can read.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { SessionRecord, SessionStore } from '@tt/server';
import { z } from 'zod';

const fileSchema: z.ZodType<SessionRecord[]> = z.array(
  z.object({
    id: z.string(),
    secretSha256: z.string(),
    userName: z.string(),
    tokenSha256: z.string(),
    tokenId: z.string().optional(),
    port: z.int(),
    createdAt: z.string(),
    lastUsedAt: z.string(),
    expiresAt: z.string(),
    address: z.string().nullable(),
    userAgent: z.string(),
  }),
);

/** Written whole at each change, by a rename: there are few, and they change seldom. */
export function sessionFile(file: string): SessionStore {
  const records = new Map(read(file).map((record) => [record.id, record]));
  const write = () => {
    const temporary = `${file}.${process.pid}.new`;
    writeFileSync(temporary, `${JSON.stringify([...records.values()])}\n`, { mode: 0o600, flush: true });
    renameSync(temporary, file);
  };
  return {
    list: () => [...records.values()],
    put(record) {
      records.set(record.id, { ...record });
      write();
    },
    remove(id) {
      if (records.delete(id)) write();
    },
  };
}

function read(file: string): SessionRecord[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return fileSchema.parse(JSON.parse(text));
}
