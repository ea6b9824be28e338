// What root is told about the network of the host at `npm start`.
import { expect, it } from 'vitest';
import { reason } from '../../protocol/index.ts';
import { networkLines } from './network-lines.ts';

it('tells what is changed on the host, and that it is undone', () => {
  const text = networkLines([
    { kind: 'nat', problem: null },
    { kind: 'user', problem: null },
  ]).join(' ');
  expect(text).toContain('IP forwarding');
  expect(text).toContain('undone when TT ends');
});

it('says why machines do not see each other', () => {
  const [line] = networkLines([
    { kind: 'user', problem: null },
    { kind: 'nat', problem: reason('network.NOT_ROOT') },
  ]);
  expect(line).toContain('the agent must run as root');
});
