// Deletes the warm instant of an image: its VMs boot again.
import { TtError } from '@tt/protocol';
import { defineOperation } from '../define-operation.ts';
import { onImage } from '../targets.ts';
import { dropWarm } from './remove-warm.ts';

export const coolImageOperation = defineOperation({
  kind: 'image.cool',
  ...onImage,
  cancellable: false,
  frees: true,
  async run({ services, input: { name } }) {
    // Whoever warms it can cancel that; nobody else ends it for them.
    if (services.warm.isMaking(name)) throw new TtError('IMAGE_WARMING', { imageName: name });
    for (const record of services.warm.list()) if (record.imageName === name) await dropWarm(services, record);
    return services.images.show(name);
  },
});
