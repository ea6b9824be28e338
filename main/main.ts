// Entry of the desktop's main process. What must happen before Electron is ready happens here; the rest in app.ts.
import { app } from 'electron';
import { startApp } from './app.ts';
import { registerAppScheme } from './protocol/app-scheme.ts';

app.enableSandbox();
registerAppScheme();

if (app.requestSingleInstanceLock()) {
  void app.whenReady().then(startApp);
} else {
  // Another window of TT is open; it comes to the front (app.ts, second-instance).
  app.quit();
}
