// The process of an agent's switches: `tt-agent network-switch FOLDER`, started by the agent and outliving it, as guests do. It ends when it is
// told to.
import { type ControlRequest, serveControl } from './control.ts';
import { FolderFiles, networkFolder } from './network-files.ts';
import { SwitchHost } from './switch-host.ts';

/** Resolves when it has been told to end. `directory`: absolute, of the agent's user alone. */
export async function runSwitches(directory: string): Promise<void> {
  const host = new SwitchHost({ files: new FolderFiles(networkFolder(directory)) });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  // What is wrong with a file is told to whoever asks for the next reload: the agent does so once it has started this process.
  await host.reload();
  const control = await serveControl(directory, ({ do: what }: ControlRequest) => {
    if (what === 'end') end();
    return what === 'reload' ? host.reload() : Promise.resolve([]);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => end());
  // Its starter's terminal is not its own.
  process.on('SIGHUP', () => {});
  await ended;
  host.close();
  control.close();
}
