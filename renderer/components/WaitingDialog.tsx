// Stands where a dialog will be as soon as what it shows has come, and says so if it does not come.
import { type TtError, toErrorRecord } from '@tt/protocol';
import { Dialog } from './Dialog.tsx';
import { CloseFoot } from './DialogFoot.tsx';
import { ErrorNotice } from './ErrorNotice.tsx';
import { Spinner } from './Spinner.tsx';

interface WaitingDialogProps {
  title: string;
  error: TtError | null;
  onClose: () => void;
}

export function WaitingDialog({ title, error, onClose }: WaitingDialogProps) {
  return (
    <Dialog title={title} onClose={onClose} foot={<CloseFoot onClose={onClose} />}>
      {error ? <ErrorNotice error={toErrorRecord(error)} /> : <Spinner />}
    </Dialog>
  );
}
