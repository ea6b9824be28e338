// Writes down a state folder as text: the database as SQL, all other files that are state in one JSON file, and beside them what
// the agent answered. Paths and secrets of the machine it was made on are replaced.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { type FixtureFile, HOME_PLACEHOLDER, type OldAnswers } from '../../agent/testing/old-state.ts';

/** Not state: the lock, where the agent listened, its log, sockets and logs of machines. */
const LEFT_OUT = /^(lock\.sqlite|state\.sqlite.*|agent\.json|agent\.log|run\/.*)$/;

/** Longer files are compressed. */
const READABLE_BYTES = 4096;

/** `answers`: by path of the call, as the agent gave them last. */
export async function writeFixture(home: string, fixture: string, answers: OldAnswers): Promise<void> {
  const replaced = await replacements(home);
  const clean = (text: string) => replaced.reduce((result, [from, to]) => result.replaceAll(from, to), text);
  await mkdir(fixture, { recursive: true });
  await writeFile(path.join(fixture, 'state.sql'), clean(dump(path.join(home, 'state.sqlite'))));
  const files: Record<string, FixtureFile> = {};
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  for (const file of names.sort()) {
    const name = path.relative(home, file);
    if (LEFT_OUT.test(name)) continue;
    files[name] = written(await readFile(file), clean);
  }
  await writeFile(path.join(fixture, 'files.json'), `${JSON.stringify(files, null, 2)}\n`);
  await writeFile(path.join(fixture, 'answers.json'), clean(`${JSON.stringify(answers, null, 2)}\n`));
}

async function replacements(home: string): Promise<[from: string, to: string][]> {
  const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const token = (await readFile(path.join(home, 'token'), 'utf8')).trim();
  const keys = await readdir(path.join(home, 'keys'));
  const secrets = await Promise.all(
    keys.map(async (key): Promise<[string, string]> => {
      const text = await readFile(path.join(home, 'keys', key), 'utf8');
      const { privateKey } = JSON.parse(text) as { privateKey: string };
      return [JSON.stringify(privateKey), JSON.stringify(`dummy private key of ${path.parse(key).name}`)];
    }),
  );
  return [
    [home, HOME_PLACEHOLDER],
    [bootId, '00000000-0000-4000-8000-000000000000'],
    [token, 'dummy-token'],
    ...secrets,
  ];
}

function dump(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true });
  const tables = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY rowid").all();
  const lines = tables.flatMap(({ name, sql }) => [
    `${String(sql)};`,
    // In order: what is oldest comes first.
    ...database
      .prepare(`SELECT key, document FROM ${String(name)} ORDER BY rowid`)
      .all()
      .map(({ key, document }) => `INSERT INTO ${String(name)} VALUES (${quoted(key)}, ${quoted(document)});`),
  ]);
  const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
  database.close();
  return `${lines.join('\n')}\nPRAGMA user_version = ${String(version)};\n`;
}

const quoted = (value: unknown) => `'${String(value).replaceAll("'", "''")}'`;

function written(content: Buffer, clean: (text: string) => string): FixtureFile {
  const text = content.toString('utf8');
  const isText = !text.includes('\0') && Buffer.from(text).equals(content);
  return isText && content.length <= READABLE_BYTES
    ? { text: clean(text) }
    : { gzipBase64: gzipSync(content, { level: 9 }).toString('base64') };
}
