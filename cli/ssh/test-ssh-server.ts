// Test support: an ssh server (the ssh2 package) at the port of a fake guest, which lets in one key and answers commands with their text.
import ssh2 from 'ssh2';
import { testKeyPair } from '../../client/node/test-keys.ts';

export interface TestSshServer {
  close(): Promise<void>;
}

interface Guest {
  host: string;
  port: number;
  /** Private, in OpenSSH's format. */
  hostKey: string;
  user: string;
  /** The line of its authorized_keys. */
  allowedKey: string;
}

/** A private host key that no guest was given. */
export function otherHostKey(): string {
  return testKeyPair().private;
}

/** `exit N` ends with that code; any other command with 0. */
export function startSshServer({ host, port, hostKey, user, allowedKey }: Guest): Promise<TestSshServer> {
  const allowed = Buffer.from(allowedKey.split(' ')[1] ?? '', 'base64');
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    // A client that refuses the host key hangs up.
    connection.on('error', () => {});
    connection.on('authentication', (context) => {
      const isAllowed = context.username === user && context.key?.data.equals(allowed) === true;
      if (isAllowed) context.accept();
      else context.reject(['publickey']);
    });
    connection.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        channel.write(`ran ${command}\n`);
        channel.stderr.write('to stderr\n');
        channel.exit(Number(/^exit (\d+)$/.exec(command)?.[1] ?? 0));
        channel.end();
      });
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve({ close: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
