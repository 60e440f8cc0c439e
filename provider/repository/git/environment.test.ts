import { afterEach, expect, it, vi } from 'vitest';
import { localEnvironment, remoteEnvironment } from './environment.js';

afterEach(() => vi.unstubAllEnvs());

it('takes nothing from the caller but the path, and for the web certificates and proxies', () => {
  const inherited = { PATH: '/bin', https_proxy: 'http://proxy:1', no_proxy: 'x', GIT_SSL_CAINFO: '/ca.pem' };
  const ignored = { GIT_DIR: 'x', GIT_SSH_COMMAND: 'x', LD_PRELOAD: 'x', SSH_AUTH_SOCK: 'x', GIT_TRACE_CURL: '1' };
  const others = ['SSL_CERT_FILE', 'SSL_CERT_DIR', 'GIT_SSL_CAPATH', 'http_proxy', 'HTTPS_PROXY', 'all_proxy'];
  for (const name of [...others, 'ALL_PROXY', 'NO_PROXY']) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({ ...inherited, ...ignored })) vi.stubEnv(name, value);
  const { PATH, ...web } = inherited;
  const local = localEnvironment('/home');
  expect(local).toMatchObject({ PATH, HOME: '/home', GIT_ALLOW_PROTOCOL: 'none', GIT_CONFIG_GLOBAL: '/dev/null' });
  for (const name of [...Object.keys(ignored), ...Object.keys(web)]) expect(local).not.toHaveProperty([name]);
  expect(remoteEnvironment('/home', 'https', false)).toEqual({ ...local, ...web, GIT_ALLOW_PROTOCOL: 'https' });
  expect(remoteEnvironment('/home', 'ssh', false)).toEqual({ ...local, GIT_ALLOW_PROTOCOL: 'ssh' });
  expect(remoteEnvironment('/home', 'http', true)).toEqual({
    ...local,
    GIT_SSL_CAINFO: '/ca.pem',
    GIT_ALLOW_PROTOCOL: 'http',
  });
});
