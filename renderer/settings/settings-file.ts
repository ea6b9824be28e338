// The settings of the desktop as a file to take to another computer: connections without their secrets, and how the window looks.
import { z } from 'zod';
import { type ConnectionView, connectionColors, type ImportedServer } from '../bridge.ts';
import type { SettingsStore } from './settings-store.ts';

export const SETTINGS_FILE_NAME = 'tt-settings.json';
export const MOST_BYTES = 1024 * 1024;
const VERSION = 1;

const sshServer = z.object({ user: z.string(), host: z.string(), port: z.number() });
const fileSchema = z.object({
  ttSettings: z.literal(VERSION),
  connections: z
    .array(
      z.object({
        name: z.string().max(63),
        color: z.enum(connectionColors).catch('teal'),
        address: z.url({ protocol: /^(?:https?|unix)$/ }),
        authority: z.string().nullable().default(null),
        ssh: z
          .object({
            server: sshServer,
            jump: sshServer.nullable().default(null),
            login: z.enum(['agent', 'key', 'password']),
            keyFile: z.string().default(''),
          })
          .nullable()
          .default(null),
      }),
    )
    .max(32),
  window: z.record(z.string(), z.unknown()).default({}),
});

export interface SettingsFile {
  servers: ImportedServer[];
  /** As the settings of the window are kept. */
  window: Record<string, unknown>;
}

export function settingsText(connections: readonly ConnectionView[], settings: Pick<SettingsStore, 'kept'>): string {
  const servers = connections.flatMap(({ name, color, address, authority, ssh }) =>
    address === null ? [] : [{ name, color, address, authority, ssh }],
  );
  // Which console was looked at how, and what was run last, means nothing elsewhere.
  const { consoleTabs: _tabs, recentCommands: _commands, ...window } = settings.kept;
  return `${JSON.stringify({ ttSettings: VERSION, connections: servers, window }, null, 2)}\n`;
}

/** Why a file is not taken: it is no such file, or one of a later TT. */
export type NoSettings = 'invalid' | 'newer';

const laterSchema = z.object({ ttSettings: z.int().gt(VERSION) });

export function readSettingsText(text: string): SettingsFile | NoSettings {
  try {
    const content: unknown = JSON.parse(text);
    const file = fileSchema.safeParse(content);
    if (file.success) return { servers: file.data.connections, window: file.data.window };
    return laterSchema.safeParse(content).success ? 'newer' : 'invalid';
  } catch {
    return 'invalid';
  }
}
