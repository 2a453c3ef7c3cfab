import { ConsoleLogger } from '@nestjs/common';

/** Nest's own start-up chatter, a dozen lines that say what the code says; and its second word on a taken port. */
const NEST_CONTEXTS = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
]);

/** Nest's logger for a service: text for people, or one JSON object a line with the parameters as fields. */
export class ServiceLogger extends ConsoleLogger {
  constructor(name: string, format: 'text' | 'json') {
    // Nest writes colour codes unless it is told; files and pipes have no use for them.
    const colors = process.stdout.isTTY === true && !process.env.NO_COLOR;
    super({ prefix: name, json: format === 'json', compact: true, flattenParams: true, colors });
  }

  override log(message: unknown, ...rest: unknown[]): void {
    if (!NEST_CONTEXTS.has(String(rest.at(-1)))) super.log(message, ...rest);
  }

  override error(message: unknown, ...rest: unknown[]): void {
    if (!NEST_CONTEXTS.has(String(rest.at(-1)))) super.error(message, ...rest);
  }
}
