import { spawnSync } from 'node:child_process';

/** `node:module` as it was before Node.js 22.1, whose absence of a function shows an old Node.js. */
const older =
  'data:text/javascript,import m from "node:module"; delete m.enableCompileCache; m.syncBuiltinESMExports()';

it.each(['local-mesh', 'grayscale'])('%s says in one line that Node.js is too old', (name) => {
  const program = `apps/${name}/bin/${name}.js`;
  const { status, stderr } = spawnSync(process.execPath, ['--import', older, program, '--version'], {
    encoding: 'utf8',
  });
  expect(stderr).toBe(`${name} needs Node.js 22.19 or newer; this is ${process.version}.\n`);
  expect(status).toBe(1);
});
