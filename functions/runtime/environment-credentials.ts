import { readEnv, string } from './env.ts';

/**
 * Stands in a bundle for `@aws-sdk/credential-provider-node`: a function on Lambda has its credentials in the environment, and
 * the other places where the SDK looks for them would take 140 KB of each bundle.
 */
export const defaultProvider = () => async () => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = readEnv({
    AWS_ACCESS_KEY_ID: string,
    AWS_SECRET_ACCESS_KEY: string,
  });
  const sessionToken = process.env.AWS_SESSION_TOKEN;
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(sessionToken !== undefined && { sessionToken }),
  };
};
