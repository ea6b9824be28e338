// Opens the screen of another machine in a pane. The list is made when it is asked for: there may be thousands.
import { Plus } from 'lucide-react';
import { observer } from 'mobx-react-lite';
import { useState } from 'react';
import { MenuTrigger, Popover } from 'react-aria-components';
import { Button } from '../components/Button.tsx';
import { MenuEntries } from '../components/Menu.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { tabsOf } from './pane-layout.ts';

export const AddConsole = observer(function AddConsole({ paneId }: { paneId: string }) {
  const { rights } = useStores();
  const t = useWords();
  const [isOpen, setOpen] = useState(false);
  const whyNot = rights.whyNot('console.open');
  return (
    <MenuTrigger isOpen={isOpen && whyNot === null} onOpenChange={setOpen}>
      <Button kind="quiet" size="small" icon={Plus} label={t('panes.add')} whyNot={whyNot} />
      <Popover className="popover menu-popover" placement="bottom end">
        <Machines paneId={paneId} />
      </Popover>
    </MenuTrigger>
  );
});

const Machines = observer(function Machines({ paneId }: { paneId: string }) {
  const { envs, panes, toasts, vms } = useStores();
  const t = useWords();
  const open = new Set(tabsOf(panes.layout).map(({ vmId }) => vmId));
  const entries = envs.items.all.flatMap(({ name }) =>
    vms
      .ofEnv(name)
      .filter(({ id, features }) => features.includes('vnc') && !open.has(id))
      .map((vm) => ({
        id: vm.id,
        label: vm.name,
        run: () => {
          panes.activate(paneId);
          if (!panes.open(vm.id, vm.envName, 'screen')) toasts.explain(t('panes.full'));
        },
      })),
  );
  const none = { id: 'none', label: t('panes.noOthers'), run: () => {} };
  return <MenuEntries label={t('panes.add')} entries={entries.length > 0 ? entries : [none]} />;
});
