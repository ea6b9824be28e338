// Converts a profile's machine description to the spec that creating an ENV takes.
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
