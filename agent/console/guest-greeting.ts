// The beginning of RFB with a guest's screen: version, security (none), and what its screen is like. Every guest of a held viewer
// is greeted anew. There is nothing to choose, so all of it is said at once: an answer for each word costs a busy host its time, and a
// viewer the picture that QEMU makes as soon as somebody looks (decision 0106).
import type { ByteParser } from './byte-steps.ts';
import { NO_SECURITY, RFB_VERSION } from './rfb.ts';

const SHARED = 1;
const MAX_NAME_BYTES = 4096;

/** Says all there is to say by `send`, at once; gives the whole ServerInit message to `done`, a copy. Throws when the screen wants something else. */
export function* greetGuest(send: (bytes: Buffer) => void, done: (init: Buffer) => void): ByteParser {
  send(Buffer.concat([Buffer.from(RFB_VERSION), Buffer.from([NO_SECURITY, SHARED])]));
  const version = (yield 12).toString('latin1');
  if (!/^RFB 003\.\d{3}\n$/.test(version) || version < RFB_VERSION)
    throw new Error(`the guest’s screen speaks ${JSON.stringify(version)}`);
  const types = [...(yield (yield 1).readUInt8())];
  if (!types.includes(NO_SECURITY)) throw new Error(`the guest’s screen wants security ${types.join(', ')}`);
  if ((yield 4).readUInt32BE() !== 0) throw new Error('the guest’s screen refuses');
  const head = Buffer.from(yield 24);
  const nameBytes = head.readUInt32BE(20);
  if (nameBytes > MAX_NAME_BYTES) throw new Error(`the guest’s screen has a name of ${nameBytes} bytes`);
  done(Buffer.concat([head, yield nameBytes]));
}
