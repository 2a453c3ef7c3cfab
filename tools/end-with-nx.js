// `node --import ./tools/end-with-nx.js PROGRAM` for `nx serve`: the program ends when the nx that runs it is gone, or the npx that
// started nx: npx stands behind a shell, which passes no signal on and leaves nx running.
import { execFileSync } from 'node:child_process';

const runsNx = /[\\/]nx(?:\.js)?["']? /;
const isNpm = /^npm |[\\/](?:npm|npx)(?:-cli\.js)? /;

/** The processes that this one runs under, its own parent first, up to the first one. */
function ancestors() {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const processes = new Map(
    lines.map((line) => {
      const [, pid, parent, command] = /^ *(\d+) +(\d+) (.*)$/.exec(line) ?? [];
      return [Number(pid), { pid: Number(pid), parent: Number(parent), command }];
    }),
  );
  const found = [];
  for (
    let one = processes.get(process.ppid);
    one !== undefined && one.pid > 1;
    one = processes.get(one.parent)
  )
    found.push(one);
  return found;
}

/** Those that it ends with: up to nx, and further up to npm where that started nx. */
function watched() {
  const all = ancestors();
  const nx = all.findIndex(({ command }) => runsNx.test(command));
  if (nx < 0) return [];
  const npm = all.findIndex(({ command }, index) => index > nx && isNpm.test(command));
  // `npx nx` is npm, its shell, and nx.
  return all.slice(0, Math.max(nx, npm - nx > 2 ? nx : npm) + 1).map(({ pid }) => pid);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const pids = watched();
// Under `node --watch` it is the watcher that has to end: it would wait for a change, and ends this one with itself.
const own = process.env.WATCH_REPORT_DEPENDENCIES === undefined ? process.pid : process.ppid;
setInterval(() => {
  if (!pids.every(isAlive)) process.kill(own, 'SIGTERM');
}, 500).unref();
