/** Prints lines for a person. Standard output is the access log's alone. */
export function say(...lines: string[]): void {
  if (lines.length === 0) return;
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
}

/** What the operating system said about a port, and what to do about it. */
export function listenFailure(
  error: unknown,
  { address, port, option }: { address: string; port: number; option: string },
): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    EADDRINUSE: `port ${port} of ${address} is taken by another program; end that one or choose another port with ${option} (0 takes any free one).`,
    EACCES: `port ${port} of ${address} needs more rights than this user has; choose one above 1023 with ${option}.`,
    EADDRNOTAVAIL: `${address} is not an address of this machine; choose another with --address.`,
  };
  return `${reasons[code ?? ''] ?? `cannot listen on port ${port} of ${address}: ${message}`}`;
}
