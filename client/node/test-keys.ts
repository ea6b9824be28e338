// Test support: keys by ssh2, whose generator (1.17) makes one of 250 that it calls malformed itself.
// oxlint-disable-next-line typescript/triple-slash-reference -- ssh2 has no types; programs with other roots find these only so
/// <reference path="./ssh2.d.ts" />
import ssh2 from 'ssh2';

type Sealing = NonNullable<Parameters<typeof ssh2.utils.generateKeyPairSync>[1]>;

/** One that can be read. */
export function testKeyPair(sealing?: Sealing): { private: string; public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', sealing);
    if (!(ssh2.utils.parseKey(pair.private, sealing?.passphrase) instanceof Error)) return pair;
  }
}
