/** For each rule of the Gateway API a value that breaks it, and one that keeps it. */
export const gatewayCelSamples: Readonly<Record<string, readonly [breaks: unknown, keeps: unknown]>> = {
  "!(has(self.cors) && self.type != 'CORS')": [
    { type: 'X', cors: {} },
    { type: 'CORS', cors: {} },
  ],
  "!(!has(self.cors) && self.type == 'CORS')": [{ type: 'CORS' }, { type: 'CORS', cors: {} }],
  "!(has(self.requestHeaderModifier) && self.type != 'RequestHeaderModifier')": [
    { type: 'X', requestHeaderModifier: {} },
    { type: 'RequestHeaderModifier', requestHeaderModifier: {} },
  ],
  "!(!has(self.requestHeaderModifier) && self.type == 'RequestHeaderModifier')": [
    { type: 'RequestHeaderModifier' },
    { type: 'RequestHeaderModifier', requestHeaderModifier: {} },
  ],
  "!(has(self.responseHeaderModifier) && self.type != 'ResponseHeaderModifier')": [
    { type: 'X', responseHeaderModifier: {} },
    { type: 'ResponseHeaderModifier', responseHeaderModifier: {} },
  ],
  "!(!has(self.responseHeaderModifier) && self.type == 'ResponseHeaderModifier')": [
    { type: 'ResponseHeaderModifier' },
    { type: 'ResponseHeaderModifier', responseHeaderModifier: {} },
  ],
  "!(has(self.requestMirror) && self.type != 'RequestMirror')": [
    { type: 'X', requestMirror: {} },
    { type: 'RequestMirror', requestMirror: {} },
  ],
  "!(!has(self.requestMirror) && self.type == 'RequestMirror')": [
    { type: 'RequestMirror' },
    { type: 'RequestMirror', requestMirror: {} },
  ],
  "!(has(self.requestRedirect) && self.type != 'RequestRedirect')": [
    { type: 'X', requestRedirect: {} },
    { type: 'RequestRedirect', requestRedirect: {} },
  ],
  "!(!has(self.requestRedirect) && self.type == 'RequestRedirect')": [
    { type: 'RequestRedirect' },
    { type: 'RequestRedirect', requestRedirect: {} },
  ],
  "!(has(self.urlRewrite) && self.type != 'URLRewrite')": [
    { type: 'X', urlRewrite: {} },
    { type: 'URLRewrite', urlRewrite: {} },
  ],
  "!(!has(self.urlRewrite) && self.type == 'URLRewrite')": [
    { type: 'URLRewrite' },
    { type: 'URLRewrite', urlRewrite: {} },
  ],
  "!(has(self.extensionRef) && self.type != 'ExtensionRef')": [
    { type: 'X', extensionRef: {} },
    { type: 'ExtensionRef', extensionRef: {} },
  ],
  "!(!has(self.extensionRef) && self.type == 'ExtensionRef')": [
    { type: 'ExtensionRef' },
    { type: 'ExtensionRef', extensionRef: {} },
  ],
  "self.filter(f, f.type == 'CORS').size() <= 1": [[{ type: 'CORS' }, { type: 'CORS' }], [{ type: 'CORS' }]],
  "self.filter(f, f.type == 'RequestHeaderModifier').size() <= 1": [
    [{ type: 'RequestHeaderModifier' }, { type: 'RequestHeaderModifier' }],
    [{ type: 'RequestHeaderModifier' }],
  ],
  "self.filter(f, f.type == 'ResponseHeaderModifier').size() <= 1": [
    [{ type: 'ResponseHeaderModifier' }, { type: 'ResponseHeaderModifier' }],
    [{ type: 'ResponseHeaderModifier' }],
  ],
  "self.filter(f, f.type == 'RequestRedirect').size() <= 1": [
    [{ type: 'RequestRedirect' }, { type: 'RequestRedirect' }],
    [{ type: 'RequestRedirect' }],
  ],
  "self.filter(f, f.type == 'URLRewrite').size() <= 1": [
    [{ type: 'URLRewrite' }, { type: 'URLRewrite' }],
    [{ type: 'URLRewrite' }],
  ],
  "!(self.exists(f, f.type == 'RequestRedirect') && self.exists(f, f.type == 'URLRewrite'))": [
    [{ type: 'RequestRedirect' }, { type: 'URLRewrite' }],
    [{ type: 'URLRewrite' }],
  ],
  "!('*' in self && self.size() > 1)": [['*', 'a'], ['*']],
  '!(has(self.percent) && has(self.fraction))': [{ percent: 1, fraction: {} }, { percent: 1 }],
  'self.numerator <= self.denominator': [{ numerator: 101 }, { numerator: 2, denominator: 2 }],
  "self.type == 'ReplaceFullPath' ? has(self.replaceFullPath) : true": [
    { type: 'ReplaceFullPath' },
    { type: 'ReplaceFullPath', replaceFullPath: '/a' },
  ],
  "has(self.replaceFullPath) ? self.type == 'ReplaceFullPath' : true": [
    { type: 'X', replaceFullPath: '/a' },
    { type: 'ReplaceFullPath', replaceFullPath: '/a' },
  ],
  "self.type == 'ReplacePrefixMatch' ? has(self.replacePrefixMatch) : true": [
    { type: 'ReplacePrefixMatch' },
    { type: 'ReplacePrefixMatch', replacePrefixMatch: '/a' },
  ],
  "has(self.replacePrefixMatch) ? self.type == 'ReplacePrefixMatch' : true": [
    { type: 'X', replacePrefixMatch: '/a' },
    { type: 'ReplacePrefixMatch', replacePrefixMatch: '/a' },
  ],
  "(self.type in ['Exact','PathPrefix']) ? self.value.startsWith('/') : true": [
    { type: 'PathPrefix', value: 'a' },
    { type: 'PathPrefix', value: '/a' },
  ],
  "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('//') : true": [
    { type: 'PathPrefix', value: '/a//b' },
    { type: 'PathPrefix', value: '/a' },
  ],
  "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('/./') : true": [
    { type: 'PathPrefix', value: '/a/./b' },
    { type: 'PathPrefix', value: '/a' },
  ],
  "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('/../') : true": [
    { type: 'PathPrefix', value: '/a/../b' },
    { type: 'PathPrefix', value: '/a' },
  ],
  "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('%2f') : true": [
    { type: 'PathPrefix', value: '/a%2fb' },
    { type: 'PathPrefix', value: '/a' },
  ],
  "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('%2F') : true": [
    { type: 'PathPrefix', value: '/a%2Fb' },
    { type: 'PathPrefix', value: '/a' },
  ],
  "(self.type in ['Exact','PathPrefix']) ? !self.value.contains('#') : true": [
    { type: 'PathPrefix', value: '/a#b' },
    { type: 'PathPrefix', value: '/a' },
  ],
  "(self.type in ['Exact','PathPrefix']) ? !self.value.endsWith('/..') : true": [
    { type: 'PathPrefix', value: '/a/..' },
    { type: 'PathPrefix', value: '/a' },
  ],
  "(self.type in ['Exact','PathPrefix']) ? !self.value.endsWith('/.') : true": [
    { type: 'PathPrefix', value: '/a/.' },
    { type: 'PathPrefix', value: '/a' },
  ],
  '(self.type in [\'Exact\',\'PathPrefix\']) ? self.value.matches(r"""^(?:[-A-Za-z0-9/._~!$&\'()*+,;=:@]|[%][0-9a-fA-F]{2})+$""") : true':
    [
      { type: 'Exact', value: '/a b' },
      { type: 'Exact', value: '/a' },
    ],
  "self.type in ['Exact','PathPrefix'] || self.type == 'RegularExpression'": [
    { type: 'X' },
    { type: 'Exact' },
  ],
  "!(has(self.request) && has(self.backendRequest) && duration(self.request) != duration('0s') && duration(self.backendRequest) > duration(self.request))":
    [
      { request: '1s', backendRequest: '2s' },
      { request: '2s', backendRequest: '1s' },
    ],
  "(size(self.group) == 0 && self.kind == 'Service') ? has(self.port) : true": [
    { name: 'a' },
    { name: 'a', port: 80 },
  ],
  '(has(self.backendRefs) && size(self.backendRefs) > 0) ? (!has(self.filters) || self.filters.all(f, !has(f.requestRedirect))): true':
    [{ backendRefs: [{}], filters: [{ requestRedirect: {} }] }, { filters: [{ requestRedirect: {} }] }],
  "(has(self.filters) && self.filters.exists_one(f, has(f.requestRedirect) && has(f.requestRedirect.path) && f.requestRedirect.path.type == 'ReplacePrefixMatch' && has(f.requestRedirect.path.replacePrefixMatch))) ? ((size(self.matches) != 1 || !has(self.matches[0].path) || self.matches[0].path.type != 'PathPrefix') ? false : true) : true":
    [
      {
        matches: [{}, {}],
        filters: [{ requestRedirect: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/a' } } }],
      },
      {
        matches: [{ path: { type: 'PathPrefix' } }],
        filters: [{ requestRedirect: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/a' } } }],
      },
    ],
  "(has(self.backendRefs) && self.backendRefs.exists_one(b, (has(b.filters) && b.filters.exists_one(f, has(f.requestRedirect) && has(f.requestRedirect.path) && f.requestRedirect.path.type == 'ReplacePrefixMatch' && has(f.requestRedirect.path.replacePrefixMatch))) )) ? ((size(self.matches) != 1 || !has(self.matches[0].path) || self.matches[0].path.type != 'PathPrefix') ? false : true) : true":
    [
      {
        matches: [{}, {}],
        backendRefs: [
          {
            filters: [
              { requestRedirect: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/a' } } },
            ],
          },
        ],
      },
      {
        backendRefs: [
          {
            filters: [
              { requestRedirect: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/a' } } },
            ],
          },
        ],
      },
    ],
  "(has(self.filters) && self.filters.exists_one(f, has(f.urlRewrite) && has(f.urlRewrite.path) && f.urlRewrite.path.type == 'ReplacePrefixMatch' && has(f.urlRewrite.path.replacePrefixMatch))) ? ((size(self.matches) != 1 || !has(self.matches[0].path) || self.matches[0].path.type != 'PathPrefix') ? false : true) : true":
    [
      {
        matches: [{}, {}],
        filters: [{ urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/a' } } }],
      },
      {
        matches: [{ path: { type: 'PathPrefix' } }],
        filters: [{ urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/a' } } }],
      },
    ],
  "(has(self.backendRefs) && self.backendRefs.exists_one(b, (has(b.filters) && b.filters.exists_one(f, has(f.urlRewrite) && has(f.urlRewrite.path) && f.urlRewrite.path.type == 'ReplacePrefixMatch' && has(f.urlRewrite.path.replacePrefixMatch))) )) ? ((size(self.matches) != 1 || !has(self.matches[0].path) || self.matches[0].path.type != 'PathPrefix') ? false : true) : true":
    [
      {
        matches: [{}, {}],
        backendRefs: [
          { filters: [{ urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/a' } } }] },
        ],
      },
      {
        backendRefs: [
          { filters: [{ urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/a' } } }] },
        ],
      },
    ],
  '(self.size() > 0 ? self[0].matches.size() : 0) + (self.size() > 1 ? self[1].matches.size() : 0) + (self.size() > 2 ? self[2].matches.size() : 0) + (self.size() > 3 ? self[3].matches.size() : 0) + (self.size() > 4 ? self[4].matches.size() : 0) + (self.size() > 5 ? self[5].matches.size() : 0) + (self.size() > 6 ? self[6].matches.size() : 0) + (self.size() > 7 ? self[7].matches.size() : 0) + (self.size() > 8 ? self[8].matches.size() : 0) + (self.size() > 9 ? self[9].matches.size() : 0) + (self.size() > 10 ? self[10].matches.size() : 0) + (self.size() > 11 ? self[11].matches.size() : 0) + (self.size() > 12 ? self[12].matches.size() : 0) + (self.size() > 13 ? self[13].matches.size() : 0) + (self.size() > 14 ? self[14].matches.size() : 0) + (self.size() > 15 ? self[15].matches.size() : 0) <= 128':
    [[{ matches: Array(129).fill({}) }], [{ matches: [{}] }]],
  '(self.size() > 0 ? (has(self[0].matches) ? self[0].matches.size() : 0) : 0) + (self.size() > 1 ? (has(self[1].matches) ? self[1].matches.size() : 0) : 0) + (self.size() > 2 ? (has(self[2].matches) ? self[2].matches.size() : 0) : 0) + (self.size() > 3 ? (has(self[3].matches) ? self[3].matches.size() : 0) : 0) + (self.size() > 4 ? (has(self[4].matches) ? self[4].matches.size() : 0) : 0) + (self.size() > 5 ? (has(self[5].matches) ? self[5].matches.size() : 0) : 0) + (self.size() > 6 ? (has(self[6].matches) ? self[6].matches.size() : 0) : 0) + (self.size() > 7 ? (has(self[7].matches) ? self[7].matches.size() : 0) : 0) + (self.size() > 8 ? (has(self[8].matches) ? self[8].matches.size() : 0) : 0) + (self.size() > 9 ? (has(self[9].matches) ? self[9].matches.size() : 0) : 0) + (self.size() > 10 ? (has(self[10].matches) ? self[10].matches.size() : 0) : 0) + (self.size() > 11 ? (has(self[11].matches) ? self[11].matches.size() : 0) : 0) + (self.size() > 12 ? (has(self[12].matches) ? self[12].matches.size() : 0) : 0) + (self.size() > 13 ? (has(self[13].matches) ? self[13].matches.size() : 0) : 0) + (self.size() > 14 ? (has(self[14].matches) ? self[14].matches.size() : 0) : 0) + (self.size() > 15 ? (has(self[15].matches) ? self[15].matches.size() : 0) : 0) <= 128':
    [[{ matches: Array(129).fill({}) }], [{ matches: [{}] }]],
  "self.all(p1, self.all(p2, p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && (((!has(p1.__namespace__) || p1.__namespace__ == '') && (!has(p2.__namespace__) || p2.__namespace__ == '')) || (has(p1.__namespace__) && has(p2.__namespace__) && p1.__namespace__ == p2.__namespace__ )) ? ((!has(p1.sectionName) || p1.sectionName == '') == (!has(p2.sectionName) || p2.sectionName == '')) : true))":
    [
      [{ name: 'a' }, { name: 'a', sectionName: 'b' }],
      [
        { name: 'a', sectionName: 'a' },
        { name: 'a', sectionName: 'b' },
      ],
    ],
  "self.all(p1, self.exists_one(p2, p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && (((!has(p1.__namespace__) || p1.__namespace__ == '') && (!has(p2.__namespace__) || p2.__namespace__ == '')) || (has(p1.__namespace__) && has(p2.__namespace__) && p1.__namespace__ == p2.__namespace__ )) && (((!has(p1.sectionName) || p1.sectionName == '') && (!has(p2.sectionName) || p2.sectionName == '')) || (has(p1.sectionName) && has(p2.sectionName) && p1.sectionName == p2.sectionName))))":
    [
      [{ name: 'a' }, { name: 'a' }],
      [{ name: 'a' }, { name: 'b' }],
    ],
  'has(self.type) ? has(self.service) || has(self.method) : true': [
    { type: 'Exact' },
    { type: 'Exact', service: 'a' },
  ],
  '(!has(self.type) || self.type == \'Exact\') && has(self.service) ? self.service.matches(r"""^(?i)\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*$"""): true':
    [{ service: 'a-b' }, { service: 'a.B' }],
  '(!has(self.type) || self.type == \'Exact\') && has(self.method) ? self.method.matches(r"""^[A-Za-z_][A-Za-z_0-9]*$"""): true':
    [{ method: 'a.b' }, { method: 'a' }],
  "self.all(a1, a1.type == 'IPAddress' && has(a1.value) ? self.exists_one(a2, a2.type == a1.type && has(a2.value) && a2.value == a1.value) : true )":
    [
      [
        { type: 'IPAddress', value: 'a' },
        { type: 'IPAddress', value: 'a' },
      ],
      [{ type: 'IPAddress', value: 'a' }],
    ],
  "self.all(a1, a1.type == 'Hostname'  && has(a1.value) ? self.exists_one(a2, a2.type == a1.type && has(a2.value) && a2.value == a1.value) : true )":
    [
      [
        { type: 'Hostname', value: 'a' },
        { type: 'Hostname', value: 'a' },
      ],
      [{ type: 'Hostname', value: 'a' }],
    ],
  'self.type == \'Hostname\' ? (!has(self.value) || self.value.matches(r"""^(\\*\\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$""")): true':
    [
      { type: 'Hostname', value: 'A_b' },
      { type: 'Hostname', value: 'a.b' },
    ],
  'self.all(key, key.matches(r"""^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$"""))':
    [{ 'a b': 'c' }, { 'a.b/c': 'd' }],
  'self.all(key, key.split("/")[0].size() < 253)': [{ ['a'.repeat(253)]: 'b' }, { a: 'b' }],
  "self.all(l, l.protocol in ['HTTP', 'TCP', 'UDP'] ? !has(l.tls) : true)": [
    [{ protocol: 'HTTP', tls: {} }],
    [{ protocol: 'HTTP' }],
  ],
  "self.all(l, (l.protocol == 'HTTPS' && has(l.tls)) ? (l.tls.mode == '' || l.tls.mode == 'Terminate') : true)":
    [[{ protocol: 'HTTPS', tls: { mode: 'Passthrough' } }], [{ protocol: 'HTTPS', tls: {} }]],
  "self.all(l, (l.protocol == 'TLS' ? has(l.tls) && has(l.tls.mode) && l.tls.mode != '' : true))": [
    [{ protocol: 'TLS' }],
    [{ protocol: 'TLS', tls: { mode: 'Passthrough' } }],
  ],
  "self.all(l, l.protocol in ['TCP', 'UDP']  ? (!has(l.hostname) || l.hostname == '') : true)": [
    [{ protocol: 'TCP', hostname: 'a' }],
    [{ protocol: 'TCP' }],
  ],
  'self.all(l1, self.exists_one(l2, l1.name == l2.name))': [
    [{ name: 'a' }, { name: 'a' }],
    [{ name: 'a' }, { name: 'b' }],
  ],
  'self.all(l1, !has(l1.port) || self.exists_one(l2, has(l2.port) && l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && !has(l2.hostname))))':
    [
      [
        { port: 80, protocol: 'HTTP' },
        { port: 80, protocol: 'HTTP' },
      ],
      [
        { port: 80, protocol: 'HTTP' },
        { port: 80, protocol: 'HTTP', hostname: 'a' },
      ],
    ],
  'self.all(l1, self.exists_one(l2, l1.port == l2.port && l1.protocol == l2.protocol && (has(l1.hostname) && has(l2.hostname) ? l1.hostname == l2.hostname : !has(l1.hostname) && !has(l2.hostname))))':
    [
      [
        { port: 80, protocol: 'HTTP' },
        { port: 80, protocol: 'HTTP' },
      ],
      [
        { port: 80, protocol: 'HTTP' },
        { port: 80, protocol: 'HTTP', hostname: 'a' },
      ],
    ],
  "self.mode == 'Terminate' ? size(self.certificateRefs) > 0 || size(self.options) > 0 : true": [
    { mode: 'Terminate' },
    { mode: 'Terminate', certificateRefs: [{}] },
  ],
  'self.all(t1, self.exists_one(t2, t1.port == t2.port))': [
    [{ port: 1 }, { port: 1 }],
    [{ port: 1 }, { port: 2 }],
  ],
  "self.type == 'IPAddress' ? isIP(self.value) : true": [{ value: 'a.b' }, { value: '10.0.0.1' }],
  "self matches ^Hostname|IPAddress|NamedAddress|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9\\/\\-._~%!$&'()*+,;=:]+$":
    ['Address', 'example.com/a/b'],
  'self matches ^[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?$|[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\\/[A-Za-z0-9]+$':
    ['a b', 'example.com/a'],
  'self.all(h, !isIP(h))': [
    ['a', '10.0.0.1'],
    ['a', '10.0.0'],
  ],
  "self.all(h, !h.contains('*') ? h.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)$') : true)":
    [['A.b'], ['a.b', '*.B']],
  "self.all(h, h.contains('*') ? (h.startsWith('*.') && h.substring(2).matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)$')) : true)":
    [['*a.b'], ['*.a.b', 'A']],
};
