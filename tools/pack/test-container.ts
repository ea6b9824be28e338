// Test support: a Debian in a folder, booted with its own systemd in a container of systemd-nspawn, with a network of its own.
import type { ChildProcess } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { findProgram, type RunResult, runCommand, spawnProcess } from '../../agent/host/run-command.ts';
import { testImage } from '../../agent/images/test-image.ts';
import { until } from '../../agent/testing/until.ts';
import { cleanEnvironment, TOO_LONG_MS } from './test-debian.ts';

const BOOT_MS = 120_000;

/** Whether this host can make such containers. */
export async function canBootDebian(): Promise<boolean> {
  const programs = await Promise.all(['mmdebstrap', 'systemd-nspawn'].map(findProgram));
  return process.getuid?.() === 0 && process.arch === 'x64' && !programs.includes(null);
}

export class TestContainer {
  readonly #nspawn: ChildProcess;
  /** Its systemd, as this host sees it. */
  readonly init: number;

  private constructor(nspawn: ChildProcess, init: number) {
    this.#nspawn = nspawn;
    this.init = init;
  }

  /** Resolves when it has booted. It must have systemd, dbus and udev. */
  static async boot(folder: string): Promise<TestContainer> {
    const flags = ['--boot', '--register=no', '--keep-unit', '--private-network', '--console=pipe', '--capability=all'];
    const words = [`--directory=${folder}`, '--bind=/dev/net/tun', ...flags];
    const nspawn = await spawnProcess('systemd-nspawn', words, { detached: false });
    const init = await until('its systemd is there', () => systemdOf(nspawn.pid ?? 0), BOOT_MS);
    const container = new TestContainer(nspawn, init);
    // Degraded: a unit failed that has nothing to do in a container.
    const isUp = async () =>
      /^(running|degraded)$/.test((await container.ask('systemctl', 'is-system-running')).stdout.trim());
    try {
      await until('it has booted', isUp, BOOT_MS);
    } catch (error) {
      await container.end();
      throw error;
    }
    return container;
  }

  /** The same, of a Debian in which an agent shall run: it has no network of its own to build the tiny image with. */
  static async bootWithImage(folder: string): Promise<TestContainer> {
    const images = path.join(folder, 'var/lib/tt/images/tiny-2');
    await mkdir(images, { recursive: true, mode: 0o711 });
    const { directory } = await testImage();
    for (const file of await readdir(directory)) await copyFile(path.join(directory, file), path.join(images, file));
    return TestContainer.boot(folder);
  }

  /** Words for nsenter(1) by which a program gets into it. */
  get entering(): string[] {
    return [`--target=${this.init}`, '-m', '-u', '-i', '-n', '-p', '-C', '--', ...cleanEnvironment];
  }

  /** Whatever it ends with. */
  ask(...words: string[]): Promise<RunResult> {
    return runCommand('nsenter', [...this.entering, ...words], {
      timeoutMs: TOO_LONG_MS,
      okExitCodes: Array.from({ length: 256 }, (_none, code) => code),
    });
  }

  /** What it says; rejects if it fails. */
  async inside(...words: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.ask(...words);
    if (exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${exitCode}: ${stderr}${stdout}`);
    return stdout;
  }

  /** `tt` as root, at the agent of the service. */
  tt(...words: string[]): Promise<string> {
    return this.inside('TT_HOME=/var/lib/tt', 'tt', ...words);
  }

  /** Of the only guest of the ENV; empty: there is none. */
  async guestPid(envName: string): Promise<string> {
    return (await this.ask('pgrep', '-f', `guest=${envName}/`)).stdout.trim();
  }

  /** The state of a unit, in the word of systemctl(1). */
  async unitState(unit: string): Promise<string> {
    return (await this.ask('systemctl', 'is-active', unit)).stdout.trim();
  }

  async end(): Promise<void> {
    if (this.#nspawn.exitCode !== null || this.#nspawn.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#nspawn.once('exit', resolve));
    this.#nspawn.kill('SIGTERM');
    await ended;
  }
}

/** The first process inside, as this host sees it; 0: not there yet. */
async function systemdOf(nspawn: number): Promise<number> {
  const children = (await readFile(`/proc/${nspawn}/task/${nspawn}/children`, 'utf8'))
    .trim()
    .split(' ')
    .filter(Boolean);
  for (const pid of children) {
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    if (name.trim() === 'systemd') return Number(pid);
  }
  return 0;
}
