// What the window is called in lists of windows and on tabs of browsers: what it shows, and of which server if there are several.
import { connectionName } from '../connections/connection-words.ts';
import type { Translate } from '../i18n/index.ts';
import type { Route } from '../state/route.ts';
import type { Stores } from '../state/stores.ts';
import { shortVmName } from '../state/vm-name.ts';

type Shown = Pick<Stores, 'view' | 'vms' | 'connections' | 'session'>;

export function windowTitle({ view, vms, connections, session }: Shown, t: Translate): string {
  if (session.state !== 'ready') return 'TT';
  const shown = connections?.hasSeveral ? connections.shown : null;
  return [placeName(view.route, vms, t), ...(shown ? [connectionName(shown, t)] : []), 'TT'].join(' · ');
}

function placeName(route: Route, vms: Shown['vms'], t: Translate): string {
  switch (route.page) {
    case 'env':
    case 'wall':
      return route.envName;
    case 'console':
    case 'files': {
      const vm = vms.get(route.vmId);
      return vm ? `${route.envName}/${shortVmName(vm.name)}` : route.envName;
    }
    case 'bin':
      return t('bin.title');
    case 'panes':
      return t('panes.title');
    case 'player':
      return t('recordings.player');
    case 'help':
      return t('help.title');
    default:
      return t(`shell.${route.page}`);
  }
}
