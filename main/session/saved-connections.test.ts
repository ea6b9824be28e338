// What is remembered of connections: no secret in the clear, and a file that is old or broken costs no more than what is broken of it.
import { describe, expect, it } from 'vitest';
import { fakeVault } from './fake-vault.ts';
import { ConnectionMemory, type FileContent, NO_CONNECTIONS, type SavedConnections } from './saved-connections.ts';
import { vaultContract } from './vault.contract.ts';
import { systemVault } from './vault.ts';

const server = {
  id: '5b2f4d8e-8f0d-4d5e-9a51-3f6a4c1f0a11',
  name: 'lab',
  color: 'red' as const,
  url: 'https://tt.example/',
  token: 'the-secret',
  authority: 'PEM',
  ssh: null,
};
const overSsh = {
  ...server,
  id: '5b2f4d8e-8f0d-4d5e-9a51-3f6a4c1f0a12',
  url: 'http://127.0.0.1:9527/',
  authority: null,
  ssh: {
    server: { user: 'kim', host: 'far.example', port: 22 },
    jump: { user: 'kim', host: 'gate.example', port: 2222 },
    login: 'key' as const,
    keyFile: '/home/kim/.ssh/id',
    secret: 'the-passphrase',
  },
};
const saved: SavedConnections = {
  servers: [server, overSsh],
  privateColor: 'blue',
  defaultId: server.id,
  shownId: 'private',
};

function memory(content: unknown = {}, vault = fakeVault()) {
  const file = { content };
  const write = (next: FileContent) => {
    file.content = structuredClone(next);
  };
  return { file, memory: new ConnectionMemory({ read: () => file.content, write }, vault) };
}

describe('the memory of connections', () => {
  it('is there at the next start, without a secret in the clear', () => {
    const first = memory();
    first.memory.keep(saved);
    expect(JSON.stringify(first.file.content)).not.toMatch(/the-secret|the-passphrase/);
    expect(memory(first.file.content).memory.load()).toEqual(saved);
  });

  it('keeps no secret where the system has no place for it', () => {
    const first = memory({}, fakeVault(null));
    first.memory.keep(saved);
    expect(JSON.stringify(first.file.content)).not.toMatch(/the-secret|the-passphrase/);
    expect(memory(first.file.content, fakeVault(null)).memory.load().servers).toEqual([
      { ...server, token: null },
      { ...overSsh, token: null, ssh: { ...overSsh.ssh, secret: null } },
    ]);
    const other = memory();
    other.memory.keep(saved);
    expect(memory(other.file.content, fakeVault('another key')).memory.load().servers[0]?.token).toBe(null);
  });

  it.each([
    ['nothing', {}],
    ['no object', 'x'],
    ['another version', { version: 3, servers: [] }],
    ['an older file that knew no connection', { connection: 'none', serverUrl: '', serverToken: '' }],
    ['an older file with a broken address', { connection: 'server', serverUrl: 'ftp://x', serverToken: '' }],
  ])('is empty for %s', (_what, content) => {
    expect(memory(content).memory.load()).toEqual(NO_CONNECTIONS);
  });

  it('leaves out what is broken, and nothing else', () => {
    const first = memory();
    first.memory.keep(saved);
    const { servers, ...rest } = first.file.content as FileContent;
    const [good] = servers;
    const content = {
      ...rest,
      servers: [{ ...good, url: 'javascript:alert(1)' }, 7, { ...good, color: 'no colour' }],
      defaultId: 'gone',
    };
    expect(memory(content).memory.load()).toEqual({
      ...saved,
      servers: [{ ...server, color: 'teal' }],
      defaultId: null,
    });
  });

  it('takes over what a TT with one connection remembered', () => {
    expect(memory({ connection: 'private' }).memory.load()).toEqual({ ...NO_CONNECTIONS, shownId: 'private' });
    const old = {
      connection: 'server',
      serverUrl: 'https://tt.example:9/',
      serverToken: fakeVault().seal('t'),
      serverAuthority: 'PEM',
    };
    const { servers, shownId } = memory(old).memory.load();
    expect(servers).toEqual([
      {
        id: shownId,
        name: 'tt.example:9',
        color: 'blue',
        url: 'https://tt.example:9/',
        token: 't',
        authority: 'PEM',
        ssh: null,
      },
    ]);
  });
});

vaultContract('the fake vault', (key) => fakeVault(key));
vaultContract('the vault of the system', (key) => {
  const fake = fakeVault(key);
  return systemVault(
    {
      isEncryptionAvailable: () => true,
      // What Electron says on Linux without a key store.
      getSelectedStorageBackend: () => (key === null ? 'basic_text' : 'gnome_libsecret'),
      encryptString: (text) => Buffer.from(fake.seal(text) ?? '', 'base64'),
      decryptString(sealed) {
        const text = fake.open(sealed.toString('base64'));
        if (text === null) throw new Error('Error while decrypting the ciphertext');
        return text;
      },
    },
    'linux',
  );
});
