import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runCaptured } from './testing/run-captured.js';

const root = join(import.meta.dirname, '../../..');
const internal = ['-f', join(root, 'k8s/internal'), '-f', join(root, 'k8s/local')];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grayscale-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

const broken = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v}
spec:
  hosts: [a.com]
  http:
  - route:
    - destination: {host: b.com}
      weight: -1
`;

it('is described command by command in its README', async () => {
  const readme = await readFile(join(root, 'apps/grayscale/README.md'), 'utf8');
  const commands = (await runCaptured('complete', '')).out
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '');
  expect(commands).toContain('check');
  expect(
    commands.filter((name) => !new RegExp(`(?:\`|^## |grayscale )${name}\\b`, 'm').test(readme)),
  ).toEqual([]);
});

describe('grayscale headers', () => {
  const rule = join(root, 'k8s/internal/virtual-service-test-v1.yaml');

  it('lists the headers that the rules match on as rules for header-propagation, with their places', async () => {
    const { code, out } = await runCaptured('headers', '-f', rule);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual([{ header: 'user', place: expect.stringMatching(/test-v1\.yaml:\d+$/) }]);
    expect((await runCaptured('headers', '-f', rule, '-o', 'text')).out).toMatch(/^user {2}.+:\d+\n$/);
  });

  it('writes what check --forwarded-headers reads', async () => {
    const written = await file('headers.json', (await runCaptured('headers', '-f', rule)).out);
    const set = ['-f', rule, '-f', join(root, 'k8s/local'), '--forwarded-headers'];
    expect((await runCaptured('check', ...set, written)).out).not.toContain('header-not-forwarded');
    const others = await file(
      'others.json',
      '["x-a", { "query": "name", "to": "x-b" }, { "bucket": "x-c" }]',
    );
    expect((await runCaptured('check', ...set, others)).out).toMatch(
      /x-a, x-b, x-c.*\[header-not-forwarded\]/,
    );
  });

  it('ends with 79 where the rules cannot be put in force, and says why', async () => {
    const { code, err } = await runCaptured('headers', '-f', await file('broken.yaml', broken));
    expect([code, err]).toEqual([79, expect.stringMatching(/cannot be put in force[\s\S]*broken\.yaml:9:7/)]);
  });

  it.each([
    ['{', /Expected property name/],
    ['{}', /a list of rules is needed/],
    ['[1]', /\[0\]: not a rule of header-propagation/],
  ])('check says what is wrong with a file of rules: %s', async (text, message) => {
    const path = await file('wrong.json', text);
    const { code, err } = await runCaptured('check', ...internal, '--forwarded-headers', path);
    expect([code, err]).toEqual([64, expect.stringMatching(message)]);
    expect(
      (await runCaptured('check', ...internal, '--forwarded-headers', join(folder, 'no.json'))).code,
    ).toBe(64);
  });
});

describe('grayscale check', () => {
  it('finds nothing wrong with the manifests of this repository', async () => {
    const { code, out } = await runCaptured('check', ...internal);
    expect(code).toBe(0);
    expect(out).toMatch(/^0 errors, 0 warnings in \d+ files$/m);
  });

  it('ends with 79 and names file, line, column and field of an error', async () => {
    const path = await file('broken.yaml', broken);
    const { code, out } = await runCaptured('check', '-f', path);
    expect(code).toBe(79);
    expect(out).toMatch(
      new RegExp(
        `^${path}:9:7: error: VirtualService default/v spec\\.http\\[0\\]\\.route\\[0\\]\\.weight: `,
        'm',
      ),
    );
    expect(out).toMatch(/^1 error, /m);
  });

  it('gives the list of issues as JSON', async () => {
    const { code, out } = await runCaptured('check', '-f', await file('broken.yaml', broken), '-o', 'json');
    expect(code).toBe(79);
    expect(JSON.parse(out)).toEqual([
      {
        code: expect.any(String),
        severity: 'error',
        file: join(folder, 'broken.yaml'),
        line: 9,
        column: 7,
        path: 'spec.http[0].route[0].weight',
        resource: 'VirtualService default/v',
        message: expect.any(String),
        refusedBy: 'istio',
      },
    ]);
  });

  it('ends with 0 when there are warnings alone', async () => {
    const path = await file('warning.yaml', broken.replace('-1', '1').replace('b.com', 'nobody.example'));
    const { code, out } = await runCaptured('check', '-f', path);
    expect(code).toBe(0);
    expect(out).toMatch(/^0 errors, [1-9]\d* warnings? in 1 file$/m);
  });
});

describe('grayscale check --explain', () => {
  it('says what a code means, without any rules', async () => {
    const { code, out } = await runCaptured('check', '--explain', 'weights-zero');
    expect(code).toBe(0);
    expect(out).toMatch(/^weights-zero: error, Istio refuses it\n\n.+\n\n {2}wrong: .+\n {2}right: .+\n$/);
  });

  it('refuses a code that does not exist', async () => {
    const { code, err } = await runCaptured('check', '--explain', 'weight-zero');
    expect(code).toBe(64);
    expect(err).toContain('there is no issue with the code "weight-zero"');
  });
});

describe('rules that Envoy refuses', () => {
  const refused = broken.replace('weight: -1', 'headers: {request: {set: {a: "%USER%"}}}');

  it.each([
    ['explain', 'http://a.com/'],
    ['test', 'cases.yaml'],
  ])('are named by %s, which does not use them', async (command, argument) => {
    await file(
      'cases.yaml',
      'testCases:\n- description: a\n  wantMatch: true\n  request: {authority: [a.com], uri: [/], method: [GET]}\n  route: [{destination: {host: b.com}}]\n',
    );
    const path = await file('refused.yaml', refused);
    const target = argument.endsWith('.yaml') ? join(folder, argument) : argument;
    const { code, out, err } = await runCaptured(command, '-f', path, target);
    expect([code, out]).toEqual([79, '']);
    expect(err).toMatch(
      /refused\.yaml:9:.* \[envoy-refuses-header-command\]\nThese rules cannot be put in force/,
    );
  });
});

it('rules without services are said to be so, and can be asked all the same', async () => {
  const alone = await file(
    'alone.yaml',
    `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: shop}
spec: {hosts: [front.com], http: [{route: [{destination: {host: back.example, port: {number: 8080}}}]}]}
`,
  );
  expect((await runCaptured('check', '-f', alone)).out).toContain('[no-services]');
  expect((await runCaptured('check', '-f', alone, '--assume-services')).out).toBe(
    '0 errors, 0 warnings in 1 file\n',
  );
  const asked = await runCaptured('explain', '-f', alone, '--assume-services', 'http://front.com/');
  expect(asked.out).toContain('100 %  back.example:8080');
  const cases = await file(
    'cases.yaml',
    'testCases:\n- {wantMatch: true, request: {authority: front.com}, route: [{destination: {host: back.example}}]}\n',
  );
  expect((await runCaptured('test', '-f', alone, '--assume-services', cases)).code).toBe(0);
});

describe('grayscale explain', () => {
  it('tells a person where a request goes', async () => {
    const { code, out } = await runCaptured(
      'explain',
      ...internal,
      '-H',
      'user: test',
      'http://hello.com/hello',
    );
    expect(code).toBe(0);
    expect(out).toContain('90 %  hello.hello-1.svc.cluster.local:8080');
    expect(out).toContain('virtual-service-v2-10.yaml:11');
  });

  it('gives the explanation as JSON', async () => {
    const { out } = await runCaptured('explain', ...internal, '-X', 'POST', '-o', 'json', 'hello.com/hello');
    expect(JSON.parse(out)).toMatchObject({
      request: { method: 'POST', authority: 'hello.com', port: 80 },
      decision: { kind: 'forward' },
      destinations: [{ share: 0.9 }, { share: 0.1 }],
    });
  });

  it('takes the scheme that a proxy before reports, as a sidecar does', async () => {
    const header = ['-H', 'x-forwarded-proto: https'];
    const { out } = await runCaptured('explain', ...internal, ...header, '-o', 'json', 'http://hello.com/');
    expect(JSON.parse(out)).toMatchObject({ request: { scheme: 'https', port: 80 } });
  });

  it('does not explain rules with errors', async () => {
    const { code, out, err } = await runCaptured(
      'explain',
      '-f',
      await file('broken.yaml', broken),
      'http://a.com/',
    );
    expect([code, out]).toEqual([79, '']);
    expect(err).toMatch(/:9:7: error: /);
  });
});

describe('grayscale test', () => {
  const example = join(root, 'apps/grayscale/examples/internal.cases.yaml');

  it('passes the example', async () => {
    const { code, out } = await runCaptured('test', ...internal, example);
    expect(out).toContain('3 of 3 cases passed, 10 requests');
    expect(code).toBe(0);
  });

  it('ends with 79 and says what was wanted, what came, and why', async () => {
    const cases = await file(
      'failing.yaml',
      `testCases:
- description: all to hello-2
  wantMatch: true
  request: {authority: [hello.com], method: [GET], uri: [/hello], headers: {user: test}}
  route: [{destination: {host: hello.hello-2.svc.cluster.local}}]
`,
    );
    const { code, out } = await runCaptured('test', ...internal, cases);
    expect(code).toBe(79);
    expect(out).toContain(`FAILED  all to hello-2 (${cases}:2)`);
    expect(out).toContain("  GET http://hello.com/hello  -H 'user: test'");
    expect(out).toContain(
      'wanted hello.hello-2.svc.cluster.local, got hello.hello-1.svc.cluster.local:8080 90 % + ',
    );
    expect(out).toContain('| VirtualService hello-page/hello-ext-svc');
    expect(out).toContain('0 of 1 cases passed');
  });

  it('reports as JUnit', async () => {
    const cases = await file(
      'junit.yaml',
      `testCases:
- {description: 'good "one"', request: {authority: hello.com}}
- {description: <bad>, request: {authority: hello.com}, status: 404}
`,
    );
    const { code, out } = await runCaptured('test', ...internal, cases, '-o', 'junit');
    expect(code).toBe(79);
    expect(out).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites tests="2" failures="1" errors="0" skipped="0">/,
    );
    expect(out).toContain('name="good &#34;one&#34;"');
    expect(out).toMatch(/name="&#60;bad&#62;".*>\n\s*<failure message="status: wanted 404, got none">/);
  });

  const rules = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: v, namespace: hello-page}
spec:
  hosts: [hello.com]
  http:
  - name: moved
    match: [{uri: {prefix: /old}}]
    redirect: {uri: /new, redirectCode: 302}
  - match: [{uri: {prefix: /slow}}]
    fault: {delay: {fixedDelay: 2s, percentage: {value: 50}}}
    rewrite: {uri: /fast}
    headers: {request: {set: {a: b}}}
    route: [{destination: {host: hello, subset: v1, port: {number: 80}}}]
  - match: [{method: {exact: GET}}]
    route:
    - {destination: {host: one.example, port: {number: 80}}, weight: 1}
    - {destination: {host: two.example, port: {number: 80}}, weight: 3}
    - {destination: {host: three.example, port: {number: 80}}, weight: 0}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: hello, namespace: hello-page}
spec: {hosts: [hello.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: STATIC}
`;
  const verdicts: Array<[string, string, boolean]> = [
    ['a redirect as written', 'uri: /old}, redirect: {uri: /new}', true],
    ['another redirect', 'uri: /old}, redirect: {uri: /newer}', false],
    ['the status of the redirect', 'uri: /old}, status: 302', true],
    ['the name of the rule', 'uri: /old}, rule: moved, virtualService: v', true],
    ['another VirtualService', 'uri: /old}, virtualService: other/v', false],
    [
      'fault, rewrite and headers',
      'uri: /slow}, fault: {delay: {fixedDelay: 2s}}, rewrite: {uri: /fast}, headers: {request: {set: {a: b}}}',
      true,
    ],
    ['a fault of another length', 'uri: /slow}, fault: {delay: {fixedDelay: 3s}}', false],
    ['a short name and its subset', 'uri: /slow}, route: [{destination: {host: hello, subset: v1}}]', true],
    ['another subset', 'uri: /slow}, route: [{destination: {host: hello, subset: v2}}]', false],
    [
      'shares of another total, in another order',
      'uri: /}, route: [{destination: {host: two.example}, weight: 75}, {destination: {host: one.example}, weight: 25}]',
      true,
    ],
    [
      'other shares',
      'uri: /}, route: [{destination: {host: two.example}, weight: 50}, {destination: {host: one.example}, weight: 50}]',
      false,
    ],
    [
      'hosts without weights',
      'uri: /}, route: [{destination: {host: two.example}}, {destination: {host: one.example}}]',
      true,
    ],
    ['one host too few', 'uri: /}, route: [{destination: {host: two.example}}]', false],
    [
      'another port',
      'uri: /}, route: [{destination: {host: two.example, port: {number: 81}}}, {destination: {host: one.example}}]',
      false,
    ],
    ['no rule, by its status', 'uri: /, method: POST}, status: 404', true],
    ['any rule, when there is none', 'uri: /, method: POST}', false],
  ];
  it.each(verdicts)('compares %s', async (_, rest, holds) => {
    const path = await file('rules.yaml', rules);
    for (const wantMatch of [true, false]) {
      const cases = await file(
        'cases.yaml',
        `testCases:\n- {wantMatch: ${wantMatch}, request: {authority: hello.com, ${rest}}\n`,
      );
      const { code, out, err } = await runCaptured('test', '-f', path, cases);
      expect({ code, out, err }).toMatchObject({ code: wantMatch === holds ? 0 : 79 });
    }
  });

  const answered: Array<[string, string, string[], boolean, RegExp?]> = [
    ['a preflight by CORS', '{method: OPTIONS}, status: 200', [], true],
    [
      'a request that no preflight is',
      '{method: GET}, status: 200',
      [],
      false,
      /status: wanted 200, got nothing|status: wanted 200/,
    ],
    ['an abort of all', '{uri: /all}, status: 503', [], true],
    [
      'an abort of some',
      '{uri: /some}, status: 503',
      [],
      false,
      /got "?503 for 30 %, the other 70 % sent on/,
    ],
    [
      'a connection that is closed',
      '{authority: far.example, port: 99}, status: 502',
      ['--outbound-traffic-policy', 'REGISTRY_ONLY'],
      false,
      /no answer: the connection is closed/,
    ],
    [
      'a stranger',
      '{authority: far.example}, status: 502',
      ['--outbound-traffic-policy', 'REGISTRY_ONLY'],
      true,
    ],
  ];
  it.each(answered)('compares what the mesh answers: %s', async (_, rest, options, holds, said = /./) => {
    const http = `
  - match: [{uri: {prefix: /all}}]
    fault: {abort: {httpStatus: 503, percentage: {value: 100}}}
    route: [{destination: {host: hello.com}}]
  - match: [{uri: {prefix: /some}}]
    fault: {abort: {httpStatus: 503, percentage: {value: 30}}}
    route: [{destination: {host: hello.com}}]
  - corsPolicy: {allowOrigins: [{exact: "https://a.example"}], allowMethods: [GET]}
    route: [{destination: {host: hello.com}}]
---`;
    const path = await file('answers.yaml', rules.replace(/http:\n.*?---/s, `http:${http}`));
    const preflight = '{origin: "https://a.example", access-control-request-method: GET}';
    const request = rest.replace('{', `{authority: hello.com, headers: ${preflight}, `);
    const cases = await file(
      'cases.yaml',
      `testCases:\n- {wantMatch: true, request: ${request.replace(/authority: hello.com, (.*authority)/, '$1')}}\n`,
    );
    const { code, out } = await runCaptured('test', '-f', path, cases, ...options);
    expect({ code, out }).toMatchObject({ code: holds ? 0 : 79, out: expect.stringMatching(said) });
  });

  it('compares the delegate, and what is written in it', async () => {
    const leaf =
      'http:\n  - rewrite: {uri: /b}\n    route: [{destination: {host: hello.com, port: {number: 80}}}]\n';
    const root = rules.replace(/http:\n.*?---/s, 'http:\n  - delegate: {name: leaf}\n---');
    const path = await file(
      'delegates.yaml',
      `${root}---\n${rules.split('spec:')[0]?.replace('name: v', 'name: leaf')}spec:\n  ${leaf}`,
    );
    const cases = await file(
      'cases.yaml',
      'testCases:\n- {request: {authority: hello.com}, delegate: {name: leaf}, rewrite: {uri: /b}}\n',
    );
    expect(await runCaptured('test', '-f', path, cases)).toMatchObject({ code: 0, err: '' });
  });

  const malformed: Array<[string, string, string]> = [
    ['not YAML', 'testCases: [', ':1:'],
    ['empty', '', ':1:1: '],
    ['without cases', 'testCases: []', ':1:1: '],
    ['another map', 'tests: []', ':1:1: tests is not a field here'],
    ['without request', 'testCases:\n- description: a\n', ':2:3: testCases[0].request is missing'],
    ['without authority', 'testCases:\n- request: {uri: [/]}\n', 'testCases[0].request.authority is missing'],
    [
      'with a number for a string',
      'testCases:\n- request: {authority: [1]}\n',
      ':2:25: testCases[0].request.authority[0] must be a string',
    ],
    [
      'with an unknown field',
      'testCases:\n- request: {authority: a}\n  wantmatch: true\n',
      ':3:3: testCases[0].wantmatch is not a field here',
    ],
    ['with a bad header', 'testCases:\n- request: {authority: a, headers: {"a b": c}}\n', ':2:3: '],
  ];
  it.each(malformed)('refuses cases that are %s with 64 and the place', async (_, text, place) => {
    const cases = await file('malformed.yaml', text);
    const { code, err } = await runCaptured('test', ...internal, cases);
    expect(code).toBe(64);
    expect(err).toContain(`grayscale: ${cases}`);
    expect(err).toContain(place);
    expect(err.trimEnd()).not.toContain('\n');
  });
});

describe('the command line', () => {
  const wrong: string[][] = [
    [],
    ['chek', '-f', 'a'],
    ['check'],
    ['check', '-f', 'a', '-o', 'xml'],
    ['check', '-f', 'a', 'b'],
    ['explain', '-f', 'a'],
    ['explain', ...internal, 'ftp://hello.com/'],
    ['explain', ...internal, 'http://hello.com/a b'],
    ['explain', ...internal, '-H', 'user', 'http://hello.com/'],
    ['test', '-f', 'a'],
    ['test', ...internal, 'no-such-file.yaml'],
  ];
  it.each(wrong.map((argv) => [argv]))('ends with 64 for %j', async (argv) => {
    const { code, err } = await runCaptured(...argv);
    expect(code).toBe(64);
    expect(err).not.toBe('');
  });

  it.each([['--help'], ['check', '--help'], ['--version']])('ends with 0 for %s %s', async (...argv) => {
    expect((await runCaptured(...argv.filter((word) => word !== undefined))).code).toBe(0);
  });

  it('runs as a process of its own', async () => {
    const script = join(root, 'apps/grayscale/bin/grayscale.js');
    const { stdout } = await promisify(execFile)(process.execPath, [script, 'check', ...internal]);
    expect(stdout).toMatch(/^0 errors, /m);
  });
});

describe('a mistake of ours', () => {
  /** Our code throws where it meets the field `engineFails`, or, asked to, once it has its answer. */
  const fault = `const { entries } = Object;
    Object.entries = (object) => {
      if (Object.hasOwn(object, 'engineFails')) throw new TypeError('the engine failed');
      return entries(object);
    };
    if (process.env.FAIL_LATE) process.stdout.write = () => { throw new RangeError('late'); };`;
  const run = async (environment: Record<string, string>, ...args: string[]) => {
    const script = join(import.meta.dirname, '../bin/grayscale.js');
    const faulty = ['--import', `data:text/javascript,${encodeURIComponent(fault)}`];
    return await promisify(execFile)(process.execPath, [...faulty, script, ...args], {
      env: { ...process.env, ...environment },
    }).catch((error: { code: number; stdout: string; stderr: string }) => error);
  };
  const commands = (rules: string, cases: string) => [
    ['check', '-f', rules],
    ['explain', 'http://a.com/', '-f', rules],
    ['test', cases, '-f', rules],
  ];

  it('is an error with the name of the file for every command, never a stack', async () => {
    const rules = await file('faulty.yaml', broken.replace('{name: v}', '{name: v, engineFails: true}'));
    const cases = await file('some.cases.yaml', 'testCases: [{request: {authority: a.com}}]');
    for (const args of commands(rules, cases)) {
      const { stdout, stderr, ...ended } = await run({}, ...args);
      expect(ended).toMatchObject({ code: 79 });
      expect(stdout + stderr).toMatch(new RegExp(`^${rules}:1:1: error: .*\\[engine-failure\\]$`, 'm'));
      expect(stdout + stderr).not.toMatch(/^ +at /m);
    }
  });

  it('is told in one line wherever it happens, with exit status 70', async () => {
    const rules = await file('sound.yaml', broken.replace('-1', '1'));
    const cases = await file('some.cases.yaml', 'testCases: [{request: {authority: a.com}}]');
    for (const args of commands(rules, cases)) {
      const { stderr, ...ended } = await run({ FAIL_LATE: 'yes' }, ...args);
      expect(ended).toMatchObject({ code: 70 });
      expect(stderr).toMatch(/^grayscale: this is a bug in grayscale, .* \(RangeError: late\.\) .*\n$/);
    }
  });
});

describe('--gateway', () => {
  const gateway = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: edge, namespace: istio-system}
spec:
  selector: {istio: ingressgateway}
  servers:
  - {port: {number: 80, name: http, protocol: HTTP}, hosts: [hello.com]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: front, namespace: hello-page}
spec:
  hosts: [hello.com]
  gateways: [istio-system/edge]
  http:
  - route:
    - {destination: {host: hello.hello-1.svc.cluster.local, port: {number: 8080}}, weight: 90}
    - {destination: {host: hello.hello-2.svc.cluster.local, port: {number: 8080}}, weight: 10}
`;

  const route = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: front, namespace: hello-page} # ours
spec:
  parentRefs: [{group: '', kind: Service, name: hello, namespace: hello-1, port: 8080}]
  rules:
  - backendRefs:
    - {name: hello, namespace: hello-1, port: 8080, weight: 3} # stable
    - {name: hello, namespace: hello-2, port: 8080}
`;

  it('explains what clients of the gateway meet', async () => {
    const rules = await file('gateway.yaml', gateway);
    const { code, out } = await runCaptured(
      'explain',
      ...internal,
      '-f',
      rules,
      '--gateway',
      'edge',
      'http://hello.com/',
    );
    expect(code).toBe(0);
    expect(out).toContain('VirtualService hello-page/front, http[0] decides.');
    const refused = await runCaptured('explain', '-f', rules, '--gateway', 'edge', 'http://hello.com:81/');
    expect(refused.out).toContain('No server of the gateway takes connections to port 81');
  });

  it('plays test cases at the gateway', async () => {
    const rules = await file('gateway.yaml', gateway);
    const cases = await file(
      'gateway-cases.yaml',
      `testCases:
- description: another host is nobody's
  wantMatch: true
  request: {authority: [other.com], method: [GET], uri: [/]}
  status: 404
`,
    );
    expect((await runCaptured('test', '-f', rules, '--gateway', 'istio-system/edge', cases)).code).toBe(0);
  });

  it('is found by weight set for rules that are for a gateway alone', async () => {
    const rules = await file('gateway.yaml', gateway);
    const { code, out } = await runCaptured(
      ...['weight', 'set', ...internal, '-f', rules, 'front', '--to', 'hello.hello-2=50', '--dry-run'],
    );
    expect(code).toBe(0);
    expect(out).toContain(
      'All requests to hello.com through gateway istio-system/edge follow the new weights.',
    );
  });

  it('is found for a route of the Gateway API, whose weights are read and set where they stand', async () => {
    const rules = await file('route.yaml', route);
    const { out } = await runCaptured('weight', 'get', '-f', rules);
    expect(out).toMatch(
      /^hello-page\/front#0 .*\n.*hello-1\.svc\.cluster\.local:8080 +3 +75 %\n.*hello-2\.svc.* +1 +25 %\n$/,
    );
    const { code } = await runCaptured(
      'weight',
      'set',
      ...internal,
      '-f',
      rules,
      'front',
      '--to',
      'hello-2=50',
    );
    expect(code).toBe(0);
    expect(await readFile(rules, 'utf8')).toBe(
      route.replace('weight: 3', 'weight: 2').replace('port: 8080}\n', 'port: 8080, weight: 2}\n'),
    );
    const json = await runCaptured('weight', 'get', '-f', rules, '-o', 'json');
    expect(JSON.parse(json.out).items[0].httpRoute).toEqual({ namespace: 'hello-page', name: 'front' });
  });

  it('has to be the name of a Gateway, and excludes a workload', async () => {
    const rules = await file('gateway.yaml', gateway);
    const unknown = await runCaptured('explain', '-f', rules, '--gateway', 'edgy', 'http://hello.com/');
    expect(unknown.code).toBe(79);
    expect(unknown.err).toContain('there is no Gateway edgy; the Gateways here are istio-system/edge.');
    const both = await runCaptured(
      'explain',
      '-f',
      rules,
      '--gateway',
      'edge',
      '-n',
      'a',
      'http://hello.com/',
    );
    expect(both.code).toBe(64);
  });
});
