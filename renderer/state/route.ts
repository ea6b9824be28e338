// The address of each view as it stands in location.hash, so that views can be linked to. Pure; route-store.ts follows it.
export const envTabs = ['machines', 'run', 'timeline', 'settings', 'yaml', 'events'] as const;
export type EnvTab = (typeof envTabs)[number];

export type Route =
  | { page: 'envs' }
  | { page: 'env'; envName: string; tab: EnvTab }
  | { page: 'console'; envName: string; vmId: string }
  | { page: 'consoles' }
  | { page: 'images' }
  | { page: 'labs' }
  | { page: 'hosts' }
  | { page: 'activity' }
  | { page: 'settings' };

const plainPages = ['envs', 'consoles', 'images', 'labs', 'hosts', 'activity', 'settings'] as const;

/** The view for an address; the board for one that is unknown. */
export function parseRoute(hash: string): Route {
  const [first = '', second, third, fourth] = hash.replace(/^#\/?/, '').split('/').map(decodePart);
  if (first === 'envs' && second) {
    if (third === 'console' && fourth) return { page: 'console', envName: second, vmId: fourth };
    return { page: 'env', envName: second, tab: envTabs.find((tab) => tab === third) ?? 'machines' };
  }
  return { page: plainPages.find((page) => page === first) ?? 'envs' };
}

export function formatRoute(route: Route): string {
  if (route.page === 'env') {
    const tab = route.tab === 'machines' ? '' : `/${route.tab}`;
    return `#/envs/${encodeURIComponent(route.envName)}${tab}`;
  }
  if (route.page === 'console') {
    return `#/envs/${encodeURIComponent(route.envName)}/console/${encodeURIComponent(route.vmId)}`;
  }
  return `#/${route.page}`;
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
