// The table of guard-text.ts in the kernel, always installed as a whole and in one transaction: there is no instant without rules.
import { asNetworkError } from '../errors.ts';
import type { Run } from '../bridged/host-links.ts';
import { type GuardedNic, guardText } from './guard-text.ts';

const TIMEOUT_MS = 60_000;
/** An element of the set of NICs, as nft lists it. */
const LISTED_NIC = /"(\w+)" \. ([0-9a-f]{2}(?::[0-9a-f]{2}){5})/g;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

export class LanGuard {
  readonly #tableName: string;
  readonly #run: Run;
  /** By tap. */
  readonly #nics = new Map<string, GuardedNic>();
  /** As nft listed it after the last change. */
  #listed: string | null = null;

  constructor(agentTag: string, run: Run) {
    this.#tableName = `tt_${agentTag}`;
    this.#run = run;
  }

  get taps(): string[] {
    return [...this.#nics.keys()];
  }

  /** Rejects with NetworkError TOOL_MISSING or COMMAND_FAILED where this kernel has no rules for bridges. */
  async check(): Promise<void> {
    await this.#nft(['--check', '--file', '-'], guardText(`${this.#tableName}_check`, []));
  }

  /** Takes over what an earlier agent has installed: its guests run on, and their rules are not to go with the next change. */
  async adopt(): Promise<void> {
    this.#listed = await this.#list();
    for (const [, tap = '', mac = ''] of (this.#listed ?? '').matchAll(LISTED_NIC)) this.#nics.set(tap, { tap, mac });
  }

  /** Adds NICs, or changes theirs; in force when it resolves. */
  async set(nics: readonly GuardedNic[]): Promise<void> {
    const before = new Map(this.#nics);
    for (const nic of nics) this.#nics.set(nic.tap, nic);
    await this.#install(before);
  }

  async unset(taps: readonly string[]): Promise<void> {
    const before = new Map(this.#nics);
    for (const tap of taps) this.#nics.delete(tap);
    if (this.#nics.size === before.size) return;
    if (this.#nics.size > 0) await this.#install(before);
    else await this.remove();
  }

  /** Restores what somebody has changed; what it found, or null. */
  async repair(): Promise<string | null> {
    if (this.#nics.size === 0 || (await this.#list()) === this.#listed) return null;
    await this.#install(new Map(this.#nics));
    return `the table bridge ${this.#tableName} was not as it should be and has been restored`;
  }

  /** Takes the table off the host. Idempotent. */
  async remove(): Promise<void> {
    this.#nics.clear();
    this.#listed = null;
    const name = this.#tableName;
    await this.#nft(['--file', '-'], `add table bridge ${name}\ndelete table bridge ${name}\n`);
  }

  async #install(before: ReadonlyMap<string, GuardedNic>): Promise<void> {
    try {
      await this.#nft(['--file', '-'], guardText(this.#tableName, [...this.#nics.values()]));
      this.#listed = await this.#list();
    } catch (error) {
      this.#nics.clear();
      for (const [tap, nic] of before) this.#nics.set(tap, nic);
      throw error;
    }
  }

  /** null when it is not there. */
  async #list(): Promise<string | null> {
    const limits = { timeoutMs: TIMEOUT_MS, maxOutputBytes: MAX_OUTPUT_BYTES, okExitCodes: [0, 1] };
    try {
      const { exitCode, stdout } = await this.#run('nft', ['list', 'table', 'bridge', this.#tableName], limits);
      return exitCode === 0 ? stdout : null;
    } catch (error) {
      throw asNetworkError(error);
    }
  }

  async #nft(args: readonly string[], input: string): Promise<void> {
    try {
      await this.#run('nft', args, { timeoutMs: TIMEOUT_MS, input });
    } catch (error) {
      throw asNetworkError(error);
    }
  }
}
