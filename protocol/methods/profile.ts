// Calls about profiles: the templates of labs, the versions of their base images, and the administrative session that changes
// one.
import { z } from 'zod';
import { graceS, notes, operationId, anyName } from '../model/common.ts';
import { LIFETIME_MIN_S, waitForImagesField } from '../model/env.ts';
import { profileFields, profileSchema } from '../model/lab.ts';
import { call, placing, planning } from './base.ts';
import { type EnvDetail, envDetailSchema } from './env-detail.ts';

export type AdminSession = EnvDetail;

const operated = z.strictObject({ name: anyName, operationId });
const changing = ['PROFILE_NOT_FOUND', 'PROFILE_NOT_YOURS'] as const;
const sizing = ['IMAGE_NOT_FOUND', 'IMAGE_NOT_READY', 'MEMORY_TOO_SMALL', 'DISK_TOO_SMALL'] as const;

export const profile = {
  list: call()
    .route({ method: 'GET', path: '/profiles', summary: 'All profiles, without long texts', tags: ['profile'] })
    .output(z.object({ profiles: z.array(profileSchema) })),
  show: call('PROFILE_NOT_FOUND')
    .route({ method: 'GET', path: '/profiles/{name}', summary: 'One profile', tags: ['profile'] })
    .input(z.strictObject({ name: anyName }))
    .output(profileSchema),
  create: call('NAME_INVALID', 'PROFILE_NAME_TAKEN', ...sizing)
    .route({
      method: 'POST',
      path: '/profiles',
      successStatus: 201,
      summary: 'Creates a profile from an image, which is version 1 of its base image',
      tags: ['profile'],
    })
    .input(
      z.strictObject({
        name: anyName,
        operationId,
        image: z.string().min(1).max(200).describe('The full name of an image, or a prefix that matches only one.'),
        ...profileFields,
        ...waitForImagesField,
      }),
    )
    .output(profileSchema),
  update: call(...changing, ...sizing)
    .route({
      method: 'PATCH',
      path: '/profiles/{name}',
      summary: 'Changes a profile; running machines are not affected',
      tags: ['profile'],
    })
    .input(z.strictObject({ name: anyName, operationId, ...profileFields, ...waitForImagesField }))
    .output(profileSchema),
  clone: call(
    'PROFILE_NOT_FOUND',
    'PROFILE_NOT_YOURS',
    'NAME_INVALID',
    'PROFILE_NAME_TAKEN',
    'PROFILE_PUBLISH_FAILED',
    'DISK_FULL',
  )
    .route({
      method: 'POST',
      path: '/profiles/{name}/clone',
      successStatus: 201,
      summary: 'Copies a profile, with the version of its base image in use',
      tags: ['profile'],
    })
    .input(z.strictObject({ name: anyName, operationId, newName: anyName }))
    .output(profileSchema),
  rollback: call(...changing, 'PROFILE_VERSION_NOT_FOUND', 'PROFILE_IN_ADMIN_SESSION')
    .route({
      method: 'POST',
      path: '/profiles/{name}/rollback',
      summary: 'Starts new sessions from another retained version of the base image',
      tags: ['profile'],
    })
    .input(z.strictObject({ name: anyName, operationId, version: z.number().int().min(1) }))
    .output(profileSchema),
  delete: call(...changing, 'PROFILE_IN_USE')
    .route({
      method: 'DELETE',
      path: '/profiles/{name}',
      summary: 'Deletes a profile that is not in use, with all versions of its base image',
      tags: ['profile'],
      inputStructure: 'compact',
    })
    .input(operated)
    .output(z.object({ name: z.string() })),
  openAdmin: call(
    ...changing,
    'PROFILE_IN_ADMIN_SESSION',
    'PROFILE_CLIENTS_RUN',
    'ENV_NAME_TAKEN',
    'ENV_BUSY',
    'LIFETIME_TOO_LONG',
    'NOT_ALLOWED',
    'VM_CONTROL_FAILED',
    ...planning,
    ...placing,
  )
    .route({
      method: 'POST',
      path: '/profiles/{name}/admin',
      successStatus: 201,
      summary: 'Opens the base image for editing: an ENV with one machine; no session of the profile can run meanwhile',
      tags: ['profile'],
    })
    .input(
      z.strictObject({
        name: anyName,
        operationId,
        stopClients: z.boolean().default(false).describe('Stop the running sessions instead of refusing.'),
        lifetimeS: z
          .number()
          .int()
          .min(LIFETIME_MIN_S)
          .optional()
          .describe('At its end the machine is stopped, not deleted.'),
        graceS,
      }),
    )
    .output(envDetailSchema),
  publish: call(
    ...changing,
    'PROFILE_NOT_IN_ADMIN_SESSION',
    'PROFILE_PUBLISH_FAILED',
    'ENV_BUSY',
    'VM_CONTROL_FAILED',
    'QUOTA_EXCEEDED',
    'DISK_FULL',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/profiles/{name}/publish',
      summary: 'Ends the administrative session; its disk becomes the next version of the base image',
      tags: ['profile'],
    })
    .input(
      z.strictObject({
        name: anyName,
        operationId,
        notes: notes.optional().describe('What has changed.'),
        force: z.boolean().default(false).describe('Force a guest off that does not power off in time.'),
        graceS,
      }),
    )
    .output(profileSchema),
  discard: call(...changing, 'PROFILE_NOT_IN_ADMIN_SESSION', 'ENV_BUSY')
    .route({
      method: 'POST',
      path: '/profiles/{name}/discard',
      summary: 'Ends the administrative session; the base image does not change',
      tags: ['profile'],
    })
    .input(operated)
    .output(profileSchema),
};
