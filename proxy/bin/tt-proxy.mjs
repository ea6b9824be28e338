#!/usr/bin/env node
// Entry of the `tt-proxy` command.
import { launch } from '../../client/node/launch.mjs';

await launch('tt-proxy', 'proxy');
