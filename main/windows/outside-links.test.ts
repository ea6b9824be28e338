// What may come from outside: join links and nothing else, from the first moment on.
import { describe, expect, it, vi } from 'vitest';
import { OutsideLinks, readOutsideLink } from './outside-links.ts';

const ca = 'ab'.repeat(32);

describe('a link from outside', () => {
  it.each([
    [`tt://join/10.0.0.5:9527#join=once&ca=${ca}`, `https://10.0.0.5:9527/#join=once&ca=${ca}`],
    ['tt://join/tt.example/#join=once', 'https://tt.example/#join=once'],
    ['TT://JOIN/127.0.0.1:9527#join=once', 'http://127.0.0.1:9527/#join=once'],
    [`tt://join/[2001:db8::1]:9#join=once&ca=${ca}`, `https://[2001:db8::1]:9/#join=once&ca=${ca}`],
  ])('%s is an address to paste', (link, address) => {
    expect(readOutsideLink(link)).toEqual({ address });
  });

  it.each([
    ['', 'link.otherForm'],
    ['tt://', 'link.otherForm'],
    ['tt://run/tt.example#join=once', 'link.otherForm'],
    ['https://tt.example/#join=once', 'link.otherForm'],
    ['tt:join/tt.example#join=once', 'link.otherForm'],
    ['javascript:alert(1)', 'link.otherForm'],
    ['tt://join/', 'link.noServer'],
    ['tt://join/tt.example?x=1#join=once', 'link.noServer'],
    ['tt://join/user:pw@tt.example#join=once', 'link.noServer'],
    ['tt://user@join/tt.example#join=once', 'link.noServer'],
    ['tt://join/tt.example/path#join=once', 'link.noServer'],
    ['tt://join/tt.example:99999#join=once', 'link.noServer'],
    ['tt://join/tt.example', 'link.noCode'],
    ['tt://join/tt.example#join=', 'link.noCode'],
    ['tt://join/tt.example#ca=x', 'link.otherParts'],
    ['tt://join/tt.example#join=once&more=1', 'link.otherParts'],
    [`tt://join/tt.example#join=${'x'.repeat(3000)}`, 'link.tooLong'],
  ])('%j is none: %s', (link, code) => {
    expect(readOutsideLink(link)).toEqual({ problem: expect.objectContaining({ code }) });
  });

  it('is heard of whenever it came, and only once', () => {
    const handlers: Record<string, (...args: unknown[]) => void> = {};
    const app = { on: (event: string, handler: never) => (handlers[event] = handler) };
    const links = new OutsideLinks(app, ['/opt/tt', '--flag', 'tt://join/first']);
    const event = { preventDefault: vi.fn() };
    handlers['open-url']?.(event, 'tt://join/second');
    expect(event.preventDefault).toHaveBeenCalledOnce();
    const heard: string[] = [];
    links.follow((link) => heard.push(link));
    handlers['second-instance']?.({}, ['/opt/tt', 'TT://join/third', 'notes.txt']);
    expect(heard).toEqual(['tt://join/first', 'tt://join/second', 'TT://join/third']);
  });
});
