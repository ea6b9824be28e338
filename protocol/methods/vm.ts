// Calls about one VM.
import { z } from 'zod';
import { graceS, operationId, timestamp, vmId } from '../model/common.ts';
import { guestHealthSchema } from '../model/guest-health.ts';
import { vmPortHealthSchema } from '../model/port-health.ts';
import { machineChangeFields } from '../model/machine-spec.ts';
import { vmSchema } from '../model/vm.ts';
import { call, changingVms } from './base.ts';
import { cloneVm } from './fork.ts';

const operated = z.strictObject({ vmId, operationId });

export const vm = {
  show: call('VM_NOT_FOUND')
    .route({ method: 'GET', path: '/vms/{vmId}', summary: 'One VM', tags: ['vm'] })
    .input(z.strictObject({ vmId }))
    .output(vmSchema),
  update: call('VM_NOT_FOUND', 'ENV_NOT_YOURS', 'ENV_BUSY', ...changingVms)
    .route({
      method: 'PATCH',
      path: '/vms/{vmId}',
      summary: 'Changes size, ports, blacklist or bandwidth',
      tags: ['vm'],
    })
    .input(z.strictObject({ vmId, operationId, ...machineChangeFields }))
    .output(vmSchema),
  start: call(
    'VM_NOT_FOUND',
    'ENV_NOT_YOURS',
    'ENV_EXPIRED',
    'VM_ALREADY_RUNNING',
    'ENV_BUSY',
    'CPU_EXHAUSTED',
    'QUOTA_EXCEEDED',
    'TEAM_QUOTA_EXCEEDED',
    'NETWORK_FAILED',
    'FIREWALL_FAILED',
    'MEMORY_EXHAUSTED',
    'VM_START_FAILED',
    'VM_CONTROL_FAILED',
    'VM_MEMORY_LIMIT',
    'HOST_PORT_TAKEN',
    'PROFILE_IN_ADMIN_SESSION',
    'DISK_FULL',
    'ENGINE_MISSING',
    'ENGINE_UNKNOWN',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/vms/{vmId}/start',
      summary: 'Starts a stopped or failed VM, or resumes a paused one',
      tags: ['vm'],
    })
    .input(operated)
    .output(vmSchema),
  pause: call('VM_NOT_FOUND', 'ENV_NOT_YOURS', 'VM_NOT_RUNNING', 'ENV_BUSY', 'VM_CONTROL_FAILED')
    .route({
      method: 'POST',
      path: '/vms/{vmId}/pause',
      summary: 'Pauses a running VM until it is resumed: its processors halt, its memory stays allocated',
      tags: ['vm'],
    })
    .input(operated)
    .output(vmSchema),
  resume: call('VM_NOT_FOUND', 'ENV_NOT_YOURS', 'VM_NOT_RUNNING', 'VM_ALREADY_RUNNING', 'ENV_BUSY', 'VM_CONTROL_FAILED')
    .route({
      method: 'POST',
      path: '/vms/{vmId}/resume',
      summary: 'Resumes a paused VM, e.g. one that was paused because the disk of the host was full',
      tags: ['vm'],
    })
    .input(operated)
    .output(vmSchema),
  stop: call(
    'VM_NOT_FOUND',
    'ENV_NOT_YOURS',
    'VM_NOT_RUNNING',
    'ENV_BUSY',
    'VM_CONTROL_FAILED',
    'ENGINE_UNKNOWN',
    'OPERATION_CANCELLED',
  )
    .route({
      method: 'POST',
      path: '/vms/{vmId}/stop',
      summary: 'Stops a VM: presses its power button, and forces it off after graceS',
      tags: ['vm'],
    })
    .input(z.strictObject({ vmId, operationId, graceS }))
    .output(vmSchema),
  clone: cloneVm,
  reset: call(
    'VM_NOT_FOUND',
    'ENV_NOT_YOURS',
    'VM_NOT_RUNNING',
    'ENV_BUSY',
    'VM_CONTROL_FAILED',
    'VM_START_FAILED',
    'VM_MEMORY_LIMIT',
    'HOST_PORT_TAKEN',
    'PROFILE_IN_ADMIN_SESSION',
    'DISK_FULL',
    'ENGINE_MISSING',
    'ENGINE_UNKNOWN',
  )
    .route({ method: 'POST', path: '/vms/{vmId}/reset', summary: 'Presses the reset button', tags: ['vm'] })
    .input(operated)
    .output(vmSchema),
  delete: call('VM_NOT_FOUND', 'ENV_NOT_YOURS', 'ENV_BUSY', 'ENGINE_UNKNOWN')
    .route({
      method: 'DELETE',
      path: '/vms/{vmId}',
      summary: 'Deletes a VM and its part of every snapshot',
      tags: ['vm'],
    })
    .input(operated)
    .output(z.object({ id: z.string() })),
  health: call('VM_NOT_FOUND', 'ENV_NOT_YOURS', 'VM_NOT_RUNNING', 'GUEST_HEALTH_UNKNOWN')
    .route({
      method: 'GET',
      path: '/vms/{vmId}/health',
      summary: 'How its guest is, and its addresses, as the guest helper or the guest agent says; no network is needed',
      tags: ['vm'],
    })
    .input(z.strictObject({ vmId }))
    .output(guestHealthSchema),
  portHealth: call('VM_NOT_FOUND', 'ENV_NOT_YOURS')
    .route({
      method: 'GET',
      path: '/vms/{vmId}/ports',
      summary: 'Whether something answers at its forwarded ports, at most five seconds old',
      description:
        'The agent connects to each, and asks ports of web servers for the head of their page. Ports of a VM that does not run are unknown.',
      tags: ['vm'],
    })
    .input(z.strictObject({ vmId }))
    .output(vmPortHealthSchema),
  screenshot: call('VM_NOT_FOUND', 'ENV_NOT_YOURS', 'VM_NOT_RUNNING', 'VM_CONTROL_FAILED')
    .route({
      method: 'GET',
      path: '/vms/{vmId}/screenshot',
      summary: 'The screen as PNG, at most one second old',
      tags: ['vm'],
    })
    .input(z.strictObject({ vmId }))
    .output(z.object({ takenAt: timestamp, contentType: z.literal('image/png'), dataBase64: z.string() })),
};
