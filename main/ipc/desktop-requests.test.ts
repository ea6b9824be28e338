// What a window may tell the desktop, and what of an address is a view.
import { expect, it } from 'vitest';
import { placeOr } from './desktop-commands.ts';
import { desktopRequestSchema } from './desktop-requests.ts';

it.each([
  { do: 'hello', language: 'zh-CN' },
  { do: 'keys', toGuest: true },
  { do: 'zoom', step: 'in' },
  { do: 'newWindow' },
  { do: 'state' },
  { do: 'notify', on: false },
  { do: 'keepRunning', on: true },
])('%j is taken', (request) => {
  expect(desktopRequestSchema.parse(request)).toEqual(request);
});

it.each([
  null,
  {},
  { do: 'hello' },
  { do: 'hello', language: 'de' },
  { do: 'keys', toGuest: 'yes' },
  { do: 'zoom', step: 2 },
  { do: 'newWindow', place: '#/envs' },
  { do: 'quit' },
  { do: 'notify' },
])('%j is not', (request) => {
  expect(desktopRequestSchema.safeParse(request).success).toBe(false);
});

it('a view is nothing but encoded names; anything else is the board', () => {
  for (const place of ['#/envs', '#/envs/my%20env/events', '#/envs/a/files/vm-1/%2Fsrv'])
    expect(placeOr(place)).toBe(place);
  for (const place of ['', '#', '#join=code', 'javascript:alert(1)', '#/envs?x=1', '#/<b>', `#/${'x'.repeat(2000)}`])
    expect(placeOr(place)).toBe('#/envs');
});
