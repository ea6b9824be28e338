// Test support: channels to this machine as a guest that has only a guest agent, each test with folders of its own.
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HostGuestAgent } from '../../testing/host-guest-agent.ts';
import { AgentChannel } from './agent-channel.ts';
import { LinuxSystem } from './linux-system.ts';

export class TestHost {
  readonly folder: string;
  readonly vm: HostGuestAgent;
  readonly #channels: AgentChannel[] = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.vm = new HostGuestAgent(folder);
  }

  static async make(): Promise<TestHost> {
    const folder = await mkdtemp(path.join(tmpdir(), 'tt-agent-'));
    await mkdir(path.join(folder, 'run'));
    return new TestHost(folder);
  }

  async open(): Promise<AgentChannel> {
    const bases = ['none', 'run'].map((name) => path.join(this.folder, name));
    const channel = await AgentChannel.open(this.vm, 60_000, { system: new LinuxSystem(bases), silentPauseMs: 5 });
    this.#channels.push(channel);
    return channel;
  }

  /** The folders of commands in the guest. */
  left(): Promise<string[]> {
    return readdir(path.join(this.folder, 'run'));
  }

  /** Ends what still runs, as the next host does; resolves with what is left then. */
  async remove(): Promise<string[]> {
    this.vm.onRequest = () => {};
    this.vm.onAnswer = () => {};
    for (const channel of this.#channels) channel.close();
    await this.open();
    const left = await this.left();
    await rm(this.folder, { recursive: true });
    return left;
  }
}
