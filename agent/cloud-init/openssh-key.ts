// Generates an ed25519 key in OpenSSH's formats: the private key as in its PROTOCOL.key, the public key as a line of
// authorized_keys. Needs no program.
import { generateKeyPairSync, randomBytes } from 'node:crypto';

export interface SshKeyPair {
  /** For `ssh -i`, ends with a line break. */
  privateKey: string;
  /** One line, without a line break. */
  publicKey: string;
}

const KIND = 'ssh-ed25519';

/** `comment` is one word that says whose key it is. */
export function makeSshKeyPair(comment: string): SshKeyPair {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  const [secret, open] = [Buffer.from(d, 'base64url'), Buffer.from(x, 'base64url')];
  const publicBlob = Buffer.concat([field(KIND), field(open)]);
  // The same number twice shows a reader that it decrypted well; nothing is encrypted here.
  const check = randomBytes(4);
  const secretParts = [field(KIND), field(open), field(Buffer.concat([secret, open])), field(comment)];
  const inner = Buffer.concat([check, check, ...secretParts]);
  // Filled up to a multiple of eight with 1, 2, 3 ...
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, index) => index + 1));
  const blob = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    Buffer.from([0, 0, 0, 1]),
    field(publicBlob),
    field(Buffer.concat([inner, padding])),
  ]);
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    privateKey: ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n'),
    publicKey: `${KIND} ${publicBlob.toString('base64')} ${comment}`,
  };
}

/** The private key in the form of dropbear, whose programs read no other (its `buf_put_ed25519_priv_key`). */
export function dropbearKey({ privateKey }: SshKeyPair): Buffer {
  const blob = Buffer.from(privateKey.replaceAll(/-----[^-]+-----/g, ''), 'base64');
  const fieldsOf = (bytes: Buffer, count: number) => {
    const fields: Buffer[] = [];
    for (let at = 0; fields.length < count; at += 4 + (fields.at(-1)?.length ?? 0)) {
      fields.push(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at)));
    }
    return fields;
  };
  // PROTOCOL.key: a mark of 15 bytes, cipher, kdf and its options, the number of keys in 4 bytes, the public half, the secret part.
  const [cipher, kdf, options] = fieldsOf(blob.subarray(15), 3).map(({ length }) => 4 + length);
  const keys = blob.subarray(15 + (cipher ?? 0) + (kdf ?? 0) + (options ?? 0) + 4);
  const secretPart = fieldsOf(keys, 2)[1] ?? Buffer.alloc(0);
  // Behind 8 bytes of check: kind, public half, and both halves in one.
  const bothHalves = fieldsOf(secretPart.subarray(8), 3)[2] ?? Buffer.alloc(0);
  return Buffer.concat([field(KIND), field(bothHalves)]);
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
