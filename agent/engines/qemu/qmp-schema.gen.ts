// Generated from QEMU 7.2.22 by `npm run qmp:types`: do not edit. Names follow the way to each type.

export interface QmpCommands {
  block_resize: { arguments: BlockResizeArguments; result: Record<string, never> };
  cont: { arguments: Record<string, never>; result: Record<string, never> };
  'human-monitor-command': { arguments: HumanMonitorCommandArguments; result: string };
  'job-dismiss': { arguments: JobDismissArguments; result: Record<string, never> };
  qmp_capabilities: { arguments: QmpCapabilitiesArguments; result: Record<string, never> };
  'query-chardev': { arguments: Record<string, never>; result: QueryChardevResult[] };
  'query-jobs': { arguments: Record<string, never>; result: QueryJobsResult[] };
  'query-kvm': { arguments: Record<string, never>; result: QueryKvmResult };
  'query-name': { arguments: Record<string, never>; result: QueryNameResult };
  'query-named-block-nodes': { arguments: QueryNamedBlockNodesArguments; result: QueryNamedBlockNodesResult[] };
  'query-qmp-schema': { arguments: Record<string, never>; result: QueryQmpSchemaResult[] };
  'query-status': { arguments: Record<string, never>; result: QueryStatusResult };
  'query-uuid': { arguments: Record<string, never>; result: QueryUuidResult };
  'query-version': { arguments: Record<string, never>; result: QueryVersionResult };
  quit: { arguments: Record<string, never>; result: Record<string, never> };
  screendump: { arguments: ScreendumpArguments; result: Record<string, never> };
  'snapshot-delete': { arguments: SnapshotDeleteArguments; result: Record<string, never> };
  'snapshot-load': { arguments: SnapshotLoadArguments; result: Record<string, never> };
  'snapshot-save': { arguments: SnapshotSaveArguments; result: Record<string, never> };
  stop: { arguments: Record<string, never>; result: Record<string, never> };
  system_powerdown: { arguments: Record<string, never>; result: Record<string, never> };
  system_reset: { arguments: Record<string, never>; result: Record<string, never> };
}

export interface QmpEvents {
  BLOCK_IO_ERROR: BlockIoErrorEvent;
  GUEST_PANICKED: GuestPanickedEvent;
  JOB_STATUS_CHANGE: JobStatusChangeEvent;
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

export interface HumanMonitorCommandArguments {
  'command-line': string;
  'cpu-index'?: number;
}

export interface JobDismissArguments {
  id: string;
}

export interface QmpCapabilitiesArguments {
  enable?: QmpCapabilitiesArgumentsEnable[];
}

export interface QueryChardevResult {
  label: string;
  filename: string;
  'frontend-open': boolean;
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
  detect_zeroes: QueryNamedBlockNodesResultDetectZeroes;
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

export interface BlockIoErrorEvent {
  device: string;
  'node-name'?: string;
  operation: BlockIoErrorEventOperation;
  action: BlockIoErrorEventAction;
  nospace?: boolean;
  reason: string;
}

export interface GuestPanickedEvent {
  action: GuestPanickedEventAction;
  info?: GuestPanickedEventInfo;
}

export interface JobStatusChangeEvent {
  id: string;
  status: QueryJobsResultStatus;
}

export interface ResetEvent {
  guest: boolean;
  reason: ResetEventReason;
}

export interface ShutdownEvent {
  guest: boolean;
  reason: ResetEventReason;
}

export type QmpCapabilitiesArgumentsEnable = 'oob';

export type QueryJobsResultType = 'commit' | 'stream' | 'mirror' | 'backup' | 'create' | 'amend' | 'snapshot-load' | 'snapshot-save' | 'snapshot-delete';

export type QueryJobsResultStatus = 'undefined' | 'created' | 'running' | 'paused' | 'ready' | 'standby' | 'waiting' | 'pending' | 'aborting' | 'concluded' | 'null';

export type QueryNamedBlockNodesResultDetectZeroes = 'off' | 'on' | 'unmap';

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

export type BlockIoErrorEventOperation = 'read' | 'write';

export type BlockIoErrorEventAction = 'ignore' | 'report' | 'stop';

export type GuestPanickedEventAction = 'pause' | 'poweroff' | 'run';

export type GuestPanickedEventInfo = (
  | ({ type: 'hyper-v' } & GuestPanickedEventInfoHyperV)
  | ({ type: 's390' } & GuestPanickedEventInfoS390)
);

export type ResetEventReason = 'none' | 'host-error' | 'host-qmp-quit' | 'host-qmp-system-reset' | 'host-signal' | 'host-ui' | 'guest-shutdown' | 'guest-reset' | 'guest-panic' | 'subsystem-reset' | 'snapshot-load';

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

export type GuestPanickedEventInfoS390Reason = 'unknown' | 'disabled-wait' | 'extint-loop' | 'pgmint-loop' | 'opint-loop';

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

export type QueryNamedBlockNodesResultImageFormatSpecificQcow2DataBitmapsFlags = 'in-use' | 'auto';
