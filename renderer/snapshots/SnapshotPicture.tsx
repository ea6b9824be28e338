// What was on the screen of a snapshot's first machine, small. The name beside it says what it is, so it has none of its own.
import type { Snapshot } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect } from 'react';
import { useStores } from '../state/stores-context.ts';

export const SnapshotPicture = observer(function SnapshotPicture({ snapshot }: { snapshot: Snapshot }) {
  const { pictures, link } = useStores();
  const vmId = snapshot.vms.find(({ hasThumbnail, removed }) => hasThumbnail && !removed)?.vmId;
  useEffect(() => {
    if (vmId !== undefined && link.up) void pictures.ask(snapshot, vmId);
  }, [pictures, link.up, snapshot, vmId]);
  const url = vmId === undefined ? undefined : pictures.of(snapshot, vmId);
  return <span className="snapshot-picture">{url !== undefined && <img src={url} alt="" draggable={false} />}</span>;
});
