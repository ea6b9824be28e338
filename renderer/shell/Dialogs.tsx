// The one open dialog, whoever asked for it (button, key, menu, palette, drop).
import { observer } from 'mobx-react-lite';
import { InstallDialog } from '../cloud-init/InstallDialog.tsx';
import { SshKeyDialog } from '../cloud-init/SshKeyDialog.tsx';
import { AddConnectionDialog } from '../connections/AddConnectionDialog.tsx';
import { OfferedDialog } from '../connections/OfferedDialog.tsx';
import { EditConnectionDialog, RemoveConnectionDialog } from '../connections/ConnectionDialogs.tsx';
import { CopySheet } from '../copies/CopySheet.tsx';
import { ExportDialog } from '../copies/ExportDialog.tsx';
import { ImportDialog } from '../copies/ImportDialog.tsx';
import { DeleteEnvsDialog } from '../env/DeleteEnvsDialog.tsx';
import { PurgeEnvsDialog } from '../env/PurgeEnvsDialog.tsx';
import { StopEnvsDialog } from '../env/StopEnvsDialog.tsx';
import { EditEnvDialog } from '../env/EditEnvDialog.tsx';
import { LifetimeDialog } from '../env/LifetimeDialog.tsx';
import { PushDialog } from '../guest-files/PushDialog.tsx';
import { PushProgress } from '../guest-files/PushProgress.tsx';
import { FirewallDialog } from '../hosts/FirewallDialog.tsx';
import { ChangeImageDialog } from '../images/ChangeImageDialog.tsx';
import { ImageDetailsDialog } from '../images/ImageDetailsDialog.tsx';
import { ImportImageDialog } from '../images/ImportImageDialog.tsx';
import { PublishImageDialog } from '../machines/PublishImageDialog.tsx';
import { OpenAdminDialog, PublishDialog } from '../labs/AdminDialogs.tsx';
import { LabDialog } from '../labs/LabDialog.tsx';
import { ProfileDialog } from '../labs/ProfileDialog.tsx';
import {
  CloneProfileDialog,
  DeleteLabDialog,
  DeleteProfileDialog,
  EndSessionDialog,
  VersionsDialog,
} from '../labs/ProfileDialogs.tsx';
import { SessionDialog } from '../labs/SessionDialog.tsx';
import { TerminalDialog } from '../labs/TerminalDialog.tsx';
import { AddMachinesSheet } from '../new-env/AddMachinesSheet.tsx';
import { ChangeMachinesDialog } from '../machines/ChangeMachinesDialog.tsx';
import { DeleteVmDialog } from '../machines/DeleteVmDialog.tsx';
import { DisksDialog } from '../machines/DisksDialog.tsx';
import { RemoveMachinesDialog } from '../machines/RemoveMachinesDialog.tsx';
import { RevertVmDialog } from '../machines/RevertVmDialog.tsx';
import { VmDetailsDialog } from '../machines/VmDetailsDialog.tsx';
import { NewEnvSheet } from '../new-env/NewEnvSheet.tsx';
import { SaveTemplateDialog } from '../new-env/SaveTemplateDialog.tsx';
import { CompareDialog } from '../snapshots/CompareDialog.tsx';
import { DeleteSnapshotDialog } from '../snapshots/DeleteSnapshotDialog.tsx';
import { EditSnapshotDialog } from '../snapshots/EditSnapshotDialog.tsx';
import { RevertDialog } from '../snapshots/RevertDialog.tsx';
import { SnapshotEnvsDialog } from '../snapshots/SnapshotEnvsDialog.tsx';
import { SnapshotUsageDialog } from '../snapshots/SnapshotUsageDialog.tsx';
import { TakeSnapshotDialog } from '../snapshots/TakeSnapshotDialog.tsx';
import { useStores } from '../state/stores-context.ts';
import { DeleteTemplateDialog, RenameTemplateDialog } from '../templates/TemplateDialogs.tsx';
import { CommandPalette } from './CommandPalette.tsx';
import { KeysDialog } from './KeysDialog.tsx';

export const Dialogs = observer(function Dialogs() {
  const { view, connections } = useStores();
  const { dialog } = view;
  switch (dialog?.kind) {
    case 'newEnv':
      return <NewEnvSheet key={dialog.template} kept={dialog.draft} template={dialog.template} />;
    case 'deleteEnvs':
      return <DeleteEnvsDialog names={dialog.names} />;
    case 'purgeEnvs':
      return <PurgeEnvsDialog names={dialog.names} />;
    case 'stopEnvs':
      return <StopEnvsDialog names={dialog.names} />;
    case 'snapshotEnvs':
      return <SnapshotEnvsDialog names={dialog.names} />;
    case 'deleteVm':
      return <DeleteVmDialog vmId={dialog.vmId} />;
    case 'takeSnapshot':
      return <TakeSnapshotDialog envName={dialog.envName} vmId={dialog.vmId} vmIds={dialog.vmIds} />;
    case 'deleteSnapshot':
      return <DeleteSnapshotDialog snapshotId={dialog.snapshotId} />;
    case 'revertVm':
      return <RevertVmDialog vmId={dialog.vmId} />;
    case 'revert':
      return <RevertDialog snapshotId={dialog.snapshotId} />;
    case 'compareSnapshots':
      return <CompareDialog envName={dialog.envName} snapshotId={dialog.snapshotId} />;
    case 'copyEnv':
      return <CopySheet envName={dialog.envName} snapshotId={dialog.snapshotId} />;
    case 'exportCapsule':
      return <ExportDialog envName={dialog.envName} snapshotName={dialog.snapshotName} />;
    case 'importCapsule':
      return <ImportDialog opened={dialog.file} />;
    case 'editSnapshot':
      return <EditSnapshotDialog snapshotId={dialog.snapshotId} />;
    case 'usage':
      return <SnapshotUsageDialog envName={dialog.envName} />;
    case 'lifetime':
      return <LifetimeDialog envName={dialog.envName} />;
    case 'editEnv':
      return <EditEnvDialog envName={dialog.envName} />;
    case 'addMachines':
      return <AddMachinesSheet envName={dialog.envName} kept={dialog.draft} />;
    case 'changeMachines':
      return <ChangeMachinesDialog envName={dialog.envName} vmIds={dialog.vmIds} />;
    case 'removeMachines':
      return <RemoveMachinesDialog envName={dialog.envName} vmIds={dialog.vmIds} />;
    case 'vmDetails':
      return <VmDetailsDialog vmId={dialog.vmId} />;
    case 'disks':
      return <DisksDialog vmId={dialog.vmId} />;
    case 'pushFiles':
      return <PushDialog draft={dialog.draft} />;
    case 'push':
      return <PushProgress id={dialog.id} />;
    case 'lab':
      return <LabDialog name={dialog.name} />;
    case 'deleteLab':
      return <DeleteLabDialog name={dialog.name} />;
    case 'terminal':
      return <TerminalDialog labName={dialog.labName} name={dialog.name} />;
    case 'endSession':
      return <EndSessionDialog labName={dialog.labName} sessionName={dialog.sessionName} />;
    case 'startSession':
      return <SessionDialog labName={dialog.labName} terminalName={dialog.terminalName} />;
    case 'profile':
      return <ProfileDialog name={dialog.name} />;
    case 'cloneProfile':
      return <CloneProfileDialog name={dialog.name} />;
    case 'profileVersions':
      return <VersionsDialog name={dialog.name} />;
    case 'deleteProfile':
      return <DeleteProfileDialog name={dialog.name} />;
    case 'openAdmin':
      return <OpenAdminDialog name={dialog.name} />;
    case 'publishProfile':
      return <PublishDialog name={dialog.name} />;
    case 'install':
      return <InstallDialog medium={dialog.medium} />;
    case 'sshKey':
      return <SshKeyDialog envName={dialog.envName} />;
    case 'importImage':
      return <ImportImageDialog dropped={dialog.file} />;
    case 'imageDetails':
      return <ImageDetailsDialog key={dialog.name} name={dialog.name} />;
    case 'changeImage':
      return <ChangeImageDialog name={dialog.name} change={dialog.change} />;
    case 'publishImage':
      return <PublishImageDialog vmId={dialog.vmId} snapshotName={dialog.snapshotName} />;
    case 'saveTemplate':
      return <SaveTemplateDialog source={dialog.source} />;
    case 'renameTemplate':
      return <RenameTemplateDialog name={dialog.name} />;
    case 'deleteTemplate':
      return <DeleteTemplateDialog name={dialog.name} />;
    case 'firewall':
      return <FirewallDialog />;
    case 'addConnection':
      return <AddConnectionDialog renewed={dialog.renewed} />;
    case 'editConnection':
      return <EditConnectionDialog id={dialog.id} />;
    case 'removeConnection':
      return <RemoveConnectionDialog id={dialog.id} />;
    case 'palette':
      return <CommandPalette />;
    case 'keys':
      return <KeysDialog />;
    case undefined:
      // A link from outside waits until nothing else is asked.
      return connections?.offered ? <OfferedDialog connections={connections} offered={connections.offered} /> : null;
  }
});
