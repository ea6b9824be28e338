// A notification of the system. Those that are shown are held, or their click would go nowhere.
import { Notification } from 'electron';
import type { Notice, NoticeDeed } from './notices.ts';

const MOST_HELD = 32;
const held: Notification[] = [];

/** Does nothing where the system has no notifications. */
export function showNotice({ title, body, click, button }: Notice, carryOut: (deed: NoticeDeed) => void): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({
    title,
    body,
    // Linux shows none; a click leads to where it can be done.
    ...(button && { actions: [{ type: 'button' as const, text: button.label }] }),
  });
  notification.on('click', () => carryOut(click));
  notification.on('action', () => carryOut(button?.deed ?? click));
  notification.on('close', () => {
    const at = held.indexOf(notification);
    if (at !== -1) held.splice(at, 1);
  });
  held.push(notification);
  held.splice(0, Math.max(0, held.length - MOST_HELD));
  notification.show();
}
