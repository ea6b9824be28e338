// Generated from QEMU 7.2.22 by `npm run qmp:types`: do not edit. Names follow the way to each type.

export interface QmpCommands {
  block_resize: { arguments: BlockResizeArguments; result: Record<string, never> };
  block_set_io_throttle: { arguments: BlockSetIoThrottleArguments; result: Record<string, never> };
  'blockdev-add': { arguments: BlockdevAddArguments; result: Record<string, never> };
  'blockdev-change-medium': { arguments: BlockdevChangeMediumArguments; result: Record<string, never> };
  'blockdev-del': { arguments: BlockdevDelArguments; result: Record<string, never> };
  'blockdev-reopen': { arguments: BlockdevReopenArguments; result: Record<string, never> };
  cont: { arguments: Record<string, never>; result: Record<string, never> };
  device_add: { arguments: DeviceAddArguments; result: Record<string, never> };
  device_del: { arguments: DeviceDelArguments; result: Record<string, never> };
  eject: { arguments: EjectArguments; result: Record<string, never> };
  'human-monitor-command': { arguments: HumanMonitorCommandArguments; result: string };
  'input-send-event': { arguments: InputSendEventArguments; result: Record<string, never> };
  'job-dismiss': { arguments: JobDismissArguments; result: Record<string, never> };
  migrate: { arguments: MigrateArguments; result: Record<string, never> };
  'migrate-continue': { arguments: MigrateContinueArguments; result: Record<string, never> };
  'migrate-incoming': { arguments: MigrateIncomingArguments; result: Record<string, never> };
  'migrate-set-capabilities': { arguments: MigrateSetCapabilitiesArguments; result: Record<string, never> };
  'migrate-set-parameters': { arguments: MigrateSetParametersArguments; result: Record<string, never> };
  migrate_cancel: { arguments: Record<string, never>; result: Record<string, never> };
  netdev_del: { arguments: NetdevDelArguments; result: Record<string, never> };
  qmp_capabilities: { arguments: QmpCapabilitiesArguments; result: Record<string, never> };
  'query-block': { arguments: Record<string, never>; result: QueryBlockResult[] };
  'query-chardev': { arguments: Record<string, never>; result: QueryChardevResult[] };
  'query-commands': { arguments: Record<string, never>; result: QueryCommandsResult[] };
  'query-jobs': { arguments: Record<string, never>; result: QueryJobsResult[] };
  'query-kvm': { arguments: Record<string, never>; result: QueryKvmResult };
  'query-migrate': { arguments: Record<string, never>; result: QueryMigrateResult };
  'query-name': { arguments: Record<string, never>; result: QueryNameResult };
  'query-named-block-nodes': { arguments: QueryNamedBlockNodesArguments; result: QueryNamedBlockNodesResult[] };
  'query-qmp-schema': { arguments: Record<string, never>; result: QueryQmpSchemaResult[] };
  'query-status': { arguments: Record<string, never>; result: QueryStatusResult };
  'query-uuid': { arguments: Record<string, never>; result: QueryUuidResult };
  'query-version': { arguments: Record<string, never>; result: QueryVersionResult };
  quit: { arguments: Record<string, never>; result: Record<string, never> };
  screendump: { arguments: ScreendumpArguments; result: Record<string, never> };
  set_link: { arguments: SetLinkArguments; result: Record<string, never> };
  'snapshot-delete': { arguments: SnapshotDeleteArguments; result: Record<string, never> };
  'snapshot-load': { arguments: SnapshotLoadArguments; result: Record<string, never> };
  'snapshot-save': { arguments: SnapshotSaveArguments; result: Record<string, never> };
  stop: { arguments: Record<string, never>; result: Record<string, never> };
  system_powerdown: { arguments: Record<string, never>; result: Record<string, never> };
  system_reset: { arguments: Record<string, never>; result: Record<string, never> };
  transaction: { arguments: TransactionArguments; result: Record<string, never> };
  'xen-save-devices-state': { arguments: XenSaveDevicesStateArguments; result: Record<string, never> };
}

export interface QmpEvents {
  BLOCK_IO_ERROR: BlockIoErrorEvent;
  DEVICE_DELETED: DeviceDeletedEvent;
  DEVICE_UNPLUG_GUEST_ERROR: DeviceUnplugGuestErrorEvent;
  GUEST_PANICKED: GuestPanickedEvent;
  JOB_STATUS_CHANGE: JobStatusChangeEvent;
  MIGRATION: MigrationEvent;
  POWERDOWN: Record<string, never>;
  RESET: ResetEvent;
  RESUME: Record<string, never>;
  SHUTDOWN: ShutdownEvent;
  STOP: Record<string, never>;
}

export interface BlockResizeArguments {
  device?: string;
  'node-name'?: string;
  size: number;
}

export interface BlockSetIoThrottleArguments {
  device?: string;
  id?: string;
  bps: number;
  bps_rd: number;
  bps_wr: number;
  iops: number;
  iops_rd: number;
  iops_wr: number;
  bps_max?: number;
  bps_rd_max?: number;
  bps_wr_max?: number;
  iops_max?: number;
  iops_rd_max?: number;
  iops_wr_max?: number;
  bps_max_length?: number;
  bps_rd_max_length?: number;
  bps_wr_max_length?: number;
  iops_max_length?: number;
  iops_rd_max_length?: number;
  iops_wr_max_length?: number;
  iops_size?: number;
  group?: string;
}

export type BlockdevAddArguments = {
  'node-name'?: string;
  discard?: BlockdevAddArgumentsDiscard;
  cache?: BlockdevAddArgumentsCache;
  'read-only'?: boolean;
  'auto-read-only'?: boolean;
  'force-share'?: boolean;
  'detect-zeroes'?: BlockdevAddArgumentsDetectZeroes;
} & (
  | ({ driver: 'blkdebug' } & BlockdevAddArgumentsBlkdebug)
  | ({ driver: 'blklogwrites' } & BlockdevAddArgumentsBlklogwrites)
  | ({ driver: 'blkverify' } & BlockdevAddArgumentsBlkverify)
  | ({ driver: 'blkreplay' } & BlockdevAddArgumentsBlkreplay)
  | ({ driver: 'bochs' } & BlockdevAddArgumentsBochs)
  | ({ driver: 'cloop' } & BlockdevAddArgumentsBochs)
  | ({ driver: 'compress' } & BlockdevAddArgumentsBochs)
  | ({ driver: 'copy-before-write' } & BlockdevAddArgumentsCopyBeforeWrite)
  | ({ driver: 'copy-on-read' } & BlockdevAddArgumentsCopyOnRead)
  | ({ driver: 'dmg' } & BlockdevAddArgumentsBochs)
  | ({ driver: 'file' } & BlockdevAddArgumentsFile)
  | ({ driver: 'ftp' } & BlockdevAddArgumentsFtp)
  | ({ driver: 'ftps' } & BlockdevAddArgumentsFtps)
  | ({ driver: 'gluster' } & BlockdevAddArgumentsGluster)
  | ({ driver: 'host_cdrom' } & BlockdevAddArgumentsFile)
  | ({ driver: 'host_device' } & BlockdevAddArgumentsFile)
  | ({ driver: 'http' } & BlockdevAddArgumentsHttp)
  | ({ driver: 'https' } & BlockdevAddArgumentsHttps)
  | ({ driver: 'iscsi' } & BlockdevAddArgumentsIscsi)
  | ({ driver: 'luks' } & BlockdevAddArgumentsLuks)
  | ({ driver: 'nbd' } & BlockdevAddArgumentsNbd)
  | ({ driver: 'nfs' } & BlockdevAddArgumentsNfs)
  | ({ driver: 'null-aio' } & BlockdevAddArgumentsNullAio)
  | ({ driver: 'null-co' } & BlockdevAddArgumentsNullAio)
  | ({ driver: 'nvme' } & BlockdevAddArgumentsNvme)
  | ({ driver: 'parallels' } & BlockdevAddArgumentsBochs)
  | ({ driver: 'preallocate' } & BlockdevAddArgumentsPreallocate)
  | ({ driver: 'qcow2' } & BlockdevAddArgumentsQcow2)
  | ({ driver: 'qcow' } & BlockdevAddArgumentsQcow)
  | ({ driver: 'qed' } & BlockdevAddArgumentsQed)
  | ({ driver: 'quorum' } & BlockdevAddArgumentsQuorum)
  | ({ driver: 'raw' } & BlockdevAddArgumentsRaw)
  | ({ driver: 'rbd' } & BlockdevAddArgumentsRbd)
  | ({ driver: 'replication' } & BlockdevAddArgumentsReplication)
  | ({ driver: 'snapshot-access' } & BlockdevAddArgumentsBochs)
  | ({ driver: 'ssh' } & BlockdevAddArgumentsSsh)
  | ({ driver: 'throttle' } & BlockdevAddArgumentsThrottle)
  | ({ driver: 'vdi' } & BlockdevAddArgumentsBochs)
  | ({ driver: 'vhdx' } & BlockdevAddArgumentsBochs)
  | ({ driver: 'vmdk' } & BlockdevAddArgumentsQed)
  | ({ driver: 'vpc' } & BlockdevAddArgumentsBochs)
  | ({ driver: 'vvfat' } & BlockdevAddArgumentsVvfat)
);

export interface BlockdevChangeMediumArguments {
  device?: string;
  id?: string;
  filename: string;
  format?: string;
  force?: boolean;
  'read-only-mode'?: BlockdevChangeMediumArgumentsReadOnlyMode;
}

export interface BlockdevDelArguments {
  'node-name': string;
}

export interface BlockdevReopenArguments {
  options: BlockdevAddArguments[];
}

export interface DeviceAddArguments {
  driver: string;
  bus?: string;
  id?: string;
}

export interface DeviceDelArguments {
  id: string;
}

export interface EjectArguments {
  device?: string;
  id?: string;
  force?: boolean;
}

export interface HumanMonitorCommandArguments {
  'command-line': string;
  'cpu-index'?: number;
}

export interface InputSendEventArguments {
  device?: string;
  head?: number;
  events: InputSendEventArgumentsEvents[];
}

export interface JobDismissArguments {
  id: string;
}

export interface MigrateArguments {
  uri: string;
  blk?: boolean;
  inc?: boolean;
  detach?: boolean;
  resume?: boolean;
}

export interface MigrateContinueArguments {
  state: MigrateContinueArgumentsState;
}

export interface MigrateIncomingArguments {
  uri: string;
}

export interface MigrateSetCapabilitiesArguments {
  capabilities: MigrateSetCapabilitiesArgumentsCapabilities[];
}

export interface MigrateSetParametersArguments {
  'announce-initial'?: number;
  'announce-max'?: number;
  'announce-rounds'?: number;
  'announce-step'?: number;
  'compress-level'?: number;
  'compress-threads'?: number;
  'compress-wait-thread'?: boolean;
  'decompress-threads'?: number;
  'throttle-trigger-threshold'?: number;
  'cpu-throttle-initial'?: number;
  'cpu-throttle-increment'?: number;
  'cpu-throttle-tailslow'?: boolean;
  'tls-creds'?: MigrateSetParametersArgumentsTlsCreds;
  'tls-hostname'?: MigrateSetParametersArgumentsTlsCreds;
  'tls-authz'?: MigrateSetParametersArgumentsTlsCreds;
  'max-bandwidth'?: number;
  'downtime-limit'?: number;
  'x-checkpoint-delay'?: number;
  'block-incremental'?: boolean;
  'multifd-channels'?: number;
  'xbzrle-cache-size'?: number;
  'max-postcopy-bandwidth'?: number;
  'max-cpu-throttle'?: number;
  'multifd-compression'?: MigrateSetParametersArgumentsMultifdCompression;
  'multifd-zlib-level'?: number;
  'multifd-zstd-level'?: number;
  'block-bitmap-mapping'?: MigrateSetParametersArgumentsBlockBitmapMapping[];
}

export interface NetdevDelArguments {
  id: string;
}

export interface QmpCapabilitiesArguments {
  enable?: QmpCapabilitiesArgumentsEnable[];
}

export interface QueryBlockResult {
  device: string;
  qdev?: string;
  type: string;
  removable: boolean;
  locked: boolean;
  inserted?: QueryNamedBlockNodesResult;
  tray_open?: boolean;
  'io-status'?: QueryBlockResultIoStatus;
}

export interface QueryChardevResult {
  label: string;
  filename: string;
  'frontend-open': boolean;
}

export interface QueryCommandsResult {
  name: string;
}

export interface QueryJobsResult {
  id: string;
  type: QueryJobsResultType;
  status: QueryJobsResultStatus;
  'current-progress': number;
  'total-progress': number;
  error?: string;
}

export interface QueryKvmResult {
  enabled: boolean;
  present: boolean;
}

export interface QueryMigrateResult {
  status?: MigrateContinueArgumentsState;
  ram?: QueryMigrateResultRam;
  disk?: QueryMigrateResultRam;
  vfio?: QueryMigrateResultVfio;
  'xbzrle-cache'?: QueryMigrateResultXbzrleCache;
  'total-time'?: number;
  'expected-downtime'?: number;
  downtime?: number;
  'setup-time'?: number;
  'cpu-throttle-percentage'?: number;
  'error-desc'?: string;
  'blocked-reasons'?: string[];
  'postcopy-blocktime'?: number;
  'postcopy-vcpu-blocktime'?: number[];
  compression?: QueryMigrateResultCompression;
  'socket-address'?: QueryMigrateResultSocketAddress[];
}

export interface QueryNameResult {
  name?: string;
}

export interface QueryNamedBlockNodesArguments {
  flat?: boolean;
}

export interface QueryNamedBlockNodesResult {
  file: string;
  'node-name'?: string;
  ro: boolean;
  drv: string;
  backing_file?: string;
  backing_file_depth: number;
  encrypted: boolean;
  detect_zeroes: BlockdevAddArgumentsDetectZeroes;
  bps: number;
  bps_rd: number;
  bps_wr: number;
  iops: number;
  iops_rd: number;
  iops_wr: number;
  image: QueryNamedBlockNodesResultImage;
  bps_max?: number;
  bps_rd_max?: number;
  bps_wr_max?: number;
  iops_max?: number;
  iops_rd_max?: number;
  iops_wr_max?: number;
  bps_max_length?: number;
  bps_rd_max_length?: number;
  bps_wr_max_length?: number;
  iops_max_length?: number;
  iops_rd_max_length?: number;
  iops_wr_max_length?: number;
  iops_size?: number;
  group?: string;
  cache: QueryNamedBlockNodesResultCache;
  write_threshold: number;
  'dirty-bitmaps'?: QueryNamedBlockNodesResultDirtyBitmaps[];
}

export type QueryQmpSchemaResult = {
  name: string;
  features?: string[];
} & (
  | ({ 'meta-type': 'builtin' } & QueryQmpSchemaResultBuiltin)
  | ({ 'meta-type': 'enum' } & QueryQmpSchemaResultEnum)
  | ({ 'meta-type': 'array' } & QueryQmpSchemaResultArray)
  | ({ 'meta-type': 'object' } & QueryQmpSchemaResultObject)
  | ({ 'meta-type': 'alternate' } & QueryQmpSchemaResultAlternate)
  | ({ 'meta-type': 'command' } & QueryQmpSchemaResultCommand)
  | ({ 'meta-type': 'event' } & QueryQmpSchemaResultEvent)
);

export interface QueryStatusResult {
  running: boolean;
  singlestep: boolean;
  status: QueryStatusResultStatus;
}

export interface QueryUuidResult {
  UUID: string;
}

export interface QueryVersionResult {
  qemu: QueryVersionResultQemu;
  package: string;
}

export interface ScreendumpArguments {
  filename: string;
  device?: string;
  head?: number;
  format?: ScreendumpArgumentsFormat;
}

export interface SetLinkArguments {
  name: string;
  up: boolean;
}

export interface SnapshotDeleteArguments {
  'job-id': string;
  tag: string;
  devices: string[];
}

export interface SnapshotLoadArguments {
  'job-id': string;
  tag: string;
  vmstate: string;
  devices: string[];
}

export interface SnapshotSaveArguments {
  'job-id': string;
  tag: string;
  vmstate: string;
  devices: string[];
}

export interface TransactionArguments {
  actions: TransactionArgumentsActions[];
  properties?: TransactionArgumentsProperties;
}

export interface XenSaveDevicesStateArguments {
  filename: string;
  live?: boolean;
}

export interface BlockIoErrorEvent {
  device: string;
  'node-name'?: string;
  operation: BlockIoErrorEventOperation;
  action: BlockIoErrorEventAction;
  nospace?: boolean;
  reason: string;
}

export interface DeviceDeletedEvent {
  device?: string;
  path: string;
}

export interface DeviceUnplugGuestErrorEvent {
  device?: string;
  path: string;
}

export interface GuestPanickedEvent {
  action: GuestPanickedEventAction;
  info?: GuestPanickedEventInfo;
}

export interface JobStatusChangeEvent {
  id: string;
  status: QueryJobsResultStatus;
}

export interface MigrationEvent {
  status: MigrateContinueArgumentsState;
}

export interface ResetEvent {
  guest: boolean;
  reason: ResetEventReason;
}

export interface ShutdownEvent {
  guest: boolean;
  reason: ResetEventReason;
}

export type BlockdevAddArgumentsDiscard = 'ignore' | 'unmap';

export interface BlockdevAddArgumentsCache {
  direct?: boolean;
  'no-flush'?: boolean;
}

export type BlockdevAddArgumentsDetectZeroes = 'off' | 'on' | 'unmap';

export interface BlockdevAddArgumentsBlkdebug {
  image: BlockdevAddArgumentsBlkdebugImage;
  config?: string;
  align?: number;
  'max-transfer'?: number;
  'opt-write-zero'?: number;
  'max-write-zero'?: number;
  'opt-discard'?: number;
  'max-discard'?: number;
  'inject-error'?: BlockdevAddArgumentsBlkdebugInjectError[];
  'set-state'?: BlockdevAddArgumentsBlkdebugSetState[];
  'take-child-perms'?: BlockdevAddArgumentsBlkdebugTakeChildPerms[];
  'unshare-child-perms'?: BlockdevAddArgumentsBlkdebugTakeChildPerms[];
}

export interface BlockdevAddArgumentsBlklogwrites {
  file: BlockdevAddArgumentsBlkdebugImage;
  log: BlockdevAddArgumentsBlkdebugImage;
  'log-sector-size'?: number;
  'log-append'?: boolean;
  'log-super-update-interval'?: number;
}

export interface BlockdevAddArgumentsBlkverify {
  test: BlockdevAddArgumentsBlkdebugImage;
  raw: BlockdevAddArgumentsBlkdebugImage;
}

export interface BlockdevAddArgumentsBlkreplay {
  image: BlockdevAddArgumentsBlkdebugImage;
}

export interface BlockdevAddArgumentsBochs {
  file: BlockdevAddArgumentsBlkdebugImage;
}

export interface BlockdevAddArgumentsCopyBeforeWrite {
  file: BlockdevAddArgumentsBlkdebugImage;
  target: BlockdevAddArgumentsBlkdebugImage;
  bitmap?: BlockdevAddArgumentsCopyBeforeWriteBitmap;
  'on-cbw-error'?: BlockdevAddArgumentsCopyBeforeWriteOnCbwError;
  'cbw-timeout'?: number;
}

export interface BlockdevAddArgumentsCopyOnRead {
  file: BlockdevAddArgumentsBlkdebugImage;
  bottom?: string;
}

export interface BlockdevAddArgumentsFile {
  filename: string;
  'pr-manager'?: string;
  locking?: BlockdevAddArgumentsFileLocking;
  aio?: BlockdevAddArgumentsFileAio;
  'aio-max-batch'?: number;
  'drop-cache'?: boolean;
  'x-check-cache-dropped'?: boolean;
}

export interface BlockdevAddArgumentsFtp {
  url: string;
  readahead?: number;
  timeout?: number;
  username?: string;
  'password-secret'?: string;
  'proxy-username'?: string;
  'proxy-password-secret'?: string;
}

export interface BlockdevAddArgumentsFtps {
  url: string;
  readahead?: number;
  timeout?: number;
  username?: string;
  'password-secret'?: string;
  'proxy-username'?: string;
  'proxy-password-secret'?: string;
  sslverify?: boolean;
}

export interface BlockdevAddArgumentsGluster {
  volume: string;
  path: string;
  server: QueryMigrateResultSocketAddress[];
  debug?: number;
  logfile?: string;
}

export interface BlockdevAddArgumentsHttp {
  url: string;
  readahead?: number;
  timeout?: number;
  username?: string;
  'password-secret'?: string;
  'proxy-username'?: string;
  'proxy-password-secret'?: string;
  cookie?: string;
  'cookie-secret'?: string;
}

export interface BlockdevAddArgumentsHttps {
  url: string;
  readahead?: number;
  timeout?: number;
  username?: string;
  'password-secret'?: string;
  'proxy-username'?: string;
  'proxy-password-secret'?: string;
  cookie?: string;
  sslverify?: boolean;
  'cookie-secret'?: string;
}

export interface BlockdevAddArgumentsIscsi {
  transport: BlockdevAddArgumentsIscsiTransport;
  portal: string;
  target: string;
  lun?: number;
  user?: string;
  'password-secret'?: string;
  'initiator-name'?: string;
  'header-digest'?: BlockdevAddArgumentsIscsiHeaderDigest;
  timeout?: number;
}

export interface BlockdevAddArgumentsLuks {
  file: BlockdevAddArgumentsBlkdebugImage;
  'key-secret'?: string;
}

export interface BlockdevAddArgumentsNbd {
  server: QueryMigrateResultSocketAddress;
  export?: string;
  'tls-creds'?: string;
  'tls-hostname'?: string;
  'x-dirty-bitmap'?: string;
  'reconnect-delay'?: number;
  'open-timeout'?: number;
}

export interface BlockdevAddArgumentsNfs {
  server: BlockdevAddArgumentsNfsServer;
  path: string;
  user?: number;
  group?: number;
  'tcp-syn-count'?: number;
  'readahead-size'?: number;
  'page-cache-size'?: number;
  debug?: number;
}

export interface BlockdevAddArgumentsNullAio {
  size?: number;
  'latency-ns'?: number;
  'read-zeroes'?: boolean;
}

export interface BlockdevAddArgumentsNvme {
  device: string;
  namespace: number;
}

export interface BlockdevAddArgumentsPreallocate {
  file: BlockdevAddArgumentsBlkdebugImage;
  'prealloc-align'?: number;
  'prealloc-size'?: number;
}

export interface BlockdevAddArgumentsQcow2 {
  file: BlockdevAddArgumentsBlkdebugImage;
  backing?: BlockdevAddArgumentsQcow2Backing;
  'lazy-refcounts'?: boolean;
  'pass-discard-request'?: boolean;
  'pass-discard-snapshot'?: boolean;
  'pass-discard-other'?: boolean;
  'overlap-check'?: BlockdevAddArgumentsQcow2OverlapCheck;
  'cache-size'?: number;
  'l2-cache-size'?: number;
  'l2-cache-entry-size'?: number;
  'refcount-cache-size'?: number;
  'cache-clean-interval'?: number;
  encrypt?: BlockdevAddArgumentsQcow2Encrypt;
  'data-file'?: BlockdevAddArgumentsBlkdebugImage;
}

export interface BlockdevAddArgumentsQcow {
  file: BlockdevAddArgumentsBlkdebugImage;
  backing?: BlockdevAddArgumentsQcow2Backing;
  encrypt?: BlockdevAddArgumentsQcowEncrypt;
}

export interface BlockdevAddArgumentsQed {
  file: BlockdevAddArgumentsBlkdebugImage;
  backing?: BlockdevAddArgumentsQcow2Backing;
}

export interface BlockdevAddArgumentsQuorum {
  blkverify?: boolean;
  children: BlockdevAddArgumentsBlkdebugImage[];
  'vote-threshold': number;
  'rewrite-corrupted'?: boolean;
  'read-pattern'?: BlockdevAddArgumentsQuorumReadPattern;
}

export interface BlockdevAddArgumentsRaw {
  file: BlockdevAddArgumentsBlkdebugImage;
  offset?: number;
  size?: number;
}

export interface BlockdevAddArgumentsRbd {
  pool: string;
  namespace?: string;
  image: string;
  conf?: string;
  snapshot?: string;
  encrypt?: BlockdevAddArgumentsRbdEncrypt;
  user?: string;
  'auth-client-required'?: BlockdevAddArgumentsRbdAuthClientRequired[];
  'key-secret'?: string;
  server?: BlockdevAddArgumentsRbdServer[];
}

export interface BlockdevAddArgumentsReplication {
  file: BlockdevAddArgumentsBlkdebugImage;
  mode: BlockdevAddArgumentsReplicationMode;
  'top-id'?: string;
}

export interface BlockdevAddArgumentsSsh {
  server: BlockdevAddArgumentsSshServer;
  path: string;
  user?: string;
  'host-key-check'?: BlockdevAddArgumentsSshHostKeyCheck;
}

export interface BlockdevAddArgumentsThrottle {
  'throttle-group': string;
  file: BlockdevAddArgumentsBlkdebugImage;
}

export interface BlockdevAddArgumentsVvfat {
  dir: string;
  'fat-type'?: number;
  floppy?: boolean;
  label?: string;
  rw?: boolean;
}

export type BlockdevChangeMediumArgumentsReadOnlyMode = 'retain' | 'read-only' | 'read-write';

export type InputSendEventArgumentsEvents = (
  | ({ type: 'key' } & InputSendEventArgumentsEventsKey)
  | ({ type: 'btn' } & InputSendEventArgumentsEventsBtn)
  | ({ type: 'rel' } & InputSendEventArgumentsEventsRel)
  | ({ type: 'abs' } & InputSendEventArgumentsEventsRel)
);

export type MigrateContinueArgumentsState = 'none' | 'setup' | 'cancelling' | 'cancelled' | 'active' | 'postcopy-active' | 'postcopy-paused' | 'postcopy-recover' | 'completed' | 'failed' | 'colo' | 'pre-switchover' | 'device' | 'wait-unplug';

export interface MigrateSetCapabilitiesArgumentsCapabilities {
  capability: MigrateSetCapabilitiesArgumentsCapabilitiesCapability;
  state: boolean;
}

export type MigrateSetParametersArgumentsTlsCreds = string | null;

export type MigrateSetParametersArgumentsMultifdCompression = 'none' | 'zlib' | 'zstd';

export interface MigrateSetParametersArgumentsBlockBitmapMapping {
  'node-name': string;
  alias: string;
  bitmaps: MigrateSetParametersArgumentsBlockBitmapMappingBitmaps[];
}

export type QmpCapabilitiesArgumentsEnable = 'oob';

export type QueryBlockResultIoStatus = 'ok' | 'failed' | 'nospace';

export type QueryJobsResultType = 'commit' | 'stream' | 'mirror' | 'backup' | 'create' | 'amend' | 'snapshot-load' | 'snapshot-save' | 'snapshot-delete';

export type QueryJobsResultStatus = 'undefined' | 'created' | 'running' | 'paused' | 'ready' | 'standby' | 'waiting' | 'pending' | 'aborting' | 'concluded' | 'null';

export interface QueryMigrateResultRam {
  transferred: number;
  remaining: number;
  total: number;
  duplicate: number;
  skipped: number;
  normal: number;
  'normal-bytes': number;
  'dirty-pages-rate': number;
  mbps: number;
  'dirty-sync-count': number;
  'postcopy-requests': number;
  'page-size': number;
  'multifd-bytes': number;
  'pages-per-second': number;
  'precopy-bytes': number;
  'downtime-bytes': number;
  'postcopy-bytes': number;
  'dirty-sync-missed-zero-copy': number;
}

export interface QueryMigrateResultVfio {
  transferred: number;
}

export interface QueryMigrateResultXbzrleCache {
  'cache-size': number;
  bytes: number;
  pages: number;
  'cache-miss': number;
  'cache-miss-rate': number;
  'encoding-rate': number;
  overflow: number;
}

export interface QueryMigrateResultCompression {
  pages: number;
  busy: number;
  'busy-rate': number;
  'compressed-size': number;
  'compression-rate': number;
}

export type QueryMigrateResultSocketAddress = (
  | ({ type: 'inet' } & BlockdevAddArgumentsSshServer)
  | ({ type: 'unix' } & QueryMigrateResultSocketAddressUnix)
  | ({ type: 'vsock' } & QueryMigrateResultSocketAddressVsock)
  | ({ type: 'fd' } & QueryMigrateResultSocketAddressFd)
);

export interface QueryNamedBlockNodesResultImage {
  filename: string;
  format: string;
  'dirty-flag'?: boolean;
  'actual-size'?: number;
  'virtual-size': number;
  'cluster-size'?: number;
  encrypted?: boolean;
  compressed?: boolean;
  'backing-filename'?: string;
  'full-backing-filename'?: string;
  'backing-filename-format'?: string;
  snapshots?: QueryNamedBlockNodesResultImageSnapshots[];
  'backing-image'?: QueryNamedBlockNodesResultImage;
  'format-specific'?: QueryNamedBlockNodesResultImageFormatSpecific;
}

export interface QueryNamedBlockNodesResultCache {
  writeback: boolean;
  direct: boolean;
  'no-flush': boolean;
}

export interface QueryNamedBlockNodesResultDirtyBitmaps {
  name?: string;
  count: number;
  granularity: number;
  recording: boolean;
  busy: boolean;
  persistent: boolean;
  inconsistent?: boolean;
}

export interface QueryQmpSchemaResultBuiltin {
  'json-type': QueryQmpSchemaResultBuiltinJsonType;
}

export interface QueryQmpSchemaResultEnum {
  members: QueryQmpSchemaResultEnumMembers[];
  values: string[];
}

export interface QueryQmpSchemaResultArray {
  'element-type': string;
}

export interface QueryQmpSchemaResultObject {
  members: QueryQmpSchemaResultObjectMembers[];
  tag?: string;
  variants?: QueryQmpSchemaResultObjectVariants[];
}

export interface QueryQmpSchemaResultAlternate {
  members: QueryQmpSchemaResultAlternateMembers[];
}

export interface QueryQmpSchemaResultCommand {
  'arg-type': string;
  'ret-type': string;
  'allow-oob'?: boolean;
}

export interface QueryQmpSchemaResultEvent {
  'arg-type': string;
}

export type QueryStatusResultStatus = 'debug' | 'inmigrate' | 'internal-error' | 'io-error' | 'paused' | 'postmigrate' | 'prelaunch' | 'finish-migrate' | 'restore-vm' | 'running' | 'save-vm' | 'shutdown' | 'suspended' | 'watchdog' | 'guest-panicked' | 'colo';

export interface QueryVersionResultQemu {
  major: number;
  minor: number;
  micro: number;
}

export type ScreendumpArgumentsFormat = 'ppm' | 'png';

export type TransactionArgumentsActions = (
  | ({ type: 'abort' } & TransactionArgumentsActionsAbort)
  | ({ type: 'block-dirty-bitmap-add' } & TransactionArgumentsActionsBlockDirtyBitmapAdd)
  | ({ type: 'block-dirty-bitmap-remove' } & TransactionArgumentsActionsBlockDirtyBitmapRemove)
  | ({ type: 'block-dirty-bitmap-clear' } & TransactionArgumentsActionsBlockDirtyBitmapRemove)
  | ({ type: 'block-dirty-bitmap-enable' } & TransactionArgumentsActionsBlockDirtyBitmapRemove)
  | ({ type: 'block-dirty-bitmap-disable' } & TransactionArgumentsActionsBlockDirtyBitmapRemove)
  | ({ type: 'block-dirty-bitmap-merge' } & TransactionArgumentsActionsBlockDirtyBitmapMerge)
  | ({ type: 'blockdev-backup' } & TransactionArgumentsActionsBlockdevBackup)
  | ({ type: 'blockdev-snapshot' } & TransactionArgumentsActionsBlockdevSnapshot)
  | ({ type: 'blockdev-snapshot-internal-sync' } & TransactionArgumentsActionsBlockdevSnapshotInternalSync)
  | ({ type: 'blockdev-snapshot-sync' } & TransactionArgumentsActionsBlockdevSnapshotSync)
  | ({ type: 'drive-backup' } & TransactionArgumentsActionsDriveBackup)
);

export interface TransactionArgumentsProperties {
  'completion-mode'?: TransactionArgumentsPropertiesCompletionMode;
}

export type BlockIoErrorEventOperation = 'read' | 'write';

export type BlockIoErrorEventAction = 'ignore' | 'report' | 'stop';

export type GuestPanickedEventAction = 'pause' | 'poweroff' | 'run';

export type GuestPanickedEventInfo = (
  | ({ type: 'hyper-v' } & GuestPanickedEventInfoHyperV)
  | ({ type: 's390' } & GuestPanickedEventInfoS390)
);

export type ResetEventReason = 'none' | 'host-error' | 'host-qmp-quit' | 'host-qmp-system-reset' | 'host-signal' | 'host-ui' | 'guest-shutdown' | 'guest-reset' | 'guest-panic' | 'subsystem-reset' | 'snapshot-load';

export type BlockdevAddArgumentsBlkdebugImage = BlockdevAddArguments | string;

export interface BlockdevAddArgumentsBlkdebugInjectError {
  event: BlockdevAddArgumentsBlkdebugInjectErrorEvent;
  state?: number;
  iotype?: BlockdevAddArgumentsBlkdebugInjectErrorIotype;
  errno?: number;
  sector?: number;
  once?: boolean;
  immediately?: boolean;
}

export interface BlockdevAddArgumentsBlkdebugSetState {
  event: BlockdevAddArgumentsBlkdebugInjectErrorEvent;
  state?: number;
  new_state: number;
}

export type BlockdevAddArgumentsBlkdebugTakeChildPerms = 'consistent-read' | 'write' | 'write-unchanged' | 'resize';

export interface BlockdevAddArgumentsCopyBeforeWriteBitmap {
  node: string;
  name: string;
}

export type BlockdevAddArgumentsCopyBeforeWriteOnCbwError = 'break-guest-write' | 'break-snapshot';

export type BlockdevAddArgumentsFileLocking = 'auto' | 'on' | 'off';

export type BlockdevAddArgumentsFileAio = 'threads' | 'native' | 'io_uring';

export type BlockdevAddArgumentsIscsiTransport = 'tcp' | 'iser';

export type BlockdevAddArgumentsIscsiHeaderDigest = 'crc32c' | 'none' | 'crc32c-none' | 'none-crc32c';

export interface BlockdevAddArgumentsNfsServer {
  type: BlockdevAddArgumentsNfsServerType;
  host: string;
}

export type BlockdevAddArgumentsQcow2Backing = BlockdevAddArguments | string | null;

export type BlockdevAddArgumentsQcow2OverlapCheck = BlockdevAddArgumentsQcow2OverlapCheck0 | BlockdevAddArgumentsQcow2OverlapCheck1;

export type BlockdevAddArgumentsQcow2Encrypt = (
  | ({ format: 'aes' } & BlockdevAddArgumentsQcow2EncryptAes)
  | ({ format: 'luks' } & BlockdevAddArgumentsQcow2EncryptLuks)
);

export type BlockdevAddArgumentsQcowEncrypt = (
  | ({ format: 'aes' } & BlockdevAddArgumentsQcow2EncryptAes)
);

export type BlockdevAddArgumentsQuorumReadPattern = 'quorum' | 'fifo';

export type BlockdevAddArgumentsRbdEncrypt = (
  | ({ format: 'luks' } & BlockdevAddArgumentsRbdEncryptLuks)
  | ({ format: 'luks2' } & BlockdevAddArgumentsRbdEncryptLuks2)
);

export type BlockdevAddArgumentsRbdAuthClientRequired = 'cephx' | 'none';

export interface BlockdevAddArgumentsRbdServer {
  host: string;
  port: string;
}

export type BlockdevAddArgumentsReplicationMode = 'primary' | 'secondary';

export interface BlockdevAddArgumentsSshServer {
  host: string;
  port: string;
  numeric?: boolean;
  to?: number;
  ipv4?: boolean;
  ipv6?: boolean;
  'keep-alive'?: boolean;
  mptcp?: boolean;
}

export type BlockdevAddArgumentsSshHostKeyCheck = (
  | ({ mode: 'hash' } & BlockdevAddArgumentsSshHostKeyCheckHash)
  | ({ mode: 'none' })
  | ({ mode: 'known_hosts' })
);

export interface InputSendEventArgumentsEventsKey {
  data: InputSendEventArgumentsEventsKeyData;
}

export interface InputSendEventArgumentsEventsBtn {
  data: InputSendEventArgumentsEventsBtnData;
}

export interface InputSendEventArgumentsEventsRel {
  data: InputSendEventArgumentsEventsRelData;
}

export type MigrateSetCapabilitiesArgumentsCapabilitiesCapability = 'xbzrle' | 'rdma-pin-all' | 'auto-converge' | 'zero-blocks' | 'compress' | 'events' | 'postcopy-ram' | 'x-colo' | 'release-ram' | 'block' | 'return-path' | 'pause-before-switchover' | 'multifd' | 'dirty-bitmaps' | 'postcopy-blocktime' | 'late-block-activate' | 'x-ignore-shared' | 'validate-uuid' | 'background-snapshot' | 'zero-copy-send' | 'postcopy-preempt';

export interface MigrateSetParametersArgumentsBlockBitmapMappingBitmaps {
  name: string;
  alias: string;
  transform?: MigrateSetParametersArgumentsBlockBitmapMappingBitmapsTransform;
}

export interface QueryMigrateResultSocketAddressUnix {
  path: string;
  abstract?: boolean;
  tight?: boolean;
}

export interface QueryMigrateResultSocketAddressVsock {
  cid: string;
  port: string;
}

export interface QueryMigrateResultSocketAddressFd {
  str: string;
}

export interface QueryNamedBlockNodesResultImageSnapshots {
  id: string;
  name: string;
  'vm-state-size': number;
  'date-sec': number;
  'date-nsec': number;
  'vm-clock-sec': number;
  'vm-clock-nsec': number;
  icount?: number;
}

export type QueryNamedBlockNodesResultImageFormatSpecific = (
  | ({ type: 'qcow2' } & QueryNamedBlockNodesResultImageFormatSpecificQcow2)
  | ({ type: 'vmdk' } & QueryNamedBlockNodesResultImageFormatSpecificVmdk)
  | ({ type: 'luks' } & QueryNamedBlockNodesResultImageFormatSpecificLuks)
  | ({ type: 'rbd' } & QueryNamedBlockNodesResultImageFormatSpecificRbd)
);

export type QueryQmpSchemaResultBuiltinJsonType = 'string' | 'number' | 'int' | 'boolean' | 'null' | 'object' | 'array' | 'value';

export interface QueryQmpSchemaResultEnumMembers {
  name: string;
  features?: string[];
}

export interface QueryQmpSchemaResultObjectMembers {
  name: string;
  type: string;
  default?: unknown;
  features?: string[];
}

export interface QueryQmpSchemaResultObjectVariants {
  case: string;
  type: string;
}

export interface QueryQmpSchemaResultAlternateMembers {
  type: string;
}

export interface TransactionArgumentsActionsAbort {
  data: Record<string, never>;
}

export interface TransactionArgumentsActionsBlockDirtyBitmapAdd {
  data: TransactionArgumentsActionsBlockDirtyBitmapAddData;
}

export interface TransactionArgumentsActionsBlockDirtyBitmapRemove {
  data: BlockdevAddArgumentsCopyBeforeWriteBitmap;
}

export interface TransactionArgumentsActionsBlockDirtyBitmapMerge {
  data: TransactionArgumentsActionsBlockDirtyBitmapMergeData;
}

export interface TransactionArgumentsActionsBlockdevBackup {
  data: TransactionArgumentsActionsBlockdevBackupData;
}

export interface TransactionArgumentsActionsBlockdevSnapshot {
  data: TransactionArgumentsActionsBlockdevSnapshotData;
}

export interface TransactionArgumentsActionsBlockdevSnapshotInternalSync {
  data: TransactionArgumentsActionsBlockdevSnapshotInternalSyncData;
}

export interface TransactionArgumentsActionsBlockdevSnapshotSync {
  data: TransactionArgumentsActionsBlockdevSnapshotSyncData;
}

export interface TransactionArgumentsActionsDriveBackup {
  data: TransactionArgumentsActionsDriveBackupData;
}

export type TransactionArgumentsPropertiesCompletionMode = 'individual' | 'grouped';

export interface GuestPanickedEventInfoHyperV {
  arg1: number;
  arg2: number;
  arg3: number;
  arg4: number;
  arg5: number;
}

export interface GuestPanickedEventInfoS390 {
  core: number;
  'psw-mask': number;
  'psw-addr': number;
  reason: GuestPanickedEventInfoS390Reason;
}

export type BlockdevAddArgumentsBlkdebugInjectErrorEvent = 'l1_update' | 'l1_grow_alloc_table' | 'l1_grow_write_table' | 'l1_grow_activate_table' | 'l2_load' | 'l2_update' | 'l2_update_compressed' | 'l2_alloc_cow_read' | 'l2_alloc_write' | 'read_aio' | 'read_backing_aio' | 'read_compressed' | 'write_aio' | 'write_compressed' | 'vmstate_load' | 'vmstate_save' | 'cow_read' | 'cow_write' | 'reftable_load' | 'reftable_grow' | 'reftable_update' | 'refblock_load' | 'refblock_update' | 'refblock_update_part' | 'refblock_alloc' | 'refblock_alloc_hookup' | 'refblock_alloc_write' | 'refblock_alloc_write_blocks' | 'refblock_alloc_write_table' | 'refblock_alloc_switch_table' | 'cluster_alloc' | 'cluster_alloc_bytes' | 'cluster_free' | 'flush_to_os' | 'flush_to_disk' | 'pwritev_rmw_head' | 'pwritev_rmw_after_head' | 'pwritev_rmw_tail' | 'pwritev_rmw_after_tail' | 'pwritev' | 'pwritev_zero' | 'pwritev_done' | 'empty_image_prepare' | 'l1_shrink_write_table' | 'l1_shrink_free_l2_clusters' | 'cor_write' | 'cluster_alloc_space' | 'none';

export type BlockdevAddArgumentsBlkdebugInjectErrorIotype = 'read' | 'write' | 'write-zeroes' | 'discard' | 'flush' | 'block-status';

export type BlockdevAddArgumentsNfsServerType = 'inet';

export interface BlockdevAddArgumentsQcow2OverlapCheck0 {
  template?: BlockdevAddArgumentsQcow2OverlapCheck1;
  'main-header'?: boolean;
  'active-l1'?: boolean;
  'active-l2'?: boolean;
  'refcount-table'?: boolean;
  'refcount-block'?: boolean;
  'snapshot-table'?: boolean;
  'inactive-l1'?: boolean;
  'inactive-l2'?: boolean;
  'bitmap-directory'?: boolean;
}

export type BlockdevAddArgumentsQcow2OverlapCheck1 = 'none' | 'constant' | 'cached' | 'all';

export interface BlockdevAddArgumentsQcow2EncryptAes {
  'key-secret'?: string;
}

export interface BlockdevAddArgumentsQcow2EncryptLuks {
  'key-secret'?: string;
}

export interface BlockdevAddArgumentsRbdEncryptLuks {
  'key-secret': string;
}

export interface BlockdevAddArgumentsRbdEncryptLuks2 {
  'key-secret': string;
}

export interface BlockdevAddArgumentsSshHostKeyCheckHash {
  type: BlockdevAddArgumentsSshHostKeyCheckHashType;
  hash: string;
}

export interface InputSendEventArgumentsEventsKeyData {
  key: InputSendEventArgumentsEventsKeyDataKey;
  down: boolean;
}

export interface InputSendEventArgumentsEventsBtnData {
  button: InputSendEventArgumentsEventsBtnDataButton;
  down: boolean;
}

export interface InputSendEventArgumentsEventsRelData {
  axis: InputSendEventArgumentsEventsRelDataAxis;
  value: number;
}

export interface MigrateSetParametersArgumentsBlockBitmapMappingBitmapsTransform {
  persistent?: boolean;
}

export interface QueryNamedBlockNodesResultImageFormatSpecificQcow2 {
  data: QueryNamedBlockNodesResultImageFormatSpecificQcow2Data;
}

export interface QueryNamedBlockNodesResultImageFormatSpecificVmdk {
  data: QueryNamedBlockNodesResultImageFormatSpecificVmdkData;
}

export interface QueryNamedBlockNodesResultImageFormatSpecificLuks {
  data: QueryNamedBlockNodesResultImageFormatSpecificLuksData;
}

export interface QueryNamedBlockNodesResultImageFormatSpecificRbd {
  data: QueryNamedBlockNodesResultImageFormatSpecificRbdData;
}

export interface TransactionArgumentsActionsBlockDirtyBitmapAddData {
  node: string;
  name: string;
  granularity?: number;
  persistent?: boolean;
  disabled?: boolean;
}

export interface TransactionArgumentsActionsBlockDirtyBitmapMergeData {
  node: string;
  target: string;
  bitmaps: TransactionArgumentsActionsBlockDirtyBitmapMergeDataBitmaps[];
}

export interface TransactionArgumentsActionsBlockdevBackupData {
  'job-id'?: string;
  device: string;
  sync: TransactionArgumentsActionsBlockdevBackupDataSync;
  speed?: number;
  bitmap?: string;
  'bitmap-mode'?: TransactionArgumentsActionsBlockdevBackupDataBitmapMode;
  compress?: boolean;
  'on-source-error'?: TransactionArgumentsActionsBlockdevBackupDataOnSourceError;
  'on-target-error'?: TransactionArgumentsActionsBlockdevBackupDataOnSourceError;
  'auto-finalize'?: boolean;
  'auto-dismiss'?: boolean;
  'filter-node-name'?: string;
  'x-perf'?: TransactionArgumentsActionsBlockdevBackupDataXPerf;
  target: string;
}

export interface TransactionArgumentsActionsBlockdevSnapshotData {
  node: string;
  overlay: string;
}

export interface TransactionArgumentsActionsBlockdevSnapshotInternalSyncData {
  device: string;
  name: string;
}

export interface TransactionArgumentsActionsBlockdevSnapshotSyncData {
  device?: string;
  'node-name'?: string;
  'snapshot-file': string;
  'snapshot-node-name'?: string;
  format?: string;
  mode?: TransactionArgumentsActionsBlockdevSnapshotSyncDataMode;
}

export interface TransactionArgumentsActionsDriveBackupData {
  'job-id'?: string;
  device: string;
  sync: TransactionArgumentsActionsBlockdevBackupDataSync;
  speed?: number;
  bitmap?: string;
  'bitmap-mode'?: TransactionArgumentsActionsBlockdevBackupDataBitmapMode;
  compress?: boolean;
  'on-source-error'?: TransactionArgumentsActionsBlockdevBackupDataOnSourceError;
  'on-target-error'?: TransactionArgumentsActionsBlockdevBackupDataOnSourceError;
  'auto-finalize'?: boolean;
  'auto-dismiss'?: boolean;
  'filter-node-name'?: string;
  'x-perf'?: TransactionArgumentsActionsBlockdevBackupDataXPerf;
  target: string;
  format?: string;
  mode?: TransactionArgumentsActionsBlockdevSnapshotSyncDataMode;
}

export type GuestPanickedEventInfoS390Reason = 'unknown' | 'disabled-wait' | 'extint-loop' | 'pgmint-loop' | 'opint-loop';

export type BlockdevAddArgumentsSshHostKeyCheckHashType = 'md5' | 'sha1' | 'sha256';

export type InputSendEventArgumentsEventsKeyDataKey = (
  | ({ type: 'number' } & InputSendEventArgumentsEventsKeyDataKeyNumber)
  | ({ type: 'qcode' } & InputSendEventArgumentsEventsKeyDataKeyQcode)
);

export type InputSendEventArgumentsEventsBtnDataButton = 'left' | 'middle' | 'right' | 'wheel-up' | 'wheel-down' | 'side' | 'extra' | 'wheel-left' | 'wheel-right';

export type InputSendEventArgumentsEventsRelDataAxis = 'x' | 'y';

export interface QueryNamedBlockNodesResultImageFormatSpecificQcow2Data {
  compat: string;
  'data-file'?: string;
  'data-file-raw'?: boolean;
  'extended-l2'?: boolean;
  'lazy-refcounts'?: boolean;
  corrupt?: boolean;
  'refcount-bits': number;
  encrypt?: QueryNamedBlockNodesResultImageFormatSpecificQcow2DataEncrypt;
  bitmaps?: QueryNamedBlockNodesResultImageFormatSpecificQcow2DataBitmaps[];
  'compression-type': QueryNamedBlockNodesResultImageFormatSpecificQcow2DataCompressionType;
}

export interface QueryNamedBlockNodesResultImageFormatSpecificVmdkData {
  'create-type': string;
  cid: number;
  'parent-cid': number;
  extents: QueryNamedBlockNodesResultImage[];
}

export interface QueryNamedBlockNodesResultImageFormatSpecificLuksData {
  'cipher-alg': QueryNamedBlockNodesResultImageFormatSpecificLuksDataCipherAlg;
  'cipher-mode': QueryNamedBlockNodesResultImageFormatSpecificLuksDataCipherMode;
  'ivgen-alg': QueryNamedBlockNodesResultImageFormatSpecificLuksDataIvgenAlg;
  'ivgen-hash-alg'?: QueryNamedBlockNodesResultImageFormatSpecificLuksDataIvgenHashAlg;
  'hash-alg': QueryNamedBlockNodesResultImageFormatSpecificLuksDataIvgenHashAlg;
  'payload-offset': number;
  'master-key-iters': number;
  uuid: string;
  slots: QueryNamedBlockNodesResultImageFormatSpecificLuksDataSlots[];
}

export interface QueryNamedBlockNodesResultImageFormatSpecificRbdData {
  'encryption-format'?: QueryNamedBlockNodesResultImageFormatSpecificRbdDataEncryptionFormat;
}

export type TransactionArgumentsActionsBlockDirtyBitmapMergeDataBitmaps = string | BlockdevAddArgumentsCopyBeforeWriteBitmap;

export type TransactionArgumentsActionsBlockdevBackupDataSync = 'top' | 'full' | 'none' | 'incremental' | 'bitmap';

export type TransactionArgumentsActionsBlockdevBackupDataBitmapMode = 'on-success' | 'never' | 'always';

export type TransactionArgumentsActionsBlockdevBackupDataOnSourceError = 'report' | 'ignore' | 'enospc' | 'stop' | 'auto';

export interface TransactionArgumentsActionsBlockdevBackupDataXPerf {
  'use-copy-range'?: boolean;
  'max-workers'?: number;
  'max-chunk'?: number;
}

export type TransactionArgumentsActionsBlockdevSnapshotSyncDataMode = 'existing' | 'absolute-paths';

export interface InputSendEventArgumentsEventsKeyDataKeyNumber {
  data: number;
}

export interface InputSendEventArgumentsEventsKeyDataKeyQcode {
  data: InputSendEventArgumentsEventsKeyDataKeyQcodeData;
}

export type QueryNamedBlockNodesResultImageFormatSpecificQcow2DataEncrypt = (
  | ({ format: 'luks' } & QueryNamedBlockNodesResultImageFormatSpecificLuksData)
  | ({ format: 'aes' })
);

export interface QueryNamedBlockNodesResultImageFormatSpecificQcow2DataBitmaps {
  name: string;
  granularity: number;
  flags: QueryNamedBlockNodesResultImageFormatSpecificQcow2DataBitmapsFlags[];
}

export type QueryNamedBlockNodesResultImageFormatSpecificQcow2DataCompressionType = 'zlib' | 'zstd';

export type QueryNamedBlockNodesResultImageFormatSpecificLuksDataCipherAlg = 'aes-128' | 'aes-192' | 'aes-256' | 'des' | '3des' | 'cast5-128' | 'serpent-128' | 'serpent-192' | 'serpent-256' | 'twofish-128' | 'twofish-192' | 'twofish-256';

export type QueryNamedBlockNodesResultImageFormatSpecificLuksDataCipherMode = 'ecb' | 'cbc' | 'xts' | 'ctr';

export type QueryNamedBlockNodesResultImageFormatSpecificLuksDataIvgenAlg = 'plain' | 'plain64' | 'essiv';

export type QueryNamedBlockNodesResultImageFormatSpecificLuksDataIvgenHashAlg = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512' | 'ripemd160';

export interface QueryNamedBlockNodesResultImageFormatSpecificLuksDataSlots {
  active: boolean;
  iters?: number;
  stripes?: number;
  'key-offset': number;
}

export type QueryNamedBlockNodesResultImageFormatSpecificRbdDataEncryptionFormat = 'luks' | 'luks2';

export type InputSendEventArgumentsEventsKeyDataKeyQcodeData = 'unmapped' | 'shift' | 'shift_r' | 'alt' | 'alt_r' | 'ctrl' | 'ctrl_r' | 'menu' | 'esc' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '0' | 'minus' | 'equal' | 'backspace' | 'tab' | 'q' | 'w' | 'e' | 'r' | 't' | 'y' | 'u' | 'i' | 'o' | 'p' | 'bracket_left' | 'bracket_right' | 'ret' | 'a' | 's' | 'd' | 'f' | 'g' | 'h' | 'j' | 'k' | 'l' | 'semicolon' | 'apostrophe' | 'grave_accent' | 'backslash' | 'z' | 'x' | 'c' | 'v' | 'b' | 'n' | 'm' | 'comma' | 'dot' | 'slash' | 'asterisk' | 'spc' | 'caps_lock' | 'f1' | 'f2' | 'f3' | 'f4' | 'f5' | 'f6' | 'f7' | 'f8' | 'f9' | 'f10' | 'num_lock' | 'scroll_lock' | 'kp_divide' | 'kp_multiply' | 'kp_subtract' | 'kp_add' | 'kp_enter' | 'kp_decimal' | 'sysrq' | 'kp_0' | 'kp_1' | 'kp_2' | 'kp_3' | 'kp_4' | 'kp_5' | 'kp_6' | 'kp_7' | 'kp_8' | 'kp_9' | 'less' | 'f11' | 'f12' | 'print' | 'home' | 'pgup' | 'pgdn' | 'end' | 'left' | 'up' | 'down' | 'right' | 'insert' | 'delete' | 'stop' | 'again' | 'props' | 'undo' | 'front' | 'copy' | 'open' | 'paste' | 'find' | 'cut' | 'lf' | 'help' | 'meta_l' | 'meta_r' | 'compose' | 'pause' | 'ro' | 'hiragana' | 'henkan' | 'yen' | 'muhenkan' | 'katakanahiragana' | 'kp_comma' | 'kp_equals' | 'power' | 'sleep' | 'wake' | 'audionext' | 'audioprev' | 'audiostop' | 'audioplay' | 'audiomute' | 'volumeup' | 'volumedown' | 'mediaselect' | 'mail' | 'calculator' | 'computer' | 'ac_home' | 'ac_back' | 'ac_forward' | 'ac_refresh' | 'ac_bookmarks' | 'lang1' | 'lang2';

export type QueryNamedBlockNodesResultImageFormatSpecificQcow2DataBitmapsFlags = 'in-use' | 'auto';
