// The desktop's main process, assembled by hand: construct and connect, no logic.
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { certificateAt, stateDirectory } from '@tt/client/node';
import { app, BrowserWindow, safeStorage, session } from 'electron';
import { channels } from './ipc/channels.ts';
import { answerConnectionRequest } from './ipc/connection-requests.ts';
import { consolePort } from './ipc/console-ports.ts';
import { serveWindows } from './ipc/serve-window.ts';
import { places } from './places.ts';
import { serveRenderer } from './protocol/app-scheme.ts';
import { startAgentProcess } from './session/agent-process.ts';
import { connectionFile } from './session/connection-file.ts';
import { Connections } from './session/connections.ts';
import { PortForwards } from './session/port-forwards.ts';
import { PrivateAgentKeeper } from './session/private-agent.ts';
import { ConnectionMemory } from './session/saved-connections.ts';
import { systemVault } from './session/vault.ts';
import { hostKeysIn } from './ssh/host-keys.ts';
import { sshConfigOf } from './ssh/ssh-config.ts';
import { sshAgentHere } from './ssh/ssh-login.ts';
import { SshTunnel } from './ssh/ssh-tunnel.ts';
import { createWindow, showWindow } from './windows/create-window.ts';
import { guardAllContents } from './windows/guards.ts';
import { setMenu } from './windows/menu.ts';
import { openOutside } from './windows/open-outside.ts';
import { LINK_SCHEME, type OutsideLinks, readOutsideLink } from './windows/outside-links.ts';
import { denyPermissions } from './windows/permissions.ts';
import { openPopOut } from './windows/pop-out.ts';

export async function startApp(links: OutsideLinks): Promise<void> {
  guardAllContents(app);
  denyPermissions(session.defaultSession);
  serveRenderer(session.defaultSession, places.renderer);
  setMenu();

  const home = stateDirectory();
  const keeper = new PrivateAgentKeeper({
    home,
    start: (directory) => startAgentProcess(directory, { modulePath: places.agent, logDirectory: app.getPath('logs') }),
  });
  const hostKeys = hostKeysIn({
    own: path.join(app.getPath('userData'), 'known_hosts'),
    user: path.join(homedir(), '.ssh', 'known_hosts'),
  });
  const here = { homeDirectory: homedir(), userName: userInfo().username };
  const config = sshConfigOf(here);
  const connections = new Connections({
    home,
    keeper,
    tunnel: (route, accepted) => new SshTunnel({ route, accepted, hostKeys, config, agent: sshAgentHere(), ...here }),
    memory: new ConnectionMemory(connectionFile(), systemVault(safeStorage)),
    openPage: openOutside,
    onChange: (view) => {
      for (const window of BrowserWindow.getAllWindows()) window.webContents.send(channels.connectionsChanged, view);
    },
  });
  const forwards = new PortForwards({ link: (id) => connections.of(id).link() });
  serveWindows({
    targets: (id) => ({
      client: () => connections.of(id).client(),
      openFeed: () => connections.of(id).openFeed(),
      doubt: () => connections.look(id),
    }),
    link: (id) => connections.of(id).link(),
    openConsole: consolePort,
    popOut: openPopOut,
    connections: (request) =>
      answerConnectionRequest(connections, request, {
        sshNames: () => config.names(),
        certificateAt,
        openPort: (id, vmId, guestPort) => forwards.open(id, vmId, guestPort),
      }),
  });

  app.on('second-instance', () => void showWindow());
  app.on('activate', () => void showWindow());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', () => {
    forwards.closeAll();
    connections.closeAll();
    keeper.stop();
  });

  // Of a checkout, Electron itself would be registered.
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);
  await Promise.all([connections.start(), createWindow()]);
  links.follow((link) => {
    connections.offer(readOutsideLink(link));
    void showWindow();
  });
}
