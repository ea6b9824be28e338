// The manual page tt-proxy(8), made from its flags. `npm run man` writes it.
import { optionLines, pageHead, roffPair, roffText } from '@tt/client/command-docs';
import type { Command } from 'commander';

/** The whole page; the same for the same flags. */
export function proxyManPage(program: Command, version: string): string {
  return [
    ...pageHead({ program: 'tt-proxy', section: 8, version, about: 'one address in front of an agent of TT' }),
    '.SH SYNOPSIS',
    '.B tt\\-proxy',
    '.I options',
    '.SH DESCRIPTION',
    roffText(program.description()),
    roffText('Installed as a service it is told about its agent in /etc/default/tt-proxy, and started with'),
    roffText('"systemctl enable --now tt-proxy".'),
    '.SH OPTIONS',
    ...program.options.filter(({ hidden }) => !hidden).flatMap(optionLines),
    '.SH FILES',
    ...roffPair('/etc/default/tt-proxy', 'the flags of the service'),
    ...roffPair('/var/lib/tt-proxy', 'its token and its certificate authority'),
    '.SH SIGNALS',
    ...roffPair('SIGHUP', 'reads the certificate files again, where there are some; otherwise ends the proxy'),
    ...roffPair('SIGTERM, SIGINT', 'end the proxy'),
    '.SH SEE ALSO',
    '.BR tt (1),',
    '.BR tt\\-agent (8)',
    '',
  ].join('\n');
}
