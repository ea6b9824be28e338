// Asks before a machine is deleted: its disk can't be brought back.
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';
import { shortVmName } from '../state/vm-name.ts';
import { canStop } from './vm-store.ts';

export const DeleteVmDialog = observer(function DeleteVmDialog({ vmId }: { vmId: string }) {
  const { vms, view, link } = useStores();
  const t = useWords();
  const vm = vms.get(vmId);
  if (!vm) return null;
  const name = shortVmName(vm.name);
  const remove = () => {
    view.close();
    void vms.deleteVm(vmId);
  };
  return (
    <Dialog
      role="alertdialog"
      title={t('envs.deleteVmTitle', { vm: name })}
      onClose={() => view.close()}
      foot={
        <DialogFoot onCancel={() => view.close()} isCancelFirst>
          <Button kind="danger" whyNot={link.whyNot} onPress={remove}>
            {t('envs.deleteNow')}
          </Button>
        </DialogFoot>
      }
    >
      {canStop(vm.state) && <p>{t('envs.deleteVmRunning', { vm: name })}</p>}
      <p>{t('envs.deleteVmText')}</p>
    </Dialog>
  );
});
