// What holds for files of a real guest, whichever way leads into it: through the whole agent, with the guest's own kernel and disk.
import { createHash, randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import type { GuestShell } from '../engines/guest-shell.ts';
import type { RealAgent } from '../testing/real-agent.ts';
import type { RealFiles } from '../testing/real-files.ts';

export interface RealFilesCase {
  agent: () => RealAgent;
  vmId: () => string;
  /** Over the serial port of the machine. */
  shell: () => GuestShell;
  files: RealFiles;
  /** Of the large file. */
  sizeBytes: number;
  patienceMs: number;
}

export function realFilesContract({ agent, vmId, shell, files, sizeBytes, patienceMs: timeout }: RealFilesCase): void {
  const content = randomBytes(sizeBytes);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const inGuest = (line: string) => shell().run(line, timeout);

  it('many MiB arrive as they are, with mode and owner, and come back the same', { timeout }, async () => {
    const { failure } = await files.put('/root/new', { data: content }, { owner: { user: 'nobody' } });
    expect(failure).toBeNull();
    expect(await inGuest('sha256sum /root/new/data')).toBe(`${sha256}  /root/new/data`);
    expect(await inGuest('ls -l /root/new/data | tr -s " " | cut -d " " -f 1,3')).toBe('-rw-r----- nobody');
    expect((await files.get('/root/new/data', content.length)).equals(content)).toBe(true);
    const { entries } = await agent().client.guestFile.list({ vmId: vmId(), path: '/root/new' });
    expect(entries).toMatchObject([{ kind: 'file', path: '/root/new/data', mode: 0o640, owner: 'nobody' }]);
    await inGuest('rm -r /root/new');
  });

  it('a folder comes whole; what is there is not overwritten; a link is no folder', { timeout }, async () => {
    const two = { 'a/b/one': Buffer.from('1\n'), 'a/two words': Buffer.from('2\n') };
    expect((await files.put('/srv/site', two, { folders: ['a/empty'] })).failure).toBeNull();
    expect(await inGuest('cd /srv/site; find . | sort | tr "\\n" ,; cd')).toBe(
      '.,./a,./a/b,./a/b/one,./a/empty,./a/two words,',
    );
    const other = await files.put('/srv/site', { 'a/b/one': Buffer.from('other') });
    expect(other.failure?.code).toBe('GUEST_FILE_EXISTS');
    expect(await inGuest('cat /srv/site/a/b/one')).toBe('1');
    expect(await other.again({ overwrites: true })).toBeNull();
    expect(await inGuest('cat /srv/site/a/b/one')).toBe('other');
    await inGuest('ln -s /etc /srv/site/out');
    expect((await files.put('/srv/site', { 'out/new': Buffer.from('x') })).failure?.code).toBe('GUEST_FILE_REFUSED');
    expect(await inGuest('ls /etc/new 2>&1 || true')).toContain('No such file');
    const { entries } = await agent().client.guestFile.list({ vmId: vmId(), path: '/srv/site', what: 'tree' });
    expect(entries.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual([
      'file /srv/site/a/b/one',
      'file /srv/site/a/two words',
      'folder /srv/site/a',
      'folder /srv/site/a/b',
      'folder /srv/site/a/empty',
      'link /srv/site/out',
    ]);
  });

  it('a full disk of the guest is told, and nothing is left on it', { timeout }, async () => {
    await inGuest('mkdir -p /mnt/small; mount -t tmpfs -o size=3m none /mnt/small');
    const { failure } = await files.put('/mnt/small', { data: content });
    expect(failure?.code).toBe('GUEST_DISK_FULL');
    expect(await inGuest('ls -A /mnt/small')).toBe('');
    await inGuest('umount /mnt/small');
  });
}
