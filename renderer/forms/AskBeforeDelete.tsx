// The question before something is deleted that can't be brought back. Enter alone keeps it.
import { observer } from 'mobx-react-lite';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { useWords } from '../i18n/index.ts';
import { useStores } from '../state/stores-context.ts';

export interface AskBeforeDeleteProps {
  title: string;
  text: string;
  /** On the button; default: Delete. */
  verb?: string;
  /** False: it asks nothing of the agent. Default: true. */
  needsLink?: boolean;
  run: () => void;
}

export const AskBeforeDelete = observer(function AskBeforeDelete(props: AskBeforeDeleteProps) {
  const { title, text, verb, needsLink = true, run } = props;
  const { view, link } = useStores();
  const t = useWords();
  const remove = () => {
    view.close();
    run();
  };
  return (
    <Dialog
      role="alertdialog"
      title={title}
      onClose={() => view.close()}
      foot={
        <DialogFoot onCancel={() => view.close()} isCancelFirst>
          <Button kind="danger" whyNot={needsLink ? link.whyNot : null} onPress={remove}>
            {verb ?? t('common.delete')}
          </Button>
        </DialogFoot>
      }
    >
      <p>{text}</p>
    </Dialog>
  );
});
