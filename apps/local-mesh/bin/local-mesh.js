#!/usr/bin/env node
// Stands outside dist so that npm can link it before the first build.
import * as nodeModule from 'node:module';

if (nodeModule.enableCompileCache === undefined) {
  console.error(`local-mesh needs Node.js 22.19 or newer; this is ${process.version}.`);
  process.exit(1);
}
// Some 250 modules are compiled at each start otherwise: a seventh of the processor's time of a short command.
nodeModule.enableCompileCache();
await import('../dist/main.js');
