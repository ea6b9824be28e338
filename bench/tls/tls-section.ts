// Section `tls`: what TLS costs consoles and calls, against the same without it, haproxy and node:https.
import type { Section } from '../section.ts';
import { makeStubImages } from '../stub-image.ts';
import { makeBenchCertificate } from './bench-certificate.ts';
import { HAPROXY_COMMAND } from './start-haproxy.ts';
import { measureTlsApi } from './tls-api.ts';
import { measureTlsConsole } from './tls-console.ts';

export const tlsSection: Section = {
  name: 'tls',
  title: 'consoles and calls over TLS, against plain, haproxy and node:https',
  async run(context) {
    const options = {
      certificate: await makeBenchCertificate(context.folder),
      imageDirectory: await makeStubImages(context.folder),
    };
    const consoles = await measureTlsConsole(context, options);
    const calls = await measureTlsApi(context, options);
    return {
      comparisons: [...consoles, ...calls],
      notes: [
        'consoles: the fake engine with synthetic consoles that flood or echo; both ends share the machine',
        'certificates are P-256, TLS 1.3; signing in: a handshake, the token as the code, a session on disk',
      ],
      peerCommands: [HAPROXY_COMMAND, 'node bench/tls/bare-https.ts: https.createServer, the same answer each time'],
    };
  },
};
