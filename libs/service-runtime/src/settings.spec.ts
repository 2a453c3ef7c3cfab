import {
  choice,
  hostName,
  httpUrl,
  percentage,
  readSettings,
  SettingsError,
  wholeNumber,
} from './settings.js';

const shape = {
  PORT: wholeNumber({ min: 0, max: 65_535, default: 8080 }),
  RATE: percentage(0),
  MODE: choice(['a', 'b'], 'a'),
  SERVICE: hostName('hello.com'),
  PROXY: httpUrl(),
};

function problems(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readSettings(shape, environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  throw new Error('The settings were accepted');
}

describe('readSettings', () => {
  it('fills in defaults, and takes an empty variable for an unset one', () => {
    const defaults = { PORT: 8080, RATE: 0, MODE: 'a', SERVICE: 'hello.com' };
    expect(readSettings(shape, {})).toEqual(defaults);
    expect(readSettings(shape, { PORT: '', RATE: ' ', PROXY: '' })).toEqual(defaults);
  });

  it.each([
    [{ PORT: '0' }, { PORT: 0 }],
    [{ PORT: ' 65535 ' }, { PORT: 65_535 }],
    [{ RATE: '0.5' }, { RATE: 0.5 }],
    [{ RATE: '100' }, { RATE: 100 }],
    [{ MODE: 'b' }, { MODE: 'b' }],
    [{ SERVICE: '127.0.0.1' }, { SERVICE: '127.0.0.1' }],
    [{ SERVICE: '::1' }, { SERVICE: '::1' }],
    [{ SERVICE: '[fd00::2]' }, { SERVICE: 'fd00::2' }],
    [{ PROXY: '127.0.0.1:15001' }, { PROXY: 'http://127.0.0.1:15001' }],
  ])('reads %j', (environment, expected) => {
    expect(readSettings(shape, environment)).toMatchObject(expected);
  });

  it.each([
    ['PORT', '65536', 'a whole number from 0 to 65535'],
    ['PORT', '-1', 'a whole number from 0 to 65535'],
    ['PORT', '1e3', 'a whole number from 0 to 65535'],
    ['PORT', '0x10', 'a whole number from 0 to 65535'],
    ['RATE', '15%', 'a percentage from 0 to 100, without the sign (15 means 15 %)'],
    ['RATE', '101', 'a percentage from 0 to 100, without the sign (15 means 15 %)'],
    ['MODE', 'c', 'one of a, b'],
    ['SERVICE', 'http://hello.com', 'a host name or an IP address, without scheme, port or path'],
    ['SERVICE', '[::1', 'a host name or an IP address, without scheme, port or path'],
    ['SERVICE', '[::1]:80', 'a host name or an IP address, without scheme, port or path'],
    ['SERVICE', '::1%lo', 'a host name or an IP address, without scheme, port or path'],
    ['SERVICE', '[hello.com]', 'a host name or an IP address, without scheme, port or path'],
    ['SERVICE', 'hello.com:80', 'a host name or an IP address, without scheme, port or path'],
    ['PROXY', 'socks://127.0.0.1', 'the URL of an HTTP server, such as http://127.0.0.1:15001'],
  ])('refuses %s=%s', (name, value, expected) => {
    expect(problems({ [name]: value })).toEqual([`${name} is "${value}"; it must be ${expected}`]);
  });

  it('names every bad setting at once, cuts long values and hides passwords', () => {
    const [port, proxy, ...rest] = problems({ PORT: 'x'.repeat(1000), PROXY: 'ftp://me:secret@host' });
    expect(port).toHaveLength('PORT is ""; it must be a whole number from 0 to 65535'.length + 83);
    expect(proxy).toContain('"ftp://***@host"');
    expect(rest).toEqual([]);
  });
});
