// A revert under the eyes of a viewer that decodes as noVNC does, with a real guest: one connection, and at each moment the picture that
// the guest itself shows. A decoder that gets the new process's compressed streams as they are can't go on.
// @module-tag deep
import { once } from 'node:events';
import path from 'node:path';
import type { ConsoleKind, StreamHello, Vm } from '@tt/protocol';
import { connectUnix, type FarEnd, plainFarEnd } from '@tt/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWebSocketStream } from 'ws';
import { NoVncViewer } from '../console/test-novnc.ts';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { until } from '../testing/until.ts';
import { decodePng } from '../thumbnails/decode-png.ts';

let agent: RealAgent;
let vm: Vm;
beforeAll(async () => {
  agent = await startRealAgent();
  const { vms } = await agent.client.env.create({ name: 'demo', groups: [{ osPrefix: 'tiny' }] });
  vm = vms[0] as Vm;
});
afterAll(() => agent?.remove());

async function attach(kind: ConsoleKind): Promise<FarEnd> {
  const { ticket } = await agent.client.console.open({ vmId: vm.id, kind });
  const socket = agent.connection.openStreamSocket();
  await once(socket, 'open');
  return new Promise((resolve) => {
    socket.once('message', () => resolve(plainFarEnd(createWebSocketStream(socket))));
    socket.send(JSON.stringify({ ticket } satisfies StreamHello));
  });
}

/** What the guest shows, by QEMU's screendump. */
async function shown(): Promise<Buffer> {
  const { dataBase64 } = await agent.client.vm.screenshot({ vmId: vm.id });
  return Buffer.from(decodePng(Buffer.from(dataBase64, 'base64')).rgb);
}

it('shows what the guest shows, before and after', async () => {
  const shell = await agent.shell(vm, 120_000);
  // Without a cursor that blinks; enough of a picture for each kind of compression.
  await shell.run("printf '\\033[?25l\\033[2J\\033[H' > /dev/tty0; seq 1 20 > /dev/tty0");
  await agent.client.snapshot.create({ envName: 'demo', name: 'x' });
  await shell.run("printf '\\033[2J\\033[H\\033[31;44m' > /dev/tty0; seq 500 520 > /dev/tty0");
  shell.close();

  const viewer = await NoVncViewer.open(await attach('vnc'));
  /** Another picture than this one. */
  const seesGuest = (former?: Buffer) =>
    until(
      'the viewer sees what the guest shows',
      async () => {
        if (viewer.failed) throw viewer.failed;
        const { picture } = viewer;
        return !former?.equals(picture) && picture.equals(await shown());
      },
      20_000,
    );
  await seesGuest();
  const before = viewer.picture;
  expect([viewer.tight > 0, viewer.resets]).toEqual([true, 0]);

  await agent.client.snapshot.revert({ envName: 'demo', name: 'x', safety: false });
  await seesGuest(before);
  const after = viewer.picture;
  // What comes then looks back at what came first.
  const again = await agent.shell(vm, 120_000);
  await again.run('seq 40 45 > /dev/tty0');
  again.close();
  await seesGuest(after);
  expect(viewer).toMatchObject({ greetings: 1, ended: null, failed: null, resets: 0 });

  const direct = await connectUnix(path.join(agent.home, 'run', vm.id, 'vnc.sock'));
  const other = await NoVncViewer.open(direct, viewer);
  await until('it can’t decode it', () => other.failed);
  expect(other.failed).toMatchObject({ message: 'zlib inflate failed' });
  direct.stream.destroy();
});
