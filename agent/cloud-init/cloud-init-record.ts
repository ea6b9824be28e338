// The record of a VM's guest setup, and the part of it that clients see.
import type { CloudInit, CloudInitSpec, Image } from '@tt/protocol';

export interface CloudInitFile {
  path: string;
  contentBase64: string;
  /** Octal, four digits. */
  mode: string;
}

export interface CloudInitRecord {
  /** The image is known to read seeds: it will say how far it is. */
  readsSeeds: boolean;
  user: string;
  password: string | null;
  /** Besides the ENV's own. */
  sshKeys: string[];
  files: CloudInitFile[];
  commands: string[];
}

/** The user of images that bring none. */
const USER = 'tt';

/** What to write down for a VM; null when nothing was requested and the image does without. */
export function cloudInitRecord(
  request: CloudInitSpec | undefined,
  image: Pick<Image, 'features' | 'defaultLogin'>,
): CloudInitRecord | null {
  // cloud-init makes host keys and lets nobody in before it has read a seed.
  const given = request ?? (image.features.includes('cloudInit') ? {} : null);
  if (!given) return null;
  return {
    readsSeeds: image.features.includes('setup'),
    user: given.user ?? image.defaultLogin?.user ?? USER,
    password: given.password ?? null,
    sshKeys: given.sshKeys ?? [],
    files: (given.files ?? []).map(({ path, content, encoding, mode }) => ({
      path,
      contentBase64: encoding === 'base64' ? content : Buffer.from(content).toString('base64'),
      mode: (mode ?? '0644').padStart(4, '0'),
    })),
    commands: given.commands ?? [],
  };
}

/** Without the password and the contents of files. */
export function cloudInitView({ user, password, files, commands }: CloudInitRecord): CloudInit {
  return { user, hasPassword: password !== null, commands, filePaths: files.map((file) => file.path) };
}
