// What files of known hosts say of a server: names, ports, patterns, hashed names, revoked keys; and what they do not say.
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keyFingerprint, keysOf, keyType, knownLine, verdictOn } from './known-hosts.ts';

/** A key in its wire form; its content does not matter here. */
function key(name: string, type = 'ssh-ed25519'): Buffer {
  const part = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  return Buffer.concat([part(Buffer.from(type)), part(Buffer.from(name.padEnd(32, '.')))]);
}

const [one, two] = [key('one'), key('two')];
const line = (hosts: string, data = one, type = keyType(data)) => `${hosts} ${type} ${data.toString('base64')} note`;
const verdict = (file: string, host: string, port = 22, presented = one) =>
  verdictOn(keysOf([file], { host, port }), presented);

describe('files of known hosts', () => {
  it('know a server by its name or address, in any case, with its port unless it is 22', () => {
    const file = `# a comment\n\n${line('tt.example,10.0.0.5')}\n${line('[far.example]:2222')}\n`;
    expect(verdict(file, 'TT.example')).toBe('known');
    expect(verdict(file, '10.0.0.5')).toBe('known');
    expect(verdict(file, 'far.example', 2222)).toBe('known');
    expect([verdict(file, 'far.example'), verdict(file, 'tt.example', 2222), verdict(file, 'tt.exampl')]).toEqual([
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  it('know it by a hashed name', () => {
    const salt = Buffer.from('0123456789abcdefghij');
    const hash = createHmac('sha1', salt).update('tt.example').digest('base64');
    const file = line(`|1|${salt.toString('base64')}|${hash}`);
    expect([verdict(file, 'tt.example'), verdict(file, 'other.example')]).toEqual(['known', 'unknown']);
  });

  it('know it by a pattern, without those that are taken out', () => {
    const file = line('*.example,!bad.example,h?st');
    expect(['a.example', 'host', 'bad.example', 'hoost', 'xexample'].map((host) => verdict(file, host))).toEqual([
      'known',
      'known',
      'unknown',
      'unknown',
      'unknown',
    ]);
    // No pattern takes long.
    expect(verdict(line(`${'*'.repeat(5000)}x`), 'y'.repeat(200))).toBe('unknown');
  });

  it('know several keys; another one is a change, one that is revoked is no key', () => {
    const file = [line('h', key('rsa', 'ssh-rsa')), line('h', one)].join('\n');
    expect([verdict(file, 'h'), verdict(file, 'h', 22, two)]).toEqual(['known', 'changed']);
    expect(verdict(`${file}\n@revoked ${line('*')}`, 'h')).toBe('revoked');
    expect(keysOf([file], { host: 'h', port: 22 }).keys.map(({ type }) => type)).toEqual(['ssh-rsa', 'ssh-ed25519']);
  });

  it('say nothing by lines that can’t be read, and by certificate authorities', () => {
    const file = `h\nh ssh-ed25519\n@cert-authority ${line('h')}\n${line('|1|broken')}\n${line('h(')}\n`;
    expect(verdict(file, 'h')).toBe('unknown');
  });

  it('are added to by lines that they know', () => {
    for (const place of [
      { host: 'TT.example', port: 22 },
      { host: '2001:db8::1', port: 2222 },
    ]) {
      expect(verdict(knownLine(place, one), place.host, place.port)).toBe('known');
      expect(verdict(knownLine(place, one), place.host, place.port, two)).toBe('changed');
    }
  });

  it('name keys as ssh does', () => {
    expect(keyFingerprint(one)).toMatch(/^SHA256:[\w+/]{43}$/);
    expect([keyType(one), keyType(Buffer.from('x')), keyType(Buffer.alloc(8, 255))]).toEqual(['ssh-ed25519', '', '']);
  });
});
