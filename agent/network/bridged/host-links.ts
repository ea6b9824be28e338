// The kernel interface of nat and flat: ip, bridge, tc and sysctl of iproute2 and procps, always many lines at once. All
// commands go through `run`, so that a test can run them in a network namespace.
import { access } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { runCommand } from '../../host/run-command.ts';
import { asNetworkError, NetworkError } from '../errors.ts';
import { readLinkName } from '../names.ts';

export type Run = typeof runCommand;

/** One interface of the host, from `ip -json -details address` (ip-address(8)). */
export interface HostLink {
  name: string;
  /** `bridge`, `tun` (also for taps), `vxlan`, `veth`, `ifb`; empty for hardware. */
  kind: string;
  /** Name of the bridge it is plugged into. */
  master: string | null;
  isUp: boolean;
  /** A tap has a carrier while a program (QEMU) has it open. */
  hasCarrier: boolean;
  mtu: number;
  /** Of a tap: user name, or the number of a user without a name. */
  owner: string | null;
  vxlan: { vni: number; local: string | null; port: number } | null;
  /** Its IPv4 addresses. */
  addresses: readonly { local: string; prefixLength: number }[];
}

/** A queueing discipline (tc(8)). `rateBytes`: bytes per second, of a tbf. */
export interface Qdisc {
  device: string;
  kind: string;
  rateBytes: number | null;
}

interface AddressEntry {
  ifname?: string;
  flags?: string[];
  master?: string;
  mtu?: number;
  linkinfo?: { info_kind?: string; info_data?: { user?: string | number; id?: number; local?: string; port?: number } };
  addr_info?: { family?: string; local?: string; prefixlen?: number }[];
}

const COMMAND_TIMEOUT_MS = 60_000;
/** Linux interface group of interfaces that are about to be removed, with the agent's tag in its lower half ("tt" above). */
const REMOVAL_GROUP = 0x7474_0000;
/** 2000 NICs are about 4 MiB of JSON. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

export class HostLinks {
  readonly #run: Run;

  constructor(run: Run) {
    this.#run = run;
  }

  /** All interfaces by name. */
  async read(): Promise<Map<string, HostLink>> {
    const entries = await this.#json<AddressEntry>('ip', ['-json', '-details', 'address', 'show']);
    return new Map(
      entries.flatMap((entry): [string, HostLink][] =>
        entry.ifname === undefined ? [] : [[entry.ifname, toLink(entry.ifname, entry)]],
      ),
    );
  }

  /** Names of the network namespaces of the host. */
  async namespaces(): Promise<string[]> {
    const { stdout } = await this.#command('ip', ['netns', 'list'], {});
    return stdout.split('\n').flatMap((line) => line.split(' ')[0] || []);
  }

  /** Creates or removes a namespace; everything in it must have ended. */
  async namespace(verb: 'add' | 'delete', name: string): Promise<void> {
    await this.#command('ip', ['netns', verb, name], {});
  }

  /** Lines of `ip` inside a namespace. */
  async batchIn(name: string, lines: readonly string[]): Promise<void> {
    await this.#command('ip', ['-netns', name, '-batch', '-'], { input: `${lines.join('\n')}\n` });
  }

  /** The veth pair of a removed namespace disappears a moment later. */
  async untilGone(name: string): Promise<void> {
    for (const end = Date.now() + COMMAND_TIMEOUT_MS; (await this.read()).has(name); await delay(20)) {
      if (Date.now() > end) throw new NetworkError('COMMAND_FAILED', `${name} does not go away`);
    }
  }

  /** Destinations of all IPv4 routes of the host, as CIDRs or addresses, in every table; without the default routes. */
  async routes(): Promise<string[]> {
    const args = ['-json', '-4', 'route', 'show', 'table', 'all'];
    const routes = await this.#json<{ dst?: string }>('ip', args);
    return routes.flatMap(({ dst }) => (dst === undefined || dst === 'default' ? [] : [dst]));
  }

  async qdiscs(): Promise<Qdisc[]> {
    const entries = await this.#json<{ kind: string; dev: string; options?: { rate?: number } }>('tc', [
      '-json',
      'qdisc',
      'show',
    ]);
    return entries.map(({ kind, dev, options }) => ({ device: dev, kind, rateBytes: options?.rate ?? null }));
  }

  /** Where a vxlan device sends frames with an unknown destination: its list of peers. */
  async peers(vxlan: string): Promise<string[]> {
    const entries = await this.#json<{ mac: string; dst?: string }>('bridge', ['-json', 'fdb', 'show', 'dev', vxlan]);
    return entries.flatMap(({ mac, dst }) => (mac === '00:00:00:00:00:00' && dst !== undefined ? [dst] : []));
  }

  /** Bytes through each interface. */
  async bytes(): Promise<Map<string, { rx: number; tx: number }>> {
    const entries = await this.#json<{
      ifname?: string;
      stats64?: { rx: { bytes: number }; tx: { bytes: number } };
    }>('ip', ['-json', '-statistics', 'link', 'show']);
    return new Map(
      entries.flatMap(({ ifname, stats64 }): [string, { rx: number; tx: number }][] =>
        ifname === undefined || !stats64 ? [] : [[ifname, { rx: stats64.rx.bytes, tx: stats64.tx.bytes }]],
      ),
    );
  }

  /** Name of a user, as {@link HostLink.owner} has it. */
  async userName(uid: number): Promise<string> {
    const { exitCode, stdout } = await this.#command('id', ['-nu', String(uid)], { okExitCodes: [0, 1] });
    return exitCode === 0 ? stdout.trim() : String(uid);
  }

  /** Runs lines of `ip`, `bridge` or `tc` in one process; stops at the first that fails. COMMAND_FAILED with that line. */
  async batch(tool: 'ip' | 'bridge' | 'tc', lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    try {
      await this.#command(tool, ['-batch', '-'], { input: `${lines.join('\n')}\n` });
    } catch (error) {
      const failed = /Command failed -:(\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
      if (!(error instanceof NetworkError) || failed === undefined) throw error;
      const line = `${tool} ${lines[Number(failed) - 1] ?? ''}`;
      throw new NetworkError(error.code, `${line}: ${error.message}`, { cause: error });
    }
  }

  /** Bytes through each tap, from the guest's point of view; missing ones are omitted. */
  async guestBytes(taps: readonly string[]): Promise<Map<string, { receivedBytes: number; sentBytes: number }>> {
    const bytes = taps.length === 0 ? new Map<string, never>() : await this.bytes();
    return new Map(
      taps.flatMap((tap) => {
        const ofTap: { rx: number; tx: number } | undefined = bytes.get(tap);
        // What the host receives on a tap is what the guest has sent.
        return ofTap ? [[tap, { receivedBytes: ofTap.tx, sentBytes: ofTap.rx }]] : [];
      }),
    );
  }

  /** Removes the interfaces with an agent's tag that `isUnwanted` selects; returns which. */
  async removeOf(tag: string, isUnwanted: (name: string) => boolean): Promise<string[]> {
    const present = [...(await this.read()).keys()];
    const names = present.filter((name) => readLinkName(tag, name) !== null && isUnwanted(name));
    await this.remove(names, REMOVAL_GROUP + Number.parseInt(tag, 16));
    return names;
  }

  /** Removes existing interfaces all at once: the kernel waits once for a group, but about 20 ms for each single one. */
  async remove(names: readonly string[], group: number): Promise<void> {
    if (names.length === 0) return;
    await this.batch('ip', [
      ...names.map((name) => `link set dev ${name} group ${group}`),
      `link delete group ${group}`,
    ]);
  }

  /** Sets kernel settings; one that this kernel does not have (IPv6 switched off) is passed over. */
  async sysctl(settings: readonly string[]): Promise<void> {
    if (settings.length === 0) return;
    await this.#command('sysctl', ['-e', '-q', '-p', '-'], { input: `${settings.join('\n')}\n` });
  }

  /** What taps and bridges need. Rejects with TOOL_MISSING. */
  async checkTools(): Promise<void> {
    await this.checkTool('ip', ['-V'], 'iproute2');
    await this.checkTool('tc', ['-V'], 'iproute2');
    await this.checkTool('bridge', ['-V'], 'iproute2');
    await this.checkTool('sysctl', ['-V'], 'procps');
    await access('/dev/net/tun').catch((error: unknown) => {
      throw new NetworkError('TOOL_MISSING', 'there is no /dev/net/tun (kernel module tun)', { cause: error });
    });
  }

  /** Rejects with TOOL_MISSING when a program is not installed. */
  async checkTool(tool: string, args: readonly string[], debianPackage: string): Promise<void> {
    try {
      await this.#command(tool, args, {});
    } catch (error) {
      if (!(error instanceof NetworkError) || error.code !== 'TOOL_MISSING') throw error;
      const message = `${tool} is not installed; Debian has it in the package ${debianPackage}`;
      throw new NetworkError('TOOL_MISSING', message, { cause: error });
    }
  }

  async #command(
    tool: string,
    args: readonly string[],
    options: { input?: string; okExitCodes?: readonly number[] },
  ): Promise<{ exitCode: number; stdout: string }> {
    try {
      const limits = { timeoutMs: COMMAND_TIMEOUT_MS, maxOutputBytes: MAX_OUTPUT_BYTES };
      return await this.#run(tool, args, { ...limits, ...options });
    } catch (error) {
      throw asNetworkError(error);
    }
  }

  async #json<Entry>(tool: string, args: readonly string[]): Promise<Entry[]> {
    const { stdout } = await this.#command(tool, args, {});
    // Nothing to show is an empty output for some of the tools, and `[]` for others.
    return stdout.trim() === '' ? [] : (JSON.parse(stdout) as Entry[]);
  }
}

function toLink(name: string, entry: AddressEntry): HostLink {
  const kind = entry.linkinfo?.info_kind ?? '';
  const data = entry.linkinfo?.info_data ?? {};
  return {
    name,
    kind,
    master: entry.master ?? null,
    isUp: entry.flags?.includes('UP') ?? false,
    hasCarrier: entry.flags?.includes('LOWER_UP') ?? false,
    mtu: entry.mtu ?? 0,
    owner: data.user === undefined ? null : String(data.user),
    vxlan: kind === 'vxlan' ? { vni: data.id ?? 0, local: data.local ?? null, port: data.port ?? 0 } : null,
    addresses: (entry.addr_info ?? []).flatMap(({ family, local, prefixlen }) =>
      family === 'inet' && local !== undefined ? [{ local, prefixLength: prefixlen ?? 32 }] : [],
    ),
  };
}
