// Entry of the desktop's main process. What must happen before Electron is ready happens here; the rest in app.ts.
import { app } from 'electron';
import { startApp } from './app.ts';
import { registerAppScheme } from './protocol/app-scheme.ts';
import { OutsideFiles } from './windows/outside-files.ts';
import { OutsideLinks } from './windows/outside-links.ts';

app.enableSandbox();
registerAppScheme();
const links = new OutsideLinks(app, process.argv);
const files = new OutsideFiles(app, process.argv, process.cwd());

if (app.requestSingleInstanceLock()) {
  void app.whenReady().then(() => startApp(links, files));
} else {
  // Another window of TT is open; it comes to the front (app.ts, second-instance).
  app.quit();
}
