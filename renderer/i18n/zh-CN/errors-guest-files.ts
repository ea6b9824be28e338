// 客户机中文件的错误说明。The words for protocol/error-table-guest-files.ts; errors.ts puts them together.
import type { ErrorWords } from '../words.ts';

export const zhGuestFilesErrors = {
  GUEST_FILES_UNREACHABLE: {
    message: '无法与 {vmName} 传输文件：{reason}。',
    fix: '请等它启动完毕，并确认其中运行着 guest agent，然后重试：文件会从中断处继续。',
  },
  GUEST_FILE_EXISTS: {
    message: '{vmName} 中已有 {path}，且内容不同。',
    fix: '请换一个路径，或覆盖它。',
  },
  GUEST_FILE_MISSING: { message: '{vmName} 中没有 {path}。', fix: '请检查路径，以及读取它的用户。' },
  GUEST_FILE_REFUSED: {
    message: '{vmName} 拒绝了 {path}：{reason}。',
    fix: '请检查路径、所有者，以及该用户在客户机中的权限。',
  },
  GUEST_FILE_CHANGED: {
    message: '{vmName} 中的 {path} 在读取时发生了变化。',
    fix: '请在没有程序写入它时重新获取。',
  },
  GUEST_FILES_TOO_MANY: {
    message: '{vmName} 中的 {path} 包含超过 {most} 个文件。',
    fix: '请选择较小的目录，或先在客户机中打包成一个文件。',
  },
  GUEST_DISK_FULL: {
    message: '{vmName} 的磁盘没有空间存放 {path}。',
    fix: '请在该客户机中释放空间，或扩大其磁盘。其中不会留下写了一半的内容。',
  },
  GUEST_LIST_INVALID: {
    message: '{vmName} 列出了 {path}，它不可能是所请求目录下的文件。',
    fix: '没有写入任何内容。请检查该客户机中是什么程序在应答。',
  },
} as const satisfies Record<string, ErrorWords>;
