import { arnOf } from '../environment.ts';
import type { Counterpart } from './counterpart.ts';
import { knowOnly } from './counterpart.ts';

const bucketProperties = [
  // Access, locks, versions and ages: on one machine the owner of the directory can do anything.
  'BucketEncryption',
  'LifecycleConfiguration',
  'ObjectLockConfiguration',
  'ObjectLockEnabled',
  'OwnershipControls',
  'PublicAccessBlockConfiguration',
  'VersioningConfiguration',
];

/** A folder of files in the data directory. */
export const bucket: Counterpart = {
  refer(name) {
    const ref = name.toLowerCase();
    return { ref, attributes: { Arn: `arn:aws:s3:::${ref}` } };
  },
  wire(resource, { buckets }) {
    knowOnly(resource, resource.properties, bucketProperties);
    buckets.push(resource.self.ref);
  },
};

const keyProperties = ['Description', 'KeyPolicy', 'KeySpec', 'KeyUsage', 'PendingWindowInDays'];

/** A key in a file of the data directory. */
export const key: Counterpart = {
  refer: (name) => ({ ref: name, attributes: { Arn: arnOf('kms', `key/${name}`) } }),
  wire(resource, { keys }) {
    knowOnly(resource, resource.properties, keyProperties);
    const { KeySpec, KeyUsage } = resource.properties as Record<string, unknown>;
    if (KeySpec !== 'ECC_NIST_EDWARDS25519' || KeyUsage !== 'SIGN_VERIFY') {
      throw new Error(`${resource.where}: the local run has Ed25519 signing keys only`);
    }
    keys.push(resource.self.attributes.Arn as string);
  },
};
