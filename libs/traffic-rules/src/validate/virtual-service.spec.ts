import { findings, virtualServiceOf } from '../../test/issues.js';

type Row = [when: string, spec: string, ...found: string[]];

const to = 'route: [{destination: {host: a.example}}]';

/** By the numbers of the specification of Istio's validation. */
const documents: Row[] = [
  [
    '1: a delegate has no gateways',
    `gateways: [mesh]\nhttp: [{${to}}]`,
    'error delegate-conflict spec.gateways',
  ],
  ['1: a delegate has no tcp', `tcp: [{${to}}]`, 'error delegate-conflict spec.tcp'],
  ['2: a host has no port', `hosts: ["a.com:80"]\nhttp: [{${to}}]`, 'error host-invalid spec.hosts[0]'],
  ['2: a host has no underscore', `hosts: [a_b.com]\nhttp: [{${to}}]`, 'error host-invalid spec.hosts[0]'],
  [
    '2: a wildcard is the first part',
    `hosts: ["a.*.com"]\nhttp: [{${to}}]`,
    'error host-invalid spec.hosts[0]',
  ],
  ['2: *foo and *-foo are wildcards', `hosts: ["*foo.com", "*-bar.com"]\nhttp: [{${to}}]`],
  ['2: the last part is not a number', `hosts: [a.123]\nhttp: [{${to}}]`, 'error host-invalid spec.hosts[0]'],
  ['2: a trailing dot is allowed', `hosts: ["a.com."]\nhttp: [{${to}}]`],
  ['2: an address is allowed', `hosts: ["10.0.0.1", "2001:db8::1"]\nhttp: [{${to}}]`],
  [
    '2: 255 characters are the most',
    `hosts: [${'a.'.repeat(128)}com]\nhttp: [{${to}}]`,
    'error host-invalid spec.hosts[0]',
  ],
  ['3: * is for gateways', `hosts: ["*"]\nhttp: [{${to}}]`, 'error host-invalid spec.hosts[0]'],
  ['3: * is allowed for a gateway', `hosts: ["*"]\ngateways: [a/b]\nhttp: [{${to}}]`],
  [
    '3: * is not allowed for a gateway and the mesh',
    `hosts: ["*"]\ngateways: [a/b, mesh]\nhttp: [{${to}}]`,
    'error host-invalid spec.hosts[0]',
  ],
  [
    '4: a wildcard covers a host',
    `hosts: [a.com, "*.com"]\nhttp: [{${to}}]`,
    'error host-duplicate spec.hosts[1]',
  ],
  [
    '4: a wildcard covers a wildcard',
    `hosts: ["*.a.com", "*.com"]\nhttp: [{${to}}]`,
    'error host-duplicate spec.hosts[1]',
  ],
  ['4: letter case counts', `hosts: [a.com, A.com]\nhttp: [{${to}}]`],
  ['5: there are rules', 'hosts: [a.com]', 'error rules-missing spec'],
  ['6: a rule is not null', 'hosts: [a.com]\nhttp: [null]', 'error action-missing spec.http[0]'],
  [
    '7: a gateway is namespace/name',
    `hosts: [a.com]\ngateways: [a/]\nhttp: [{${to}}]`,
    'error gateway-name-invalid spec.gateways[0]',
  ],
  [
    '7: a domain is the old way',
    `hosts: [a.com]\ngateways: [g.ns.svc]\nhttp: [{${to}}]`,
    'warning gateway-name-legacy spec.gateways[0]',
  ],
  [
    '8: exportTo has no namespace twice',
    `hosts: [a.com]\nexportTo: [., hello-page]\nhttp: [{${to}}]`,
    'error export-to-invalid spec.exportTo[1]',
  ],
  [
    '8: * stands alone',
    `hosts: [a.com]\nexportTo: ["*", b]\nhttp: [{${to}}]`,
    'error export-to-invalid spec.exportTo',
  ],
  [
    '8: ~ is for ServiceEntries',
    `hosts: [a.com]\nexportTo: ["~"]\nhttp: [{${to}}]`,
    'error export-to-invalid spec.exportTo[0]',
  ],
  [
    '8: a namespace is a DNS label',
    `hosts: [a.com]\nexportTo: [a.b]\nhttp: [{${to}}]`,
    'error export-to-invalid spec.exportTo[0]',
  ],
];

const rules: Row[] = [
  [
    '9: claims are for gateways',
    `match: [{headers: {"@request.auth.claims.sub": {exact: a}}}]\n${to}`,
    'error jwt-claim-without-gateway spec.http[0].match[0].headers["@request.auth.claims.sub"]',
  ],
  ...['%%', 'a%%b', '100%%', '%%%REQ(a)%%%'].map(
    (value): Row => [`9: ${value} is a value`, `headers: {request: {set: {a: '${value}'}}}\n${to}`],
  ),
  ...['%', 'a%b', '%%%', '%REQ(a)', '%CEL([a])%', '%CEL(["a"]b)%'].map(
    (value): Row => [
      `9: ${value} is none`,
      `headers: {request: {set: {a: '${value}'}}}\n${to}`,
      'error header-value-invalid spec.http[0].headers.request.set.a',
    ],
  ),
  [
    '9: a list in brackets is well-formed, whatever Envoy knows',
    `headers: {request: {set: {a: '%CEL([ "a" , "b" ] )%'}}}\n${to}`,
    'warning envoy-refuses-header-command spec.http[0].headers.request.set.a',
  ],
  [
    '9: percent is the old way',
    `fault: {delay: {percent: 5, fixedDelay: 1s}}\n${to}`,
    'warning field-deprecated spec.http[0].fault.delay.percent',
  ],
  [
    '9: percent beside a percentage is passed over',
    `fault: {delay: {percent: 5, percentage: {value: 5}, fixedDelay: 1s}}\n${to}`,
  ],
  ['10: a rule does something', 'name: a', 'error action-missing spec.http[0]'],
  ['10: redirect and route', `redirect: {uri: /}\n${to}`, 'error action-conflict spec.http[0].route'],
  [
    '10: redirect and fault',
    'redirect: {uri: /}\nfault: {abort: {httpStatus: 503}}',
    'error action-conflict spec.http[0].fault',
  ],
  [
    '10: redirect and rewrite',
    'redirect: {uri: /}\nrewrite: {uri: /}',
    'error action-conflict spec.http[0].rewrite',
  ],
  [
    '10: redirect and directResponse',
    'redirect: {uri: /}\ndirectResponse: {status: 200}',
    'error action-conflict spec.http[0].directResponse',
  ],
  [
    '10: directResponse and route',
    `directResponse: {status: 200}\n${to}`,
    'error action-conflict spec.http[0].route',
  ],
  [
    '10: directResponse and rewrite',
    'directResponse: {status: 200}\nrewrite: {uri: /}',
    'error action-conflict spec.http[0].rewrite',
  ],
  [
    '10: mirror and mirrors',
    `mirror: {host: b.example}\nmirrors: [{destination: {host: c.example}}]\n${to}`,
    'error action-conflict spec.http[0].mirrors',
  ],
  ['10: a root has no route', `delegate: {name: b}\n${to}`, 'error action-conflict spec.http[0].route'],
  [
    '10: a root has no redirect',
    'delegate: {name: b}\nredirect: {uri: /}',
    'error action-conflict spec.http[0].redirect',
  ],
  [
    '11: a header name is a token',
    `match: [{headers: {"a b": {exact: a}}}]\n${to}`,
    'error header-name-invalid spec.http[0].match[0].headers["a b"]',
  ],
  [
    '11: pseudo headers are names',
    `match: [{headers: {":authority": {exact: a}, ":path": {prefix: /a}}}]\n${to}`,
  ],
  [
    '11: other pseudo headers are not',
    `match: [{headers: {":foo": {exact: a}}}]\n${to}`,
    'error header-name-invalid spec.http[0].match[0].headers.:foo',
  ],
  [
    '11: withoutHeaders have names too',
    `match: [{withoutHeaders: {"": {}}}]\n${to}`,
    'error header-name-invalid spec.http[0].match[0].withoutHeaders[""]',
  ],
  ['11: an empty prefix of a uri is allowed', `match: [{uri: {prefix: ""}}]\n${to}`],
  [
    '11: an empty prefix of a query is not',
    `match: [{queryParams: {a: {prefix: ""}}}]\n${to}`,
    'error match-value-empty spec.http[0].match[0].queryParams.a.prefix',
  ],
  [
    '11: an empty regex',
    `match: [{uri: {regex: ""}}]\n${to}`,
    'error regex-invalid spec.http[0].match[0].uri.regex',
  ],
  ['11: a regex of 1024 bytes', `match: [{uri: {regex: ${'a'.repeat(1024)}}}]\n${to}`],
  [
    '11: a longer regex',
    `match: [{uri: {regex: ${'a'.repeat(1025)}}}]\n${to}`,
    'error regex-invalid spec.http[0].match[0].uri.regex',
  ],
  ['11: * in withoutHeaders is presence', `match: [{withoutHeaders: {a: {regex: "*"}}}]\n${to}`],
  [
    '11: * in headers is not a regex',
    `match: [{headers: {a: {regex: "*"}}}]\n${to}`,
    'error regex-invalid spec.http[0].match[0].headers.a.regex',
  ],
  ['11: a port is a port', `match: [{port: 65536}]\n${to}`, 'error port-invalid spec.http[0].match[0].port'],
  [
    '11: source labels',
    `match: [{sourceLabels: {"a b": c}}]\n${to}`,
    'error label-invalid spec.http[0].match[0].sourceLabels["a b"]',
  ],
  ['11: a source label of a domain', `match: [{sourceLabels: {app.kubernetes.io/name: c}}]\n${to}`],
  [
    '11: source namespace',
    `match: [{sourceNamespace: a.b}]\n${to}`,
    'error namespace-invalid spec.http[0].match[0].sourceNamespace',
  ],
  ['11: two kinds of match, for Istio', `match: [{uri: {exact: /a, prefix: /b}}]\n${to}`],
  ['12: a request may set its host', `headers: {request: {set: {Host: a.com}}}\n${to}`],
  [
    '12: other pseudo headers are fixed',
    `headers: {request: {add: {":path": /}}}\n${to}`,
    'error header-name-invalid spec.http[0].headers.request.add.:path',
  ],
  [
    '12: the host is not removed',
    `headers: {request: {remove: [host]}}\n${to}`,
    'error header-name-invalid spec.http[0].headers.request.remove[0]',
  ],
  [
    '12: a response has no host',
    `headers: {response: {set: {host: a}}}\n${to}`,
    'error header-name-invalid spec.http[0].headers.response.set.host',
  ],
  [
    '12: an empty name',
    `headers: {request: {set: {"": a}}}\n${to}`,
    'error header-name-invalid spec.http[0].headers.request.set[""]',
  ],
  [
    '12: names are not checked otherwise',
    `headers: {request: {set: {"a b": c}, remove: ["a b"]}}\n${to}`,
    'warning header-name-not-sent spec.http[0].headers.request.set["a b"]',
  ],
  [
    '12: an open percent sign',
    `headers: {request: {set: {a: 50%}}}\n${to}`,
    'error header-value-invalid spec.http[0].headers.request.set.a',
  ],
  [
    '12: an open argument',
    `headers: {request: {set: {a: "%REQ(a%"}}}\n${to}`,
    'error header-value-invalid spec.http[0].headers.request.set.a',
  ],
  [
    '12: a destination has headers too',
    'route: [{destination: {host: a}, headers: {request: {set: {a: "5%"}}}}]',
    'error header-value-invalid spec.http[0].route[0].headers.request.set.a',
  ],
  [
    '13: the authority is set twice',
    `rewrite: {authority: a}\nheaders: {request: {set: {host: b}}}\n${to}`,
    'error authority-set-twice spec.http[0].headers.request.set.host',
  ],
  ['14: a destination', 'route: [{}]', 'error destination-missing spec.http[0].route[0].destination'],
  [
    '14: a destination is not *',
    'route: [{destination: {host: "*"}}]',
    'error host-invalid spec.http[0].route[0].destination.host',
  ],
  [
    '14: a destination is not an address',
    'route: [{destination: {host: 10.0.0.1}}]',
    'error host-invalid spec.http[0].route[0].destination.host',
  ],
  [
    '14: a subset is a DNS label',
    'route: [{destination: {host: a, subset: v.1}}]',
    'error subset-name-invalid spec.http[0].route[0].destination.subset',
  ],
  [
    '14: a port without a number',
    'route: [{destination: {host: a, port: {}}}]',
    'error port-invalid spec.http[0].route[0].destination.port.number',
  ],
  [
    '15: a negative weight',
    'route: [{destination: {host: a}, weight: -1}]',
    'error weight-negative spec.http[0].route[0].weight',
  ],
  [
    '15: weights of 0',
    'route: [{destination: {host: a}}, {destination: {host: b}}]',
    'error weights-zero spec.http[0].route',
  ],
  ['15: a single weight of 0', 'route: [{destination: {host: a}, weight: 0}]'],
  ['16: an empty redirect', 'redirect: {}', 'error redirect-invalid spec.http[0].redirect'],
  [
    '16: uri and prefixRewrite',
    'redirect: {uri: /a, prefixRewrite: /b}',
    'error redirect-invalid spec.http[0].redirect',
  ],
  [
    '16: prefixRewrite and an exact path',
    'match: [{uri: {exact: /a}}]\nredirect: {prefixRewrite: /b}',
    'error redirect-invalid spec.http[0].redirect.prefixRewrite',
  ],
  [
    '16: a code that is not a redirect',
    'redirect: {uri: /a, redirectCode: 200}',
    'error redirect-invalid spec.http[0].redirect.redirectCode',
  ],
  ['16: a scheme', 'redirect: {scheme: ftp}', 'error redirect-invalid spec.http[0].redirect.scheme'],
  ['16: a port', 'redirect: {port: 70000}', 'error port-invalid spec.http[0].redirect.port'],
  [
    '17: a status',
    'directResponse: {status: 601}',
    'error status-invalid spec.http[0].directResponse.status',
  ],
  [
    '17: a body of more than 100 kB',
    `directResponse: {status: 200, body: {string: ${'a'.repeat(102_401)}}}`,
    'warning body-too-large spec.http[0].directResponse.body',
  ],
  [
    '17: a body of more than 1 MB',
    `directResponse: {status: 200, body: {string: ${'a'.repeat(1_048_577)}}}`,
    'error body-too-large spec.http[0].directResponse.body',
  ],
  ['18: an empty rewrite', `rewrite: {}\n${to}`, 'error rewrite-invalid spec.http[0].rewrite'],
  [
    '18: uri and regex',
    `rewrite: {uri: /a, uriRegexRewrite: {match: a, rewrite: b}}\n${to}`,
    'error rewrite-invalid spec.http[0].rewrite',
  ],
  [
    '18: a regex without its text',
    `rewrite: {uriRegexRewrite: {match: a}}\n${to}`,
    'error rewrite-invalid spec.http[0].rewrite.uriRegexRewrite',
  ],
  [
    '18: a bad regex',
    `rewrite: {uriRegexRewrite: {match: (, rewrite: b}}\n${to}`,
    'error regex-invalid spec.http[0].rewrite.uriRegexRewrite.match',
  ],
  ['19: a timeout of 0', `timeout: 0s\n${to}`, 'error duration-invalid spec.http[0].timeout'],
  ['19: a timeout in microseconds', `timeout: 1500us\n${to}`, 'error duration-invalid spec.http[0].timeout'],
  ['19: a negative timeout', `timeout: -1s\n${to}`, 'error duration-invalid spec.http[0].timeout'],
  [
    '19: maxAge in whole seconds',
    `corsPolicy: {maxAge: 1500ms}\n${to}`,
    'error duration-invalid spec.http[0].corsPolicy.maxAge',
  ],
  [
    '19: a back-off of 0',
    `retries: {attempts: 1, backoff: 0s}\n${to}`,
    'error duration-invalid spec.http[0].retries.backoff',
  ],
  [
    '20: negative attempts',
    `retries: {attempts: -1}\n${to}`,
    'error retries-invalid spec.http[0].retries.attempts',
  ],
  [
    '20: attempts default to 0',
    `retries: {retryOn: 5xx}\n${to}`,
    'error retries-invalid spec.http[0].retries',
  ],
  [
    '20: a policy for other localities',
    `retries: {retryRemoteLocalities: false}\n${to}`,
    'error retries-invalid spec.http[0].retries',
  ],
  [
    '20: a blank in the list',
    `retries: {attempts: 1, retryOn: "5xx, reset"}\n${to}`,
    'error retries-invalid spec.http[0].retries.retryOn',
  ],
  ['20: statuses and words', `retries: {attempts: 1, retryOn: "503,418,gateway-error"}\n${to}`],
  [
    '20: a status that Go has no text for',
    `retries: {attempts: 1, retryOn: "306"}\n${to}`,
    'error retries-invalid spec.http[0].retries.retryOn',
  ],
  ['21: an empty fault', `fault: {}\n${to}`, 'error fault-invalid spec.http[0].fault'],
  [
    '21: a percentage that Envoy cannot count',
    `fault: {abort: {httpStatus: 503, percentage: {value: 0.00001}}}\n${to}`,
    'error percentage-invalid spec.http[0].fault.abort.percentage.value',
  ],
  [
    '21: a status',
    `fault: {abort: {httpStatus: 100}}\n${to}`,
    'error status-invalid spec.http[0].fault.abort.httpStatus',
  ],
  [
    '21: http2Error',
    `fault: {abort: {http2Error: a}}\n${to}`,
    'error fault-invalid spec.http[0].fault.abort.http2Error',
  ],
  [
    '21: a gRPC status',
    `fault: {abort: {grpcStatus: NOPE}}\n${to}`,
    'error fault-invalid spec.http[0].fault.abort.grpcStatus',
  ],
  [
    '21: an abort without a status',
    `fault: {abort: {}}\n${to}`,
    'warning fault-invalid spec.http[0].fault.abort',
  ],
  [
    '21: a delay of 0',
    `fault: {delay: {fixedDelay: 0s}}\n${to}`,
    'error duration-invalid spec.http[0].fault.delay.fixedDelay',
  ],
  [
    '22: a negative percentage',
    `mirror: {host: b}\nmirrorPercentage: {value: -1}\n${to}`,
    'error percentage-invalid spec.http[0].mirrorPercentage.value',
  ],
  [
    '22: mirrorPercent',
    `mirror: {host: b}\nmirrorPercent: 10\n${to}`,
    'warning field-deprecated spec.http[0].mirrorPercent',
  ],
  [
    '22: mirrorPercent over 100',
    `mirror: {host: b}\nmirrorPercent: 101\n${to}`,
    'warning field-deprecated spec.http[0].mirrorPercent',
    'error percentage-invalid spec.http[0].mirrorPercent',
  ],
  [
    '22: a mirror has a destination',
    `mirrors: [{percentage: {value: 1}}]\n${to}`,
    'error destination-missing spec.http[0].mirrors[0].destination',
  ],
  [
    '23: an empty origin',
    `corsPolicy: {allowOrigins: [{exact: ""}]}\n${to}`,
    'error cors-invalid spec.http[0].corsPolicy.allowOrigins[0]',
  ],
  [
    '23: a bad regex',
    `corsPolicy: {allowOrigins: [{regex: (}]}\n${to}`,
    'error regex-invalid spec.http[0].corsPolicy.allowOrigins[0].regex',
  ],
  [
    '23: a method',
    `corsPolicy: {allowMethods: [get]}\n${to}`,
    'error cors-invalid spec.http[0].corsPolicy.allowMethods[0]',
  ],
  [
    '23: header names',
    `corsPolicy: {allowHeaders: ["*", a], exposeHeaders: ["a b"]}\n${to}`,
    'error header-name-invalid spec.http[0].corsPolicy.exposeHeaders[0]',
  ],
  [
    '3.11: a redirect that Envoy refuses',
    'redirect: {uri: /a, redirectCode: 304}',
    'warning envoy-refuses-redirect-code spec.http[0].redirect.redirectCode',
  ],
  [
    '3.11: a command that Envoy does not know',
    `headers: {request: {set: {a: "%BOGUS%"}}}\n${to}`,
    'warning envoy-refuses-header-command spec.http[0].headers.request.set.a',
  ],
  [
    '3.11: a status that Envoy refuses',
    'directResponse: {status: 600}',
    'warning envoy-refuses-status spec.http[0].directResponse.status',
  ],
  [
    '3.11: an abort that Envoy refuses',
    `fault: {abort: {httpStatus: 600, percentage: {value: 1}}}\n${to}`,
    'warning envoy-refuses-status spec.http[0].fault.abort.httpStatus',
  ],
  [
    '3.11: weights that Envoy cannot add',
    `route: [${['a', 'b', 'c'].map((host) => `{destination: {host: ${host}}, weight: 2147483647}`).join(', ')}]`,
    'warning envoy-refuses-weights spec.http[0].route',
  ],
  [
    '3.11: a line break in a rewritten path',
    `rewrite: {uri: "/a\\nb"}\n${to}`,
    'warning envoy-refuses-character spec.http[0].rewrite.uri',
  ],
  [
    '3.11: a line break in a rewritten authority',
    `rewrite: {authority: "a\\rb"}\n${to}`,
    'warning envoy-refuses-character spec.http[0].rewrite.authority',
  ],
  [
    '3.11: a NUL in the text of a regex rewrite',
    `rewrite: {uriRegexRewrite: {match: "^/(.*)", rewrite: "/\\0"}}\n${to}`,
    'warning envoy-refuses-character spec.http[0].rewrite.uriRegexRewrite.rewrite',
  ],
  [
    '3.11: line breaks in a redirect',
    'redirect: {uri: "/\\r\\na", authority: "a\\nb"}',
    'warning envoy-refuses-character spec.http[0].redirect.uri',
    'warning envoy-refuses-character spec.http[0].redirect.authority',
  ],
  [
    '3.11: a line break in a redirected prefix',
    'redirect: {prefixRewrite: "/\\n"}',
    'warning envoy-refuses-character spec.http[0].redirect.prefixRewrite',
  ],
  [
    '3.11: line breaks in the names of headers',
    `headers: {request: {remove: ["a\\nb"]}}\nroute: [{destination: {host: a}, headers: {response: {add: {"a\\r\\nb": c}}}}]`,
    'warning envoy-refuses-character spec.http[0].headers.request.remove[0]',
    'warning envoy-refuses-character spec.http[0].route[0].headers.response.add["a\\r\\nb"]',
  ],
  [
    '3.11: a query parameter without a name',
    `match: [{queryParams: {"": {exact: a}}}]\n${to}`,
    'warning envoy-refuses-length spec.http[0].match[0].queryParams[""]',
  ],
  [
    '3.11: a header value that is too long',
    `headers: {request: {set: {a: ${'b'.repeat(16_385)}}}}\n${to}`,
    'warning envoy-refuses-length spec.http[0].headers.request.set.a',
  ],
  [
    '3.11: framing by rule is refused on our own account',
    `headers: {request: {set: {Content-Length: "5"}, add: {transfer-encoding: chunked}, remove: [content-length]}}\n${to}`,
    'error header-breaks-framing spec.http[0].headers.request.set.Content-Length',
    'error header-breaks-framing spec.http[0].headers.request.add.transfer-encoding',
  ],
  [
    '3.11: framing by rule, of a destination',
    'route: [{destination: {host: a}, headers: {response: {set: {content-length: "1"}}}}]',
    'error header-breaks-framing spec.http[0].route[0].headers.response.set.content-length',
  ],
  [
    '3.11: a header name that cannot be sent',
    `headers: {request: {set: {"x a": b}}, response: {add: {"x,a": b}}}\n${to}`,
    'warning header-name-not-sent spec.http[0].headers.request.set["x a"]',
    'warning header-name-not-sent spec.http[0].headers.response.add["x,a"]',
  ],
];

const unused: Row[] = [
  [
    '24: a rule after one without match',
    `- ${to}\n- {match: [{uri: {prefix: /a}}], ${to}}`,
    'warning rule-unreachable spec.http[1]',
  ],
  ['24: a second rule without match', `- ${to}\n- ${to}`, 'warning rule-unreachable spec.http[1]'],
  [
    '24: all matches used before',
    `- {match: [{uri: {prefix: /a}}], ${to}}\n- {match: [{name: b, uri: {prefix: /a}}], ${to}}`,
    'warning match-redundant spec.http[1].match[0]',
    'warning rule-unreachable spec.http[1]',
  ],
  [
    '24: one match used before',
    `- {match: [{uri: {prefix: /a}}], ${to}}\n- {match: [{uri: {prefix: /a}}, {uri: {prefix: /b}}], ${to}}`,
    'warning match-redundant spec.http[1].match[0]',
  ],
  [
    '24: a longer prefix behind',
    `- {match: [{uri: {prefix: /a}}], ${to}}\n- {match: [{uri: {prefix: /ab}}], ${to}}`,
    'warning match-redundant spec.http[1].match[0]',
  ],
  [
    '24: a longer prefix behind stronger conditions',
    `- {match: [{uri: {prefix: /a}, port: 80}], ${to}}\n- {match: [{uri: {prefix: /ab}}], ${to}}`,
  ],
];

const layer4: Row[] = [
  ['a TLS rule has a match', `tls: [{${to}}]`, 'error tls-route-invalid spec.tls[0]'],
  [
    'a TLS match has names',
    `tls: [{match: [{port: 443}], ${to}}]`,
    'error tls-route-invalid spec.tls[0].match[0]',
  ],
  [
    'a name is one of the hosts',
    `tls: [{match: [{sniHosts: [b.com]}], ${to}}]`,
    'error tls-route-invalid spec.tls[0].match[0].sniHosts[0]',
  ],
  [
    'a TLS rule leads somewhere',
    'tls: [{match: [{sniHosts: [a.com]}]}]',
    'error tls-route-invalid spec.tls[0]',
  ],
  ['a TCP rule leads somewhere', 'tcp: [{match: [{port: 80}]}]', 'error tcp-route-invalid spec.tcp[0]'],
  [
    'a subnet is one',
    `tcp: [{match: [{destinationSubnets: [10.0.0.0/33]}], ${to}}]`,
    'error address-invalid spec.tcp[0].match[0].destinationSubnets[0]',
  ],
];

const ruleOf = (rule: string) => `hosts: [a.com]\nhttp:\n- ${rule.replaceAll('\n', '\n  ')}`;

describe('a VirtualService', () => {
  it.each(documents)('%s', (_when, spec, ...found) => {
    expect(findings(virtualServiceOf(spec))).toEqual(found);
  });

  it.each(rules)('%s', (_when, rule, ...found) => {
    expect(findings(virtualServiceOf(ruleOf(rule)))).toEqual(found);
  });

  it.each(unused)('%s', (_when, list, ...found) => {
    expect(findings(virtualServiceOf(`hosts: [a.com]\nhttp:\n${list}`))).toEqual(found);
  });

  it.each(layer4)('%s', (_when, spec, ...found) => {
    expect(findings(virtualServiceOf(`hosts: [a.com]\n${spec}`))).toEqual(found);
  });

  it('10: a delegate has no delegates', () => {
    expect(findings(virtualServiceOf('http: [{delegate: {name: b}, redirect: {uri: /}}]'))).toEqual([
      'error delegate-conflict spec.http[0].delegate',
    ]);
  });

  it('all kinds: some annotations are refused', () => {
    const document = virtualServiceOf(ruleOf(to)).replace(
      'name: rules,',
      'name: rules, annotations: {istio.io/dry-run: "true"},',
    );
    expect(findings(document)).toEqual([
      'error annotation-forbidden metadata.annotations["istio.io/dry-run"]',
    ]);
  });
});
