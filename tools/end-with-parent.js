// `node --import ./tools/end-with-parent.js PROGRAM`: the program is told to end when the process that started it is gone, however that
// came: a parent that is killed outright tells nobody.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
}, 500).unref();
