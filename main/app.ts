// The desktop's main process, assembled by hand: construct and connect, no logic.
import { stateDirectory } from '@tt/client/node';
import { app, BrowserWindow, session } from 'electron';
import { channels } from './ipc/channels.ts';
import { consolePort } from './ipc/console-ports.ts';
import { serveWindows } from './ipc/serve-window.ts';
import { places } from './places.ts';
import { serveRenderer } from './protocol/app-scheme.ts';
import { startAgentProcess } from './session/agent-process.ts';
import { Connection } from './session/connection.ts';
import { PrivateAgentKeeper } from './session/private-agent.ts';
import { ServerMemory } from './session/server-memory.ts';
import { createWindow, showWindow } from './windows/create-window.ts';
import { guardAllContents } from './windows/guards.ts';
import { setMenu } from './windows/menu.ts';
import { denyPermissions } from './windows/permissions.ts';

export async function startApp(): Promise<void> {
  guardAllContents(app);
  denyPermissions(session.defaultSession);
  serveRenderer(session.defaultSession, places.renderer);
  setMenu();

  const home = stateDirectory();
  const keeper = new PrivateAgentKeeper({
    home,
    start: (directory) => startAgentProcess(directory, { modulePath: places.agent, logDirectory: app.getPath('logs') }),
  });
  const connection = new Connection({
    home,
    keeper,
    memory: new ServerMemory(),
    onChange: (state) => {
      for (const window of BrowserWindow.getAllWindows()) window.webContents.send(channels.connection, state);
    },
  });
  serveWindows({
    client: () => connection.client(),
    openFeed: () => connection.openFeed(),
    openConsole: (ticket) => consolePort(connection.link(), ticket),
    current: () => connection.state,
    useThisComputer: () => connection.connectHere(),
    useServer: (address, token, fingerprint) => connection.connectServer(address, token, fingerprint),
  });

  app.on('second-instance', () => void showWindow());
  app.on('activate', () => void showWindow());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', () => {
    connection.close();
    keeper.stop();
  });

  await Promise.all([connection.restore(), createWindow()]);
}
