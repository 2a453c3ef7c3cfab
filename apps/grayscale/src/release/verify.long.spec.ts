import { writeFile } from 'node:fs/promises';
import { setTimeout as after } from 'node:timers/promises';
import { Stage } from './testing/stage.js';

it('verify tells a split that is in force from one that is not, and no requests from both', async () => {
  await using stage = await Stage.set();
  const verify = async (...args: string[]) => {
    const verified = stage.grayscale('verify', '-f', 'k8s/internal', '--metrics', stage.metrics, ...args);
    return { code: await verified.exit, output: verified.output };
  };
  expect(await verify('--for', '500ms')).toMatchObject({
    code: 83,
    output: expect.stringContaining('No request was counted'),
  });
  {
    await using _ = stage.traffic({ requestsPerSecond: 200 });
    await after(500);
    const inForce = await verify('--for', '3s', '-o', 'json');
    expect(inForce.code).toBe(0);
    const { kind, shares } = JSON.parse(inForce.output);
    expect([kind, shares.map(({ written }: { written: number }) => written)]).toEqual([
      'SplitVerification',
      [90, 10],
    ]);
    const other = (await stage.rule())
      .replace('weight: 90', 'weight: 40')
      .replace('weight: 10', 'weight: 60');
    await writeFile(stage.at('other.yaml'), other);
    const differing = stage.grayscale(
      'verify',
      'hello-ext-svc',
      '-f',
      'other.yaml',
      '--metrics',
      stage.metrics,
    );
    expect(await differing.exit).toBe(79);
    expect(differing.output).toMatch(
      /hello-2\.svc\.cluster\.local:8080 {2}60 % written, .* observed .*: differs\n/,
    );
  }
  const unreachable = stage.grayscale(
    'verify',
    '-f',
    'k8s/internal',
    '--metrics',
    'http://127.0.0.1:9/',
    '--for',
    '500ms',
  );
  expect([await unreachable.exit, unreachable.output]).toEqual([
    69,
    expect.stringContaining('refuses the connection'),
  ]);
});
