import { createHash } from 'node:crypto';

/** MD5 in hexadecimal, as S3 and SQS have it in ETags and answers. */
export const md5Of = (content: string | Uint8Array): string => createHash('md5').update(content).digest('hex');
