// Asks before something is done to ENVs that ends work: to one by a button, to several by typing the name of the first. The focus is
// on Cancel, or in the field: whoever presses Enter without having read deletes nothing.
import { observer } from 'mobx-react-lite';
import { type ReactNode, useState } from 'react';
import { firstReason, runIfAllowed } from '../components/action.ts';
import { Button } from '../components/Button.tsx';
import { Dialog } from '../components/Dialog.tsx';
import { DialogFoot } from '../components/DialogFoot.tsx';
import { Field } from '../components/Field.tsx';
import { useWords } from '../i18n/index.ts';
import { someNames } from '../i18n/some-names.ts';
import { useStores } from '../state/stores-context.ts';

export interface ConfirmEnvsProps {
  names: readonly string[];
  title: string;
  /** On the button. */
  verb: string;
  /** Above the field in which several are confirmed; default: to delete them. */
  proofLabel?: (text: string) => string;
  /** The agent decides all the same. */
  run: () => void;
  children: ReactNode;
}

export const ConfirmEnvs = observer(function ConfirmEnvs(props: ConfirmEnvsProps) {
  const { names, title, verb, proofLabel, run, children } = props;
  const { view, toasts, link } = useStores();
  const t = useWords();
  const [typed, setTyped] = useState('');
  const several = names.length > 1;
  const [proof = ''] = names;
  const confirm = {
    label: verb,
    whyNot: firstReason({ incomplete: several && typed.trim() !== proof, linkDown: !link.up }),
    run: () => {
      view.close();
      run();
    },
  };
  return (
    <Dialog
      role="alertdialog"
      title={title}
      onClose={() => view.close()}
      foot={
        <DialogFoot onCancel={() => view.close()} isCancelFirst={!several}>
          <Button kind="danger" whyNot={confirm.whyNot} onPress={confirm.run}>
            {verb}
          </Button>
        </DialogFoot>
      }
    >
      {children}
      {several && (
        <>
          <p className="mono">{someNames(names, t)}</p>
          <Field
            label={proofLabel?.(proof) ?? t('envs.deleteSeveralType', { text: proof })}
            value={typed}
            onChange={setTyped}
            mono
            autoFocus
            onKeyDown={(event) => event.key === 'Enter' && runIfAllowed(confirm, (text) => toasts.explain(text))}
          />
        </>
      )}
    </Dialog>
  );
});
