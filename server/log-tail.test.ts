// The newest lines of the log in memory: without secrets, escaped, limited, filtered, and asked for again from where one was.
import { HELD_LOG_LINES, type LogQuery } from '@tt/protocol';
import { expect, it } from 'vitest';
import { LogTail } from './log-tail.ts';
import { makeLogger } from './logger.ts';

const query = (more: Partial<LogQuery> = {}): LogQuery => ({ level: 'trace', text: '', limit: 100, ...more });

function logged() {
  const tail = new LogTail();
  const written: string[] = [];
  const target = { write: (line: string) => void written.push(line) };
  const logger = makeLogger({ level: 'debug', file: null, tail, target });
  const messages = (more?: Partial<LogQuery>) => tail.read(query(more)).lines.map(({ message }) => message);
  return { tail, logger, written, messages };
}

it('has what the log has, also its secrets left out and what acts on a terminal escaped', () => {
  const { tail, logger, written } = logged();
  const hostile = 'a\u001b]52;c;aGk=\u0007\u009b\u202e';
  logger.warn({ password: 'SECRET-1', input: { token: 'SECRET-2' }, vmName: hostile }, hostile);
  logger.info('Bearer SECRET-3-abcdefghijklmnop');
  expect(written).toHaveLength(2);
  const { lines } = tail.read(query());
  const text = JSON.stringify(lines);
  expect(text).not.toContain('SECRET');
  expect(text).toMatch(/^[ -~]+$/);
  expect(lines[0]).toMatchObject({ level: 'warn', message: 'a\\u001b]52;c;aGk=\\u0007\\u009b\\u202e' });
  expect(JSON.parse(lines[0]?.details ?? '')).toMatchObject({ password: '[Redacted]', input: { token: '[Redacted]' } });
  expect(lines[1]).toMatchObject({ level: 'info', details: '' });
});

it('gives the newest lines that are wanted, oldest first', () => {
  const { logger, messages } = logged();
  logger.debug('one');
  logger.error({ vmId: 'abc' }, 'two');
  logger.info('Three');
  logger.trace('never written');
  expect(messages()).toEqual(['one', 'two', 'Three']);
  expect(messages({ limit: 2 })).toEqual(['two', 'Three']);
  expect(messages({ level: 'warn' })).toEqual(['two']);
  expect(messages({ text: 'three' })).toEqual(['Three']);
  expect(messages({ text: 'ABC' })).toEqual(['two']);
  expect(messages({ text: 'nowhere' })).toEqual([]);
});

it('goes on from where one was, also in steps, and says when lines between are gone', () => {
  const { tail, logger } = logged();
  logger.info('before');
  let { next } = tail.read(query());
  for (const number of [1, 2, 3]) logger.info(`line ${number}`);
  logger.debug('small');
  const seen: string[] = [];
  for (let step = 0; step < 2; step++) {
    const answer = tail.read(query({ after: next, limit: 2, level: 'info' }));
    seen.push(...answer.lines.map(({ message }) => message));
    expect(answer.isGap).toBe(false);
    next = answer.next;
  }
  expect(seen).toEqual(['line 1', 'line 2', 'line 3']);
  expect(tail.read(query({ after: next })).lines).toEqual([]);
  for (let number = 0; number < HELD_LOG_LINES + 10; number++) logger.info('many');
  expect(tail.read(query({ after: next })).isGap).toBe(true);
  // A place of another process, which began later.
  const later = new LogTail();
  later.write('{"level":30,"time":"2026-11-21T10:00:00.000Z","msg":"new"}\n');
  const seenLater = (after: number) => later.read(query({ after })).lines.map(({ message }) => message);
  expect(seenLater(1)).toEqual(['new']);
  // The clock was years ahead when that process began.
  expect(seenLater((Date.now() + 1e12) * 1000)).toEqual(['new']);
});

it('holds so many lines and bytes and no more, whatever is logged', () => {
  const { tail, logger } = logged();
  for (let number = 0; number < HELD_LOG_LINES + 100; number++) logger.info(`line ${number}`);
  const all = () => {
    let count = 0;
    let after = 0;
    for (;;) {
      const { lines, next } = tail.read(query({ after, limit: 1000 }));
      count += lines.length;
      if (lines.length === 0) return count;
      after = next;
    }
  };
  expect(all()).toBe(HELD_LOG_LINES);
  for (let number = 0; number < 300; number++) logger.info({ big: 'x'.repeat(15_000) }, 'big');
  expect(all()).toBeLessThan(150);
  logger.info({ huge: 'x'.repeat(1_000_000) }, 'y'.repeat(10_000));
  const last = tail.read(query({ limit: 1 })).lines[0];
  expect(last?.message).toHaveLength(2000);
  expect(last?.details.length).toBeLessThan(100);
});

it('takes lines that are no objects of pino', () => {
  const tail = new LogTail();
  tail.write('plain text\n');
  tail.write('{"level":99,"msg":5}\n');
  expect(tail.read(query()).lines).toMatchObject([
    { level: 'info', message: 'plain text', details: '' },
    { level: 'fatal', message: '' },
  ]);
});
