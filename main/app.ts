// The desktop's main process, assembled by hand: construct and connect, no logic.
import { homedir, userInfo } from 'node:os';
import path from 'node:path';
import { certificateAt, stateDirectory } from '@tt/client/node';
import { app, safeStorage, screen, session } from 'electron';
import { Desk } from './desk/desk.ts';
import { ChosenFiles } from './files/chosen-files.ts';
import { channels } from './ipc/channels.ts';
import { answerConnectionRequest } from './ipc/connection-requests.ts';
import { consolePort } from './ipc/console-ports.ts';
import { serveDesktop } from './ipc/serve-desktop.ts';
import { serveFiles } from './ipc/serve-files.ts';
import { serveWindows } from './ipc/serve-window.ts';
import { places } from './places.ts';
import { serveRenderer } from './protocol/app-scheme.ts';
import { startAgentProcess } from './session/agent-process.ts';
import { appFile } from './session/app-file.ts';
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
import { AppWindows } from './windows/app-windows.ts';
import { createWindow, loadPage } from './windows/create-window.ts';
import { guardAllContents } from './windows/guards.ts';
import { openOutside } from './windows/open-outside.ts';
import { LINK_SCHEME, type OutsideLinks, readOutsideLink } from './windows/outside-links.ts';
import type { OutsideFiles } from './windows/outside-files.ts';
import { denyPermissions } from './windows/permissions.ts';
import { WindowMemory } from './windows/window-memory.ts';

export async function startApp(links: OutsideLinks, files: OutsideFiles): Promise<void> {
  guardAllContents(app);
  denyPermissions(session.defaultSession);
  serveRenderer(session.defaultSession, places.renderer);

  const home = stateDirectory();
  const keeper = new PrivateAgentKeeper({
    home,
    start: (directory) =>
      startAgentProcess(directory, {
        modulePath: places.agent,
        logDirectory: app.getPath('logs'),
        windowDirectory: places.renderer,
      }),
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
      windows.sendAll(channels.connectionsChanged, view);
      desk.follow(view);
    },
  });
  const forwards = new PortForwards({ link: (id) => connections.of(id).link() });
  const memory = new WindowMemory(appFile('windows'));
  const windows = new AppWindows({
    memory,
    screens: () => screen.getAllDisplays().map(({ workArea }) => workArea),
    create: createWindow,
    load: loadPage,
  });
  const desk = new Desk({ connections, windows, memory });
  serveDesktop({
    answer: (request, contents) => desk.answer(request, contents),
    read: (request) => desk.readFile(request),
  });
  const chosen = new ChosenFiles();
  serveFiles({
    link: (id) => connections.of(id).link(),
    openChosen: (file) => chosen.open(file),
    openOpened: (id) => desk.openFile(id),
  });
  serveWindows({
    targets: (id) => ({
      client: () => connections.of(id).client(),
      openFeed: () => connections.of(id).openFeed(),
      doubt: () => connections.look(id),
    }),
    link: (id) => connections.of(id).link(),
    openConsole: consolePort,
    popOut: (page) => windows.openPopOut(page),
    connections: (request) =>
      answerConnectionRequest(connections, request, {
        sshNames: () => config.names(),
        certificateAt,
        openPort: (id, vmId, guestPort) => forwards.open(id, vmId, guestPort),
      }),
  });

  app.setAboutPanelOptions({ applicationName: 'TT', applicationVersion: app.getVersion() });
  app.on('second-instance', () => void windows.show());
  app.on('activate', () => void windows.show());
  app.on('before-quit', () => windows.quitting());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin' && !memory.kept.keepsRunning) app.quit();
    else windows.stays();
  });
  app.on('will-quit', () => {
    forwards.closeAll();
    desk.stop();
    connections.closeAll();
    keeper.stop();
  });

  // Of a checkout, Electron itself would be registered.
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);
  await Promise.all([connections.start(), windows.openAll()]);
  links.follow((link) => {
    connections.offer(readOutsideLink(link));
    void windows.show();
  });
  files.follow((opened) => void desk.openFiles(opened));
}
