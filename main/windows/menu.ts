// The application menu: in the window on Windows and Linux, at the top of the screen on macOS.
import { Menu } from 'electron';
import { type MenuDeeds, type MenuFacts, menuTemplate } from './menu-template.ts';

export function setMenu(facts: MenuFacts, deeds: MenuDeeds): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(facts, deeds)));
}
