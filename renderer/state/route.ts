// The address of each view as it stands in location.hash, so that views can be linked to. Pure; route-store.ts follows it.
import { guestPathSchema } from '@tt/protocol';

export const envTabs = ['machines', 'run', 'timeline', 'settings', 'yaml', 'events'] as const;
export type EnvTab = (typeof envTabs)[number];

/** How a machine is looked at: its picture, the text of its serial port, or shells in its guest. */
export const consoleTabs = ['screen', 'serial', 'shell'] as const;
export type ConsoleTab = (typeof consoleTabs)[number];

/** What runs and ran within the hour, or who did what. */
export const activityTabs = ['operations', 'history'] as const;
export type ActivityTab = (typeof activityTabs)[number];

/** Parts of the Administration page. */
export const administrationTabs = [
  'overview',
  'storage',
  'networks',
  'people',
  'access',
  'tasks',
  'log',
  'version',
] as const;
export type AdministrationTab = (typeof administrationTabs)[number];

export type Route =
  | { page: 'envs' }
  | { page: 'env'; envName: string; tab: EnvTab }
  /** Without a tab: the one that was shown last. `alone`: in a window of its own, with nothing around it. */
  | { page: 'console'; envName: string; vmId: string; tab?: ConsoleTab; alone?: true }
  /** Several consoles side by side. */
  | { page: 'panes' }
  /** Plays a recorded screen: from a file, or `of` an ENV that was imported with it. */
  | { page: 'player'; of?: { envName: string; recordingId: string } }
  /** All screens of an ENV. */
  | { page: 'wall'; envName: string }
  /** Files of a guest; `path`: of a folder. */
  | { page: 'files'; envName: string; vmId: string; path: string }
  /** Deleted ENVs that are kept for a while. */
  | { page: 'bin' }
  | { page: 'consoles' }
  | { page: 'images' }
  | { page: 'labs' }
  | { page: 'hosts' }
  | { page: 'activity'; tab?: ActivityTab }
  /** Without a tab: the overview. */
  | { page: 'administration'; tab?: AdministrationTab }
  | { page: 'settings' }
  /** The user guide; `section`: the id of its heading. */
  | { page: 'help'; section?: string };

const plainPages = [
  'envs',
  'bin',
  'panes',
  'player',
  'consoles',
  'images',
  'labs',
  'hosts',
  'activity',
  'settings',
] as const;

/** The view for an address; the board for one that is unknown. */
export function parseRoute(hash: string): Route {
  const [first = '', second, third, fourth, fifth, sixth] = hash.replace(/^#\/?/, '').split('/').map(decodePart);
  if (first === 'envs' && second) {
    if (third === 'console' && fourth) {
      const tab = consoleTabs.find((known) => known === fifth);
      const alone = tab !== undefined && sixth === 'alone';
      return { page: 'console', envName: second, vmId: fourth, ...(tab && { tab }), ...(alone && { alone }) };
    }
    if (third === 'wall') return { page: 'wall', envName: second };
    if (third === 'files' && fourth) return { page: 'files', envName: second, vmId: fourth, path: folderPath(fifth) };
    return { page: 'env', envName: second, tab: envTabs.find((tab) => tab === third) ?? 'machines' };
  }
  if (first === 'player' && second && third) return { page: 'player', of: { envName: second, recordingId: third } };
  if (first === 'activity' && second === 'history') return { page: 'activity', tab: 'history' };
  if (first === 'help') return { page: 'help', ...(second && { section: second }) };
  if (first === 'administration') {
    const tab = administrationTabs.find((known) => known === second);
    return { page: 'administration', ...(tab && tab !== 'overview' && { tab }) };
  }
  return { page: plainPages.find((page) => page === first) ?? 'envs' };
}

export function formatRoute(route: Route): string {
  if (route.page === 'env') {
    const tab = route.tab === 'machines' ? '' : `/${route.tab}`;
    return `#/envs/${encodeURIComponent(route.envName)}${tab}`;
  }
  if (route.page === 'console') {
    const tab = route.alone ? `/${route.tab ?? 'screen'}/alone` : route.tab === undefined ? '' : `/${route.tab}`;
    return `#/envs/${encodeURIComponent(route.envName)}/console/${encodeURIComponent(route.vmId)}${tab}`;
  }
  if (route.page === 'wall') return `#/envs/${encodeURIComponent(route.envName)}/wall`;
  if (route.page === 'files') {
    const { envName, vmId, path } = route;
    return `#/envs/${[envName, 'files', vmId, path].map(encodeURIComponent).join('/')}`;
  }
  if (route.page === 'player' && route.of) {
    return `#/player/${[route.of.envName, route.of.recordingId].map(encodeURIComponent).join('/')}`;
  }
  if (route.page === 'activity' && route.tab === 'history') return '#/activity/history';
  if (route.page === 'administration' && route.tab !== undefined && route.tab !== 'overview') {
    return `#/administration/${route.tab}`;
  }
  if (route.page === 'help' && route.section !== undefined) return `#/help/${encodeURIComponent(route.section)}`;
  return `#/${route.page}`;
}

/** The root for what can't be the path of a folder. */
function folderPath(text: string | undefined): string {
  return guestPathSchema.safeParse(text).data ?? '/';
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The page of a terminal: a world of its own, which is no view of the window. */
export function terminalPage(labName: string, terminalName: string): string {
  return `#/terminal/${encodeURIComponent(labName)}/${encodeURIComponent(terminalName)}`;
}

/** Which terminal an address is the page of, empty for one that its own address must tell; null for the window itself. */
export function terminalIn(hash: string): { labName?: string; terminalName?: string } | null {
  const [first, labName, terminalName] = hash.replace(/^#\/?/, '').split('/').map(decodePart);
  if (first !== 'terminal') return null;
  return labName && terminalName ? { labName, terminalName } : {};
}
