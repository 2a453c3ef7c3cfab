import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

it('a contributor has a cluster with one command, and nothing of it after Ctrl-C', async () => {
  const script = join(import.meta.dirname, 'up.ts');
  const child = spawn(process.execPath, [script, '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const exit = once(child, 'close');
  try {
    while (!printed.includes('Ctrl-C')) await Promise.race([once(child.stdout, 'data'), exit.then(failed)]);
    const [, kubeconfig = ''] = /export KUBECONFIG=(\S+)/.exec(printed) ?? [];
    const [, kubectl = ''] = /export PATH=(\S+):\$PATH/.exec(printed) ?? [];
    const asked = ['--kubeconfig', kubeconfig, 'get', 'virtualservices', '--all-namespaces'];
    const { stderr } = await promisify(execFile)(join(kubectl, 'kubectl'), asked);
    expect(stderr).toBe('No resources found\n');
    child.kill('SIGINT');
    expect(await exit).toEqual([0, null]);
    await expect(access(kubeconfig)).rejects.toThrow('ENOENT');
  } finally {
    child.kill('SIGKILL');
  }
});

function failed(): never {
  throw new Error('it ended before the cluster was there');
}
