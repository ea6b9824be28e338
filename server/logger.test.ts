// The log contains no secrets and nothing that acts on a terminal, however deep a logged object is.
import { expect, it, vi } from 'vitest';
import { makeLogger } from './logger.ts';

function capture() {
  const lines: string[] = [];
  const logger = makeLogger({ level: 'trace', file: null, target: { write: (line) => lines.push(line) } });
  return { logger, lines };
}

it('leaves secrets out by their field, also in lists and in errors', () => {
  const { logger, lines } = capture();
  const error = Object.assign(new Error('refused'), { data: { password: 'SECRET-1' }, args: [{ token: 'SECRET-2' }] });
  logger.warn({ purpose: { kind: 'vnc', agentTicket: 'SECRET-3' }, err: error }, 'first');
  logger.info({ password: 'SECRET-4', input: { machines: [{ cloudInit: { password: 'SECRET-5' } }] } }, 'second');
  logger.info({ headers: { authorization: 'SECRET-6' }, vmName: 'demo/a' }, 'third');
  const text = lines.join('');
  expect(text).not.toContain('SECRET');
  expect(text.match(/\[Redacted\]/g)).toHaveLength(6);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ purpose: { kind: 'vnc' }, err: { message: 'refused' } });
  expect(text).toContain('demo/a');
});

it('leaves links for browsers and tokens out of texts', () => {
  const { logger, lines } = capture();
  const secret = 'k3_J-abcdefghijklmnopqrst';
  logger.error({ err: new Error(`GET http://127.0.0.1:1/#join=${secret} failed`) }, `Bearer ${secret} was refused`);
  expect(lines.join('')).not.toContain(secret);
});

it('escapes what would act on a terminal, and its lines still say the same', () => {
  const { logger, lines } = capture();
  const hostile = 'a\u001b]52;c;aGk=\u0007b\rc\u202ed\u009be\u2066f\u007fg';
  logger.info({ vmName: hostile }, hostile);
  expect(lines.join('')).toMatch(/^[ -~]+\n$/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ vmName: hostile, msg: hostile });
});

it('reads again only lines with a field that may be secret, at whatever depth', () => {
  const { logger, lines } = capture();
  const parse = vi.spyOn(JSON, 'parse');
  try {
    logger.info({ vmId: 'a1', text: '"tokens": {"password\\":1}' }, 'VM started');
    expect(parse).toHaveBeenCalledTimes(0);
    const deep = { a: { b: { c: { d: { e: [{ f: { token: { value: 'SECRET' }, rest: 1 } }] } } } } };
    logger.info(deep, 'deep');
    expect(parse).toHaveBeenCalledTimes(1);
  } finally {
    parse.mockRestore();
  }
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ vmId: 'a1', text: '"tokens": {"password\\":1}' });
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    a: { b: { c: { d: { e: [{ f: { token: '[Redacted]', rest: 1 } }] } } } },
    msg: 'deep',
  });
  expect(lines[1]).toMatch(/\}\n$/);
});
