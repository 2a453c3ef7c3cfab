/** Whether new work is welcome. */
export class Readiness {
  private state: 'ready' | 'draining' = 'ready';

  get isReady(): boolean {
    return this.state === 'ready';
  }

  startDraining(): void {
    this.state = 'draining';
  }
}
