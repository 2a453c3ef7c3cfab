import { isObject, type Location } from '@grayscale/traffic-rules';
import {
  type CaseRequest,
  ruleParts,
  type TestCase,
  type Wanted,
  type WantedDestination,
} from './test-case.js';

/** A file of cases that cannot be understood. */
export class MalformedCases extends Error {
  override readonly name = 'MalformedCases';

  constructor({ file, line, column }: Location, problem: string) {
    super(`${file}:${line}:${column}: ${problem}`);
  }
}

type Path = ReadonlyArray<string | number>;

const caseFields = [
  'description',
  'wantMatch',
  'request',
  'route',
  'status',
  'virtualService',
  'rule',
  ...ruleParts,
];
const requestFields = ['authority', 'method', 'uri', 'headers', 'scheme', 'port'];

/** Turns the content of one document into cases, and says where it cannot. */
export class CaseReader {
  constructor(
    private readonly root: unknown,
    private readonly locate: (path: Path) => Location,
  ) {}

  cases(): TestCase[] {
    this.record(this.root, [], ['testCases']);
    const { testCases } = this.root as { testCases?: unknown };
    return this.list(testCases, ['testCases']).map((value, index) => this.case(value, ['testCases', index]));
  }

  private case(value: unknown, path: Path): TestCase {
    const fields = this.record(value, path, caseFields);
    const { description = `case ${Number(path.at(-1)) + 1}`, wantMatch } = fields;
    if (typeof description !== 'string') this.fail([...path, 'description'], 'must be a string');
    // istio-config-validator takes a missing wantMatch as false; a case that says nothing is more likely meant to hold.
    if (wantMatch !== undefined && typeof wantMatch !== 'boolean')
      this.fail([...path, 'wantMatch'], 'must be true or false');
    return {
      description: description as string,
      location: this.locate(path),
      wantMatch: wantMatch !== false,
      requests: this.requests(fields.request, [...path, 'request']),
      want: this.wanted(fields, path),
    };
  }

  private requests(value: unknown, path: Path): CaseRequest[] {
    if (value === undefined)
      this.fail(path, 'is missing; a case has request: with authority, method and uri');
    const {
      authority,
      method = ['GET'],
      uri = ['/'],
      headers = {},
      scheme = 'http',
      port,
    } = this.record(value, path, requestFields);
    if (authority === undefined)
      this.fail([...path, 'authority'], 'is missing; write the host, as authority: [hello.com]');
    const lines = Object.entries(this.record(headers, [...path, 'headers'])).flatMap(([name, one]) =>
      this.texts(one, [...path, 'headers', name]).map((text) => `${name}: ${text}`),
    );
    if (scheme !== 'http' && scheme !== 'https') this.fail([...path, 'scheme'], 'must be http or https');
    const suffix = port === undefined ? '' : `:${this.port(port, [...path, 'port'])}`;
    return this.texts(uri, [...path, 'uri']).flatMap((target) =>
      this.texts(authority, [...path, 'authority']).flatMap((host) =>
        this.texts(method, [...path, 'method']).map((one) => ({
          url: `${scheme}://${host}${suffix}${target.startsWith('/') ? target : `/${target}`}`,
          method: one,
          headers: lines,
        })),
      ),
    );
  }

  private wanted(fields: Record<string, unknown>, path: Path): Wanted {
    const { route, status, virtualService, rule } = fields;
    if (status !== undefined && !Number.isInteger(status))
      this.fail([...path, 'status'], 'must be a number such as 404');
    for (const name of ['virtualService', 'rule'] as const) {
      if (fields[name] !== undefined && typeof fields[name] !== 'string')
        this.fail([...path, name], 'must be a string');
    }
    const parts = ruleParts.filter((part) => fields[part] !== undefined && fields[part] !== null);
    return {
      rule: Object.fromEntries(parts.map((part) => [part, this.record(fields[part], [...path, part])])),
      ...(route === undefined ? {} : { route: this.route(route, [...path, 'route']) }),
      ...(status === undefined ? {} : { status: status as number }),
      ...(virtualService === undefined ? {} : { virtualService: virtualService as string }),
      ...(rule === undefined ? {} : { ruleName: rule as string }),
    };
  }

  private route(value: unknown, path: Path): WantedDestination[] {
    return this.list(value, path).map((entry, index) => this.destination(entry, [...path, index]));
  }

  private destination(value: unknown, path: Path): WantedDestination {
    const { destination, weight } = this.record(value, path, ['destination', 'weight', 'headers']);
    const { host, port, subset } = this.record(
      destination,
      [...path, 'destination'],
      ['host', 'port', 'subset'],
    );
    if (typeof host !== 'string') this.fail([...path, 'destination', 'host'], 'must be the name of a host');
    if (subset !== undefined && typeof subset !== 'string')
      this.fail([...path, 'destination', 'subset'], 'must be a string');
    if (weight !== undefined && !(typeof weight === 'number' && weight >= 0))
      this.fail([...path, 'weight'], 'must be a number from 0');
    const number =
      port === undefined ? undefined : this.record(port, [...path, 'destination', 'port'], ['number']).number;
    return {
      host: host as string,
      ...(number === undefined
        ? {}
        : { port: this.port(number, [...path, 'destination', 'port', 'number']) }),
      ...(subset === undefined ? {} : { subset: subset as string }),
      ...(weight === undefined ? {} : { weight: weight as number }),
    };
  }

  private port(value: unknown, path: Path): number {
    if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535) return Number(value);
    return this.fail(path, 'must be a port from 1 to 65535');
  }

  /** A string, or a list of them with at least one. */
  private texts(value: unknown, path: Path): string[] {
    const list = Array.isArray(value) ? value : [value];
    if (list.length === 0) this.fail(path, 'is empty; write at least one');
    return list.map((one: unknown, index) => {
      if (typeof one === 'string') return one;
      return this.fail(
        Array.isArray(value) ? [...path, index] : path,
        'must be a string; quote numbers and booleans',
      );
    });
  }

  private list(value: unknown, path: Path): unknown[] {
    return Array.isArray(value) ? value : this.fail(path, 'must be a list');
  }

  private record(value: unknown, path: Path, known?: readonly string[]): Record<string, unknown> {
    if (!isObject(value)) return this.fail(path, 'must be a map of fields');
    const unknown = known && Object.keys(value).find((name) => !known.includes(name));
    if (unknown !== undefined)
      this.fail([...path, unknown], `is not a field here; there are ${known?.join(', ')}`);
    return value;
  }

  private fail(path: Path, problem: string): never {
    const text = path
      .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
      .join('')
      .replace(/^\./, '');
    throw new MalformedCases(this.locate(path), `${text} ${problem}.`);
  }
}
