// Test support: state folders left by older versions, stored as text (`agent/state/fixtures`, made by tools/old-state).
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';

/** Stands for the path of the folder. */
export const HOME_PLACEHOLDER = '@HOME@';

export type FixtureFile = { text: string } | { gzipBase64: string };

/** What its agent answered before it ended. */
export interface OldAnswers {
  /** ISO 8601. */
  at: string;
  /** By path of the call. */
  answers: Record<string, unknown>;
}

const FIXTURES = path.join(import.meta.dirname, '../state/fixtures');

/** Makes `home` the state folder that the TT of `commit` left, and gives what that one answered. */
export async function restoreOldState(commit: string, home: string): Promise<OldAnswers> {
  const read = async (name: string) => readFile(path.join(FIXTURES, commit, name), 'utf8');
  const files = JSON.parse(await read('files.json')) as Record<string, FixtureFile>;
  for (const [name, file] of Object.entries(files)) {
    const target = path.join(home, name);
    await mkdir(path.dirname(target), { recursive: true });
    const content =
      'text' in file
        ? file.text.replaceAll(HOME_PLACEHOLDER, home)
        : gunzipSync(Buffer.from(file.gzipBase64, 'base64'));
    await writeFile(target, content, { mode: 0o600 });
  }
  const database = new DatabaseSync(path.join(home, 'state.sqlite'));
  database.exec(`BEGIN; ${(await read('state.sql')).replaceAll(HOME_PLACEHOLDER, home)} COMMIT;`);
  database.close();
  return JSON.parse((await read('answers.json')).replaceAll(HOME_PLACEHOLDER, home)) as OldAnswers;
}
