// Makes agent/engines/qemu/qmp-schema.gen.ts: TypeScript types of the QMP commands and events TT uses, from the installed
// QEMU's own description (query-qmp-schema, QEMU's qapi/introspect.json). Run by `npm run qmp:types`.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { QmpClient } from '../agent/engines/qemu/qmp-client.ts';
import { generateQmpTypes, type SchemaEntity } from '../agent/engines/qemu/qmp-types-generator.ts';
import { spawnProcess } from '../agent/host/run-command.ts';

/** What TT uses; add here, then run `npm run qmp:types`. */
export const COMMANDS = [
  'block_resize',
  'block_set_io_throttle',
  'blockdev-add',
  'blockdev-change-medium',
  'blockdev-del',
  'blockdev-reopen',
  'cont',
  'device_add',
  'device_del',
  'eject',
  'human-monitor-command',
  'input-send-event',
  'job-dismiss',
  'migrate',
  'migrate-continue',
  'migrate-incoming',
  'migrate-set-capabilities',
  'migrate-set-parameters',
  'migrate_cancel',
  'netdev_del',
  'qmp_capabilities',
  'query-block',
  'query-chardev',
  'query-commands',
  'query-jobs',
  'query-kvm',
  'query-migrate',
  'query-name',
  'query-named-block-nodes',
  'query-qmp-schema',
  'query-status',
  'query-uuid',
  'query-version',
  'quit',
  'screendump',
  'set_link',
  'snapshot-delete',
  'snapshot-load',
  'snapshot-save',
  'stop',
  'system_powerdown',
  'system_reset',
  'transaction',
  'xen-save-devices-state',
] as const;

export const EVENTS = [
  'BLOCK_IO_ERROR',
  'DEVICE_DELETED',
  'DEVICE_UNPLUG_GUEST_ERROR',
  'GUEST_PANICKED',
  'JOB_STATUS_CHANGE',
  'MIGRATION',
  'POWERDOWN',
  'RESET',
  'RESUME',
  'SHUTDOWN',
  'STOP',
] as const;

export const GENERATED_FILE = path.join(import.meta.dirname, '../agent/engines/qemu/qmp-schema.gen.ts');

/** Text of the generated file for the QEMU installed here, and that QEMU's version. */
export async function generate(): Promise<{ text: string; version: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tt-qmp-'));
  const socketPath = path.join(folder, 'qmp.sock');
  const args = ['-machine', 'none', '-nodefaults', '-display', 'none', '-qmp', `unix:${socketPath},server=on,wait=off`];
  const qemu = await spawnProcess('qemu-system-x86_64', args, { detached: false });
  try {
    const client = await connect(socketPath);
    const { qemu: number } = await client.execute('query-version', {});
    const schema = (await client.execute('query-qmp-schema', {})) as SchemaEntity[];
    client.close();
    const version = `${number.major}.${number.minor}.${number.micro}`;
    return { text: generateQmpTypes(schema, { version, commands: COMMANDS, events: EVENTS }), version };
  } finally {
    qemu.kill('SIGKILL');
    await rm(folder, { recursive: true });
  }
}

/** QEMU opens its socket a few milliseconds after it starts. */
async function connect(socketPath: string): Promise<QmpClient> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await QmpClient.connect(socketPath);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(5);
    }
  }
}

if (import.meta.main) {
  const { text, version } = await generate();
  await writeFile(GENERATED_FILE, text);
  console.log(`wrote ${path.relative(process.cwd(), GENERATED_FILE)} from QEMU ${version}`);
}
