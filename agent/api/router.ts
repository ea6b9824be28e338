// All call handlers, in the shape of the contract: a missing one is a type error.
import { adminApi } from './admin-api.ts';
import { auditApi } from './audit-api.ts';
import { cdApi } from './cd-api.ts';
import { capsuleApi } from './capsule-api.ts';
import { consoleApi } from './console-api.ts';
import { openApi } from './context.ts';
import { diskApi } from './disk-api.ts';
import { envApi } from './env-api.ts';
import { eventApi } from './event-api.ts';
import { guestFileApi } from './guest-file-api.ts';
import { hostApi } from './host-api.ts';
import { imageApi } from './image-api.ts';
import { labApi } from './lab-api.ts';
import { operationApi } from './operation-api.ts';
import { profileApi } from './profile-api.ts';
import { runApi } from './run-api.ts';
import { sessionApi } from './session-api.ts';
import { snapshotApi } from './snapshot-api.ts';
import { teamApi } from './team-api.ts';
import { templateApi } from './template-api.ts';
import { tokenApi } from './token-api.ts';
import { transferApi } from './transfer-api.ts';
import { terminalApi } from './terminal-api.ts';
import { userApi } from './user-api.ts';
import { vmApi } from './vm-api.ts';

export const router = openApi.router({
  host: hostApi,
  admin: adminApi,
  image: imageApi,
  env: envApi,
  vm: vmApi,
  disk: diskApi,
  cd: cdApi,
  snapshot: snapshotApi,
  console: consoleApi,
  operation: operationApi,
  event: eventApi,
  session: sessionApi,
  user: userApi,
  team: teamApi,
  token: tokenApi,
  transfer: transferApi,
  lab: labApi,
  profile: profileApi,
  template: templateApi,
  terminal: terminalApi,
  capsule: capsuleApi,
  run: runApi,
  guestFile: guestFileApi,
  audit: auditApi,
});
