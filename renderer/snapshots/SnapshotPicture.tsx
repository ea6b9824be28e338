// What was on the screen of a machine of a snapshot. The name beside it says what it is, so it has none of its own.
import type { Snapshot } from '@tt/protocol';
import { observer } from 'mobx-react-lite';
import { useEffect } from 'react';
import { useStores } from '../state/stores-context.ts';
import { picturedVm } from './snapshot-pictures.ts';

export interface SnapshotPictureProps {
  snapshot: Snapshot;
  /** Default: the first machine with a picture. */
  vmId?: string | null;
  /** large: 160 px wide. */
  size?: 'small' | 'large';
}

export const SnapshotPicture = observer(function SnapshotPicture(props: SnapshotPictureProps) {
  const { snapshot, size = 'small' } = props;
  const { pictures, link } = useStores();
  const vmId = picturedVm(snapshot, props.vmId ?? null);
  useEffect(() => {
    if (vmId !== null && link.up) void pictures.ask(snapshot, vmId);
  }, [pictures, link.up, snapshot, vmId]);
  const url = vmId === null ? undefined : pictures.of(snapshot, vmId);
  return (
    <span className="snapshot-picture" data-size={size}>
      {url !== undefined && <img src={url} alt="" draggable={false} />}
    </span>
  );
});
