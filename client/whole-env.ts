// One ENV put together from pages: between two of them, an agent with a thousand VMs answers others.
import { type EnvDetail, type EnvPage, type TtClient, TtError } from '@tt/protocol';

/** VMs: some 100 KB of JSON. */
const IN_PAGE = 100;

/**
 * As `env.show` without a limit. What changes meanwhile is as it was when its page came. Rejects with ENV_NOT_FOUND, and as the
 * link does.
 */
export async function wholeEnv({ env }: Pick<TtClient, 'env'>, name: string): Promise<EnvDetail> {
  const vms: EnvDetail['vms'] = [];
  let after: string | undefined;
  for (;;) {
    let page: EnvPage;
    try {
      page = await env.show({ name, limit: IN_PAGE, ...(after !== undefined && { after }) });
    } catch (error) {
      // The last VM of the page before was removed meanwhile.
      if (after !== undefined && error instanceof TtError && error.code === 'VM_NOT_FOUND') return env.show({ name });
      throw error;
    }
    vms.push(...page.vms);
    const { next, ...rest } = page;
    if (next === undefined) return { ...rest, vms };
    after = next;
  }
}
