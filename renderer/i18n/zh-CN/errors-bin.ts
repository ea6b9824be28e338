// 回收站相关错误的中文说明。
import type { ErrorCode } from '@tt/protocol';
import type { ErrorWords } from '../words.ts';

export const zhBinErrors = {
  ENV_DELETED: {
    message: '{envName} 已删除；它在回收站中保留到 {keptUntil}。',
    fix: '请先取回（“tt env restore {envName}”），或将其彻底删除。',
  },
  ENV_NOT_DELETED: { message: '{envName} 不在回收站中。', fix: '请查看回收站中可取回的环境。' },
  ENV_NAME_IN_BIN: {
    message: '回收站中有名为 {envName} 的环境。',
    fix: '请换一个名称、取回那个环境，或将其彻底删除（“tt env purge {envName}”）。',
  },
} as const satisfies Partial<Record<ErrorCode, ErrorWords>>;
