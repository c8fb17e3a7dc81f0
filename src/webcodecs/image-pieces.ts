/** What an ImageDecoder is put together from: parsers of the formats, and the engine behind the frame decoders. */
import type { ImageDecoderParameters, VideoDecoderParameters } from '../engine/engine.ts';
import { imageEngine } from '../engine/engines.ts';
import type { ImageFrameDecoder } from '../images/frame-decoder.ts';
import type { ImageContents, ImageFormat, ImageParser } from '../images/image.ts';
import { imageFormatOfType } from '../images/image-format.ts';
import { loadPart } from '../platform/load-part.ts';

export interface ImagePieces {
  /** undefined for a MIME type that stands for no format. */
  formatOf(type: string): ImageFormat | undefined;
  /** Whether there is a codec for the format. */
  supports(format: ImageFormat): Promise<boolean>;
  createParser(format: ImageFormat): ImageParser | Promise<ImageParser>;
  /** Only after a parser was made. */
  openDecoder(contents: ImageContents, track: number): ImageFrameDecoder;
}

/** The pictures of AVIF are AV1. */
function parametersOf(format: ImageFormat): ImageDecoderParameters | VideoDecoderParameters {
  if (format !== 'avif') return { kind: 'image-decoder', codec: format, canvasWidth: 0, canvasHeight: 0 };
  return {
    kind: 'video-decoder',
    codec: 'av1',
    description: undefined,
    reorderDepth: 0,
    lowLatency: true,
    width: 0,
    height: 0,
  };
}

/** The greater part, which most programs never need; its types alone come with this module. */
let images: typeof import('../images/images.ts') | undefined;

export const imagePieces: ImagePieces = {
  formatOf: imageFormatOfType,
  supports: (format) => imageEngine.supports(parametersOf(format)),
  async createParser(format) {
    images ??= await loadPart('images', import('../images/images.ts'));
    return images.createImageParser(format);
  },
  openDecoder: (contents, track) => images!.openFrameDecoder(imageEngine, contents, track),
};
