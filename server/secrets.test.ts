// Tickets, join codes and sessions: valid once or for a limited time, hard to guess, and limited in number.
import { TtError } from '@tt/protocol';
import { describe, expect, it } from 'vitest';
import { Access, credentialIn } from './access.ts';
import { Identities, localAdmin, nobody } from './identities.ts';
import { MOST_CODES_PER_USER } from './join-codes.ts';
import { Logins, MOST_REFUSED_JOINS } from './logins.ts';
import { sameSecret } from './same-secret.ts';
import { memorySessions } from './session-store.ts';
import { MOST_SESSIONS_PER_USER } from './sessions.ts';
import { Tickets } from './tickets.ts';

function makeClock() {
  let time = Date.parse('2026-11-21T10:00:00Z');
  return { now: () => new Date(time), pass: (ms: number) => (time += ms) };
}

const from = { address: '192.0.2.1', userAgent: 'a browser' };

function makeLogins(store = memorySessions(), token = 'token') {
  const clock = makeClock();
  const logins = new Logins(new Identities(token), clock.now, store);
  const join = (code: string, origin = from): string => {
    try {
      return logins.join(code, origin).secret;
    } catch (error) {
      return error instanceof TtError ? error.code : String(error);
    }
  };
  return { ...clock, logins, join, isOpen: (secret: string) => logins.sessions.find(secret) !== null };
}

describe('a ticket', () => {
  it('is good once, for its purpose, for fifteen seconds', () => {
    const { now, pass } = makeClock();
    const tickets = new Tickets<string>(now);
    const first = tickets.issue('vm-1');
    const second = tickets.issue('vm-2');
    expect(first.ticket).toMatch(/^[\w-]{43}$/);
    expect(first.ticket).not.toBe(second.ticket);
    expect(first.expiresAt).toEqual(new Date('2026-11-21T10:00:15Z'));
    pass(14_999);
    expect([tickets.redeem(first.ticket), tickets.redeem(first.ticket)]).toEqual(['vm-1', null]);
    pass(1);
    expect([tickets.redeem(second.ticket), tickets.redeem('unknown')]).toEqual([null, null]);
  });
});

describe('a join code', () => {
  it('opens one session, within ten minutes', () => {
    const { logins, join, isOpen, pass } = makeLogins();
    const [first, second] = [logins.invite(localAdmin), logins.invite(localAdmin)];
    pass(599_999);
    expect([isOpen(join(first.code)), join(first.code)]).toEqual([true, 'JOIN_CODE_INVALID']);
    pass(1);
    expect([second.code, '', 'unknown'].map((code) => join(code))).toEqual(Array(3).fill('JOIN_CODE_INVALID'));
  });

  it('may also be the token itself, as often as one likes; a session is neither', () => {
    const { join, isOpen } = makeLogins();
    const [one, two] = [join('token'), join('token')];
    expect(one).not.toBe(two);
    expect([one, two, 'token'].map(isOpen)).toEqual([true, true, false]);
    expect([join(one), join('Token')]).toEqual(Array(2).fill('JOIN_CODE_INVALID'));
  });

  it('is one of so many: a further one replaces the oldest', () => {
    const { logins, join, isOpen } = makeLogins();
    const codes = Array.from({ length: MOST_CODES_PER_USER + 1 }, () => logins.invite(localAdmin).code);
    expect(join(codes[0] ?? '')).toBe('JOIN_CODE_INVALID');
    expect(isOpen(join(codes[1] ?? ''))).toBe(true);
  });
});

describe('who guesses', () => {
  it('waits after some refusals, others do not, and a good code is taken all the same', () => {
    const { logins, join, isOpen, pass } = makeLogins();
    for (let guess = 0; guess < MOST_REFUSED_JOINS; guess++) expect(join(`guess ${guess}`)).toBe('JOIN_CODE_INVALID');
    expect([join('guess'), join('token')]).toEqual(['JOIN_TOO_OFTEN', 'JOIN_TOO_OFTEN']);
    expect(isOpen(join(logins.invite(localAdmin).code))).toBe(true);
    expect(isOpen(join('token', { ...from, address: '192.0.2.2' }))).toBe(true);
    pass(60_000);
    expect(isOpen(join('token'))).toBe(true);
  });
});

describe('a session', () => {
  it('ends twelve hours after it began, however much it is used', () => {
    const { logins, join, isOpen, pass } = makeLogins();
    const secret = join('token');
    let ends = 0;
    logins.sessions.onEnd(() => ends++);
    pass(12 * 3_600_000 - 1);
    expect(isOpen(secret)).toBe(true);
    logins.sessions.look();
    expect(ends).toBe(0);
    pass(1);
    expect(isOpen(secret)).toBe(false);
    logins.sessions.look();
    expect([ends, logins.sessions.list(localAdmin)]).toEqual([1, []]);
  });

  it('outlives a restart at the same port, without its secret being kept, and ends with its token', () => {
    const store = memorySessions();
    const before = makeLogins(store);
    before.logins.sessions.servedAt(4000);
    const secret = before.join('token');
    expect(JSON.stringify(store.list())).not.toContain(secret);
    const after = makeLogins(store);
    after.logins.sessions.servedAt(4000);
    expect(['x', '', `${secret}x`, secret].map(after.isOpen)).toEqual([false, false, false, true]);
    expect(makeLogins(store, 'another token').isOpen(secret)).toBe(false);
    expect(store.list()).toEqual([]);
  });

  it('ends when the server comes back at another port, where no window has it any more', () => {
    const store = memorySessions();
    const before = makeLogins(store);
    before.logins.sessions.servedAt(4000);
    const secret = before.join('token');
    const after = makeLogins(store);
    after.logins.sessions.servedAt(4001);
    expect([after.isOpen(secret), store.list()]).toEqual([false, []]);
  });

  it('is one of so many: a further one ends the least recently used', () => {
    const { join, isOpen, pass } = makeLogins();
    const secrets = Array.from({ length: MOST_SESSIONS_PER_USER }, () => join('token'));
    pass(1000);
    expect(isOpen(secrets[0] ?? '')).toBe(true);
    const further = join('token');
    expect([secrets[0], secrets[1], secrets[2], further].map((secret) => isOpen(secret ?? ''))).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('is listed with where it came from in plain words, and when it was last used', () => {
    const { logins, join, isOpen, pass } = makeLogins();
    const secret = join('token', { address: '192.0.2.9', userAgent: `evil\u001b[2J${'x'.repeat(500)}` });
    pass(5000);
    isOpen(secret);
    const [one] = logins.sessions.list(localAdmin);
    expect(one).toMatchObject({ address: '192.0.2.9', lastUsedAt: '2026-11-21T10:00:05.000Z' });
    expect(one?.userAgent).toBe(`evil?[2J${'x'.repeat(192)}`);
  });
});

it('secrets are the same only when they are, whatever their length', () => {
  const pairs = [
    ['abc', 'abc'],
    ['abc', 'abd'],
    ['abc', 'ab'],
    ['', 'abc'],
    ['', ''],
  ] as const;
  expect(pairs.map(([given, expected]) => sameSecret(given, expected))).toEqual([true, false, false, false, true]);
});

describe('access', () => {
  const { logins, join } = makeLogins();
  const access = new Access(new Identities('token'), logins, {
    scheme: 'http',
    isOurName: (host) => host === '127.0.0.1:1',
  });
  const codeOf = (check: () => void) => {
    try {
      check();
      return 'ok';
    } catch (error) {
      return error instanceof TtError ? error.code : error;
    }
  };

  it('is for who shows the token or a session', () => {
    const session = join('token');
    const good = [
      { authorization: 'Bearer token' },
      { authorization: 'bearer token' },
      { authorization: `Bearer ${session}` },
    ];
    const bad = [
      {},
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: 'Bearer ' },
      { authorization: 'Bearer tokens' },
      { authorization: 'Basic token' },
      { authorization: 'token' },
      { cookie: `tt-session=${session}` },
      { authorization: `Bearer ${session} ${session}` },
    ];
    expect(good.map((headers) => access.identify(credentialIn(headers)).caller)).toEqual(Array(3).fill(localAdmin));
    expect(bad.map((headers) => access.identify(credentialIn(headers)).caller)).toEqual(Array(9).fill(nobody));
  });

  it('is refused to pages of other origins, and to names that are not ours', () => {
    const host = '127.0.0.1:1';
    const good = [{ host }, { host, origin: `http://${host}` }];
    const bad = [
      {},
      { host: 'evil.example:1' },
      { host: 'evil.example:1', origin: 'http://evil.example:1' },
      { host, origin: 'http://evil.example' },
      { host, origin: 'null' },
      { host, origin: '' },
      { host, origin: `https://${host}` },
      { host, origin: 'http://127.0.0.1:2' },
      { host, origin: `http://${host}.evil.example` },
    ];
    expect(good.map((headers) => codeOf(() => access.checkOrigin(headers)))).toEqual(['ok', 'ok']);
    expect(bad.map((headers) => codeOf(() => access.checkOrigin(headers)))).toEqual(Array(9).fill('ORIGIN_REFUSED'));
  });
});
