// The public interface of the contract package.
export * from './asked-by.ts';
export * from './audited-calls.ts';
export * from './automatic-names.ts';
export * from './content-security-policy.ts';
export * from './contract.ts';
export * from './destinations.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './hello.ts';
export * from './image-file.ts';
export type { RemovedVm } from './methods/env.ts';
export { type HostKeySource, type SshKey, sshKeySchema } from './methods/env-ssh-key.ts';
export { COPIES_MAX, type CopyPlan, copyPlanSchema } from './methods/fork.ts';
export { type EnvDetail, type EnvPage, envDetailSchema, MOST_IN_PAGE } from './methods/env-detail.ts';
export { type AuditQuery, DEFAULT_AUDIT_ENTRIES, MOST_AUDIT_ENTRIES } from './methods/audit.ts';
export * from './model/administration.ts';
export * from './model/audit.ts';
export * from './model/background-task.ts';
export * from './model/capsule.ts';
export { notes as notesSchema, title as titleSchema } from './model/common.ts';
export * from './model/disk.ts';
export {
  type RunDetail,
  type RunOutputChannel,
  runDetailSchema,
  runOutputChannelSchema,
} from './methods/run.ts';
export {
  JOIN_CODE_LIFETIME_MS,
  LOGIN_CALLBACK_PATH,
  loginFailures,
  type SessionView,
  sessionViewSchema,
  UNKNOWN_LOGIN,
} from './methods/session.ts';
export { TOKEN_NAME_MAX, type TokenView, tokenViewSchema } from './methods/token.ts';
export { type Assignment, assignmentSchema } from './methods/terminal.ts';
export * from './model/env.ts';
export * from './model/env-file.ts';
export * from './model/matrix-file.ts';
export * from './model/matrix-report.ts';
export * from './model/metrics.ts';
export * from './model/guest-file.ts';
export * from './model/guest-health.ts';
export * from './model/host.ts';
export * from './model/identity.ts';
export * from './model/image.ts';
export * from './model/keyboard-layouts.ts';
export * from './model/lab.ts';
export * from './model/machine-fields.ts';
export * from './model/machine-spec.ts';
export * from './model/network.ts';
export * from './model/operation.ts';
export * from './model/operation-kind.ts';
export * from './model/cloud-init.ts';
export * from './model/port-health.ts';
export * from './model/presence.ts';
export * from './model/recording.ts';
export * from './model/run.ts';
export * from './model/run-limits.ts';
export * from './model/run-results.ts';
export * from './model/shell.ts';
export * from './model/snapshot.ts';
export * from './model/snapshot-comparison.ts';
export * from './model/team.ts';
export * from './model/template.ts';
export * from './model/transfer.ts';
export * from './model/us-keyboard.ts';
export * from './model/user.ts';
export * from './model/vm.ts';
export * from './names.ts';
export * from './streams.ts';
export * from './terms/index.ts';
export * from './visible.ts';
