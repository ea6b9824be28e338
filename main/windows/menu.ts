// The application menu. Windows and Linux have none (the window has its own bars, and no Reload or developer tools by
// accident); macOS needs one for copy, paste and quit.
import { Menu } from 'electron';

export function setMenu(platform: NodeJS.Platform = process.platform): void {
  const menu =
    platform === 'darwin'
      ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }])
      : null;
  Menu.setApplicationMenu(menu);
}
