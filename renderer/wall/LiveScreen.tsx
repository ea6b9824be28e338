// The screen of the tile under the pointer, at full rate. Only to look at: no key and no pointer of it reaches the guest.
import { observer } from 'mobx-react-lite';
import { useCallback } from 'react';
import { useConsoleSession } from '../consoles/use-console-session.ts';
import { VncView } from '../consoles/VncView.tsx';
import type { VncScreen } from '../consoles/vnc-screen.ts';

export const LiveScreen = observer(function LiveScreen({ vmId, label }: { vmId: string; label: string }) {
  const session = useConsoleSession(vmId);
  const onScreen = useCallback((screen: VncScreen | null) => {
    screen?.setView('fit');
    screen?.setViewOnly(true);
  }, []);
  return (
    <div className="wall-live" data-shown={session.phase.kind === 'connected' || undefined} inert>
      <VncView session={session} label={label} onScreen={onScreen} onKeys={() => {}} />
    </div>
  );
});
