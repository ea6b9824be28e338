// 客户机中命令行的错误。See errors.ts.
import type { ErrorWords } from '../words.ts';

export const zhShellsErrors = {
  SHELL_GUEST_UNREACHABLE: {
    message: '无法在 {vmName} 中打开命令行：{reason}。',
    fix: '请等它启动完毕，在其中安装 guest agent，或使用其串口控制台。',
  },
  SHELL_LIMIT: { message: '您已打开 {most} 个命令行，达到上限。', fix: '请先关闭其中一个。' },
  SHELL_VM_LIMIT: { message: '{vmName} 中已打开 {most} 个命令行，达到上限。', fix: '请先关闭其中一个。' },
  SHELL_REFUSED: {
    message: '{vmName} 的客户机无法启动该命令行：{reason}。',
    fix: '请检查该客户机中的用户、程序和目录。',
  },
  SHELL_ENDED: { message: '{vmName} 中的命令行已结束：{reason}。', fix: '请在虚拟机运行时重新打开。' },
  SHELL_NO_TERMINAL: {
    message: '命令行需要字符终端，但标准输入或标准输出不是。',
    fix: '请在字符终端中运行；不需要它的命令请使用“tt env run”。',
  },
  SHELL_ONE_VM: {
    message: '交互式命令需要恰好一台虚拟机，现指定了 {count} 台。',
    fix: '请用“--vm”或“--os-prefix”选择一台。',
  },
} as const satisfies Record<string, ErrorWords>;
