// Test support: reads and writes a real disk like a guest: with qemu-io on qcow2 disks, directly in the file of raw ones.
import { open } from 'node:fs/promises';
import { runCommand } from '../host/run-command.ts';
import type { Word } from './contract-harness.ts';

/** A sector is filled with one byte. */
const BYTES = { apple: 0x41, pear: 0x50 } as const;
const SECTOR_BYTES = 512;

const qemuIo = (...args: string[]) => runCommand('qemu-io', args, { timeoutMs: 20_000 });

export async function writeWord(disk: string, word: Word): Promise<void> {
  if (disk.endsWith('.qcow2')) {
    await qemuIo('-f', 'qcow2', '-c', `write -P ${BYTES[word]} 0 ${SECTOR_BYTES}`, disk);
    return;
  }
  await using file = await open(disk, 'r+');
  await file.write(Buffer.alloc(SECTOR_BYTES, BYTES[word]), 0, SECTOR_BYTES, 0);
}

export async function readWord(disk: string): Promise<Word | 'nothing'> {
  const byte = disk.endsWith('.qcow2') ? await firstByteOfQcow2(disk) : await firstByte(disk);
  return byte === BYTES.apple ? 'apple' : byte === BYTES.pear ? 'pear' : 'nothing';
}

async function firstByteOfQcow2(disk: string): Promise<number> {
  const { stdout } = await qemuIo('-U', '-r', '-f', 'qcow2', '-c', `read -v 0 ${SECTOR_BYTES}`, disk);
  return Number.parseInt(stdout.match(/^00000000: {2}(\w\w)/m)?.[1] ?? '', 16);
}

async function firstByte(disk: string): Promise<number> {
  await using file = await open(disk, 'r');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 0);
  return buffer[0] ?? 0;
}
