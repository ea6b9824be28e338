// 模板的错误说明。The words for protocol/error-table-templates.ts; errors.ts puts them together.
import type { ErrorWords } from '../words.ts';

export const zhTemplateErrors = {
  TEMPLATE_NOT_FOUND: {
    message: '没有名为 {templateName} 的模板。',
    fix: '列出模板即可看到名称。其他用户的私有模板不会显示。',
  },
  TEMPLATE_NAME_TAKEN: {
    message: '已有名为 {templateName} 的模板。',
    fix: '请换一个名称。要替换其内容，请先读取它。',
  },
  TEMPLATE_NOT_YOURS: {
    message: '模板 {templateName} 属于 {owner}。',
    fix: '请联系 {owner} 或管理员，或用其他名称保存您的修改。',
  },
  TEMPLATE_CHANGED: {
    message: '您读取之后，{changedBy} 修改了模板 {templateName}；它现在是第 {version} 版。',
    fix: '没有保存任何内容。请查看它现在的内容，或用其他名称保存。',
  },
} as const satisfies Record<string, ErrorWords>;
