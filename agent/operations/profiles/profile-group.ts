// What a profile says of its machines, as a spec that the making of an ENV understands.
import type { VmGroup } from '@tt/protocol';
import type { ProfileRecord } from '../../state/records.ts';

export function groupOf({ image, spec: { netKind, ...spec }, startScript }: ProfileRecord): VmGroup {
  return {
    osPrefix: image,
    copies: 1,
    ...spec,
    ...(startScript.trim() !== '' && { cloudInit: { commands: [startScript] } }),
    ...(netKind && { nics: [{ kind: netKind }] }),
  };
}
