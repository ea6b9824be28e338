// What administrators ask an agent about itself: each part is made where the agent is put together, and asked by the calls of `admin`.
import type {
  HostFindings,
  Hour,
  LogQuery,
  LogTailAnswer,
  NetworkReport,
  ServerCertificate,
  StorageReport,
  VersionReport,
} from '@tt/protocol';

export interface Administration {
  /** Findings that are at most this many seconds old. */
  findings(maxAgeS: number): Promise<HostFindings>;
  storage(): Promise<StorageReport>;
  networks(): NetworkReport;
  hour(): Hour;
  log(query: LogQuery): LogTailAnswer;
  /** null without TLS. */
  certificate(): ServerCertificate | null;
  version(): Promise<VersionReport>;
}
