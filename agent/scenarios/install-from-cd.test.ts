// Installing from a CD: a machine with an empty disk boots the medium in its drive, because its disk is not bootable. By BIOS
// until the screen shows what only the medium draws (memtest86+ fills it with blue); by UEFI until the firmware reports on the
// serial port that it starts the CD. Then the medium is ejected.
// @module-tag long
import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RealAgent, startRealAgent } from '../testing/real-agent.ts';
import { until } from '../testing/until.ts';
import { decodePng } from '../thumbnails/decode-png.ts';

const MEDIUM = '/usr/lib/memtest86+/memtest86+x64.iso';
/** The background of memtest86+: the VGA palette's blue. */
const isBlue = (red: number, green: number, blue: number) => red < 16 && green < 16 && blue > 150 && blue < 190;

let agent: RealAgent;

beforeAll(async () => {
  agent = await startRealAgent();
  await copyFile(MEDIUM, path.join(agent.home, 'images', 'memtest.iso'));
  await agent.kill('SIGTERM');
  agent = await agent.restart();
});
afterAll(() => agent.remove());

it('boots a CD by BIOS and by UEFI, and ejects it', { timeout: 300_000 }, async () => {
  const { client } = agent;
  const group = { medium: 'qemu:memtest:iso', diskMiB: 64 };
  const { vms } = await client.env.create({
    operationId: crypto.randomUUID(),
    name: 'install',
    groups: [
      { ...group, memoryMiB: 128 },
      { ...group, memoryMiB: 256, firmware: 'uefi' },
    ],
  });
  expect(vms.map(({ name, image, spec: { firmware, cds } }) => [name, image, firmware, cds[0]?.medium])).toEqual([
    ['install/memtest-1', '', 'bios', 'qemu:memtest:iso'],
    ['install/memtest-2', '', 'uefi', 'qemu:memtest:iso'],
  ]);
  const [bios, uefi] = vms;
  if (!bios || !uefi) throw new Error('two machines were wanted');
  await until('memtest86+ fills the screen', () => blueShare(bios.id).then((share) => share > 0.6), 240_000);
  const serial = path.join(agent.home, 'run', uefi.id, 'serial.log');
  const started = () => readFile(serial, 'utf8').then((text) => /starting Boot\d+ "UEFI QEMU DVD-ROM/.test(text));
  await until('the firmware starts the CD', started, 240_000);
  const ejected = await client.cd.eject({ vmId: bios.id, name: 'cd0', operationId: crypto.randomUUID() });
  expect(ejected.spec.cds[0]).toEqual({ name: 'cd0', medium: null });
});

/** The share of the screen that is blue. */
async function blueShare(vmId: string): Promise<number> {
  const { dataBase64 } = await agent.client.vm.screenshot({ vmId });
  const { width, height, rgb } = decodePng(Buffer.from(dataBase64, 'base64'));
  let blue = 0;
  for (let at = 0; at < rgb.length; at += 3) if (isBlue(rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0)) blue++;
  return blue / (width * height);
}
