import { afterEach, expect, it, vi } from 'vitest';
import { defaultProvider } from '../../../functions/runtime/environment-credentials.ts';

afterEach(() => vi.unstubAllEnvs());

it('gives the credentials of the environment, with a session token where there is one', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'token');
  const provide = defaultProvider();
  expect(await provide()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' });
  vi.stubEnv('AWS_SESSION_TOKEN', undefined);
  expect(await provide()).toEqual({ accessKeyId: 'key', secretAccessKey: 'secret' });
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
  await expect(provide()).rejects.toThrow('AWS_ACCESS_KEY_ID');
});
