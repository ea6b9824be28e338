// Hashes of passwords: Argon2id (RFC 9106) by Node itself, as PHC strings, which say how they were made.
// The whole module: an older Node 24 has no Argon2, and must start all the same.
import * as crypto from 'node:crypto';
import { promisify } from 'node:util';

export interface PasswordCost {
  memoryKiB: number;
  passes: number;
  lanes: number;
}

/** What OWASP’s cheat sheet on password storage recommends at least: some 50 ms and 46 MiB. */
export const PASSWORD_COST: PasswordCost = { memoryKiB: 47_104, passes: 1, lanes: 1 };
const TAG_BYTES = 32;
const SALT_BYTES = 16;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

const derive = promisify<'argon2id', crypto.Argon2Parameters, Buffer>((algorithm, parameters, done) =>
  crypto.argon2(algorithm, parameters, (error, derived) => done(error, derived)),
);

/** `$argon2id$v=19$m=…,t=…,p=…$salt$tag`, with a salt of its own. */
export async function hashPassword(password: string, cost: PasswordCost = PASSWORD_COST): Promise<string> {
  const salt = crypto.randomBytes(SALT_BYTES);
  const tag = await tagOf(password, salt, cost, TAG_BYTES);
  const { memoryKiB, passes, lanes } = cost;
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${lanes}$${base64(salt)}$${base64(tag)}`;
}

/** Throws for a text that is no such hash: the state is damaged then. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, memoryKiB, passes, lanes, salt, tag] = PHC.exec(hash) ?? [];
  if (salt === undefined || tag === undefined) throw new Error('a stored password has an unknown form');
  const expected = Buffer.from(tag, 'base64');
  const cost = { memoryKiB: Number(memoryKiB), passes: Number(passes), lanes: Number(lanes) };
  const derived = await tagOf(password, Buffer.from(salt, 'base64'), cost, expected.length);
  return crypto.timingSafeEqual(derived, expected);
}

/** Unicode in its composed form: keyboards differ in which one they type. */
function tagOf(password: string, nonce: Buffer, cost: PasswordCost, tagLength: number): Promise<Buffer> {
  const { memoryKiB: memory, passes, lanes: parallelism } = cost;
  return derive('argon2id', { message: password.normalize('NFC'), nonce, memory, passes, parallelism, tagLength });
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
