import { RunningDemo } from './running-demo.js';

type Way = [name: string, end: (demo: RunningDemo) => void];
const names = ['hello-1', 'hello-2', 'hello-page', 'local-mesh', 'release-controller'];

const script = /^\S*node \S*tools\/start\.js/;
const waysOfStart: Way[] = [
  ['SIGTERM to npm', ({ pid }) => process.kill(pid, 'SIGTERM')],
  ['SIGINT to npm', ({ pid }) => process.kill(pid, 'SIGINT')],
  ['SIGHUP to npm', ({ pid }) => process.kill(pid, 'SIGHUP')],
  ['SIGKILL to npm', ({ pid }) => process.kill(pid, 'SIGKILL')],
  ['SIGINT to the group, as Ctrl-C', ({ pid }) => process.kill(-pid, 'SIGINT')],
  ['SIGHUP to the group, as a closed terminal', ({ pid }) => process.kill(-pid, 'SIGHUP')],
  ['SIGKILL to the group', ({ pid }) => process.kill(-pid, 'SIGKILL')],
  ['SIGTERM to the script', (demo) => process.kill(demo.pidOf(script), 'SIGTERM')],
  ['SIGKILL to the script', (demo) => process.kill(demo.pidOf(script), 'SIGKILL')],
];

const nx = /^\S*node \S*\/nx serve/;
// SIGINT to npx alone is not among them: npx does nothing about it, and nobody else hears of it.
const waysOfServe: Way[] = [
  ['SIGTERM to npx', ({ pid }) => process.kill(pid, 'SIGTERM')],
  ['SIGHUP to npx', ({ pid }) => process.kill(pid, 'SIGHUP')],
  ['SIGKILL to npx', ({ pid }) => process.kill(pid, 'SIGKILL')],
  ['SIGINT to the group, as Ctrl-C', ({ pid }) => process.kill(-pid, 'SIGINT')],
  ['SIGHUP to the group, as a closed terminal', ({ pid }) => process.kill(-pid, 'SIGHUP')],
  ['SIGTERM to nx', (demo) => process.kill(demo.pidOf(nx), 'SIGTERM')],
  ['SIGKILL to nx', (demo) => process.kill(demo.pidOf(nx), 'SIGKILL')],
];

it('is not led astray by what the user has in the environment', async () => {
  const others = [
    'PORT=3000',
    'HOST=nowhere.invalid',
    'http_proxy=http://127.0.0.1:9',
    'no_proxy=*',
    'LOG_FORMAT=x',
  ];
  using demo = await RunningDemo.of('env', ...others, 'npm', 'start');
  expect(demo.programs).toEqual(names);
  const answer = await fetch('http://127.0.0.1:8080/page?name=test');
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringMatching(/^hello [12]$/)]);
  process.kill(demo.pid, 'SIGTERM');
  await demo.ended();
});

describe.each([
  ['npm start', ['npm', 'start'], waysOfStart],
  ['npx nx serve hello-page', ['npx', 'nx', 'serve', 'hello-page'], waysOfServe],
] as Array<[string, [string, ...string[]], Way[]]>)(
  '%s leaves no process and no port behind',
  (_, command, ways) => {
    it.each(ways)(
      '%s',
      async (_name, end) => {
        using demo = await RunningDemo.of(...command);
        expect(demo.programs).toEqual(names);
        end(demo);
        console.info(`ended after ${await demo.ended()} ms`);
        expect(await demo.takenPorts()).toEqual([]);
      },
      // A connection of a test before may hold one of the ports for a minute.
      150_000,
    );
  },
);
