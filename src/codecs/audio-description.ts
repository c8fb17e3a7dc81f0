/** Whether a decoder of sound can do with the description that it is given. */
import type { AudioCodecName } from '../engine/engine.ts';
import { parseAudioSpecificConfig } from './aac.ts';
import { audioObjectType } from './aac-object-type.ts';
import { parseFlacDescription } from './flac.ts';
import { parseOpusHead } from './opus.ts';
import { parseVorbisDescription } from './vorbis.ts';

/**
 * Why a decoder cannot be configured with this description or without one; undefined where it can. More than two
 * channels of Opus, and xHE-AAC, need a description: give `numberOfChannels` and `objectType` to have that checked.
 */
export function audioDescriptionError(
  codec: AudioCodecName,
  description: Uint8Array | undefined,
  options: { numberOfChannels?: number; objectType?: number | undefined } = {},
): string | undefined {
  const isThere = description !== undefined && description.length > 0;
  try {
    switch (codec) {
      case 'flac':
        if (!isThere) return 'FLAC needs a description: the fLaC marker and STREAMINFO.';
        parseFlacDescription(description);
        return undefined;
      case 'vorbis':
        if (!isThere) return 'Vorbis needs a description: its three headers.';
        parseVorbisDescription(description);
        return undefined;
      case 'opus':
        if (isThere) parseOpusHead(description);
        else if ((options.numberOfChannels ?? 0) > 2)
          return 'Opus of more than two channels needs a description: an OpusHead.';
        return undefined;
      case 'aac':
        if (isThere) parseAudioSpecificConfig(description);
        else if (options.objectType === audioObjectType.usac) {
          return 'xHE-AAC needs a description: an AudioSpecificConfig.';
        }
        return undefined;
      default:
        return undefined;
    }
  } catch (error) {
    return (error as Error).message;
  }
}
