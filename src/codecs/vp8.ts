/** VP8: RFC 6386 and its WebCodecs registration. */

/** The frame tag and the start code of a key frame (9.1); undefined for data too short to tell. */
export function isVp8KeyFrame(data: Uint8Array): boolean | undefined {
  if (data.length < 3) return undefined;
  return (data[0]! & 1) === 0 && hasStartCode(data);
}

const keyHeaderBytes = 10;

const hasStartCode = (data: Uint8Array): boolean =>
  data.length >= keyHeaderBytes && data[3] === 0x9d && data[4] === 0x01 && data[5] === 0x2a;

export interface Vp8FrameHeader {
  isKey: boolean;
  /** 0 to 3: which filters reconstruct the picture. */
  version: number;
  /** show_frame; others are only there to be referred to. */
  isShown: boolean;
  /** Bytes. */
  firstPartitionSize: number;
  /** Only key frames have it. */
  size: Vp8FrameSize | undefined;
}

export interface Vp8FrameSize {
  /** Pixels. */
  width: number;
  height: number;
  /** How much to enlarge the picture for display: 0 not at all, 1 by 5/4, 2 by 5/3, 3 by 2. */
  horizontalScale: number;
  verticalScale: number;
}

/** The uncompressed header of a frame, 9.1. @throws {RangeError} if it is malformed or cut off. */
export function parseVp8FrameHeader(data: Uint8Array): Vp8FrameHeader {
  if (data.length < 3) throw new RangeError('the VP8 frame is too short');
  const tag = data[0]! | (data[1]! << 8) | (data[2]! << 16);
  const isKey = (tag & 1) === 0;
  if (isKey && !hasStartCode(data)) throw new RangeError('a VP8 key frame lacks its start code');
  return {
    isKey,
    version: (tag >> 1) & 7,
    isShown: ((tag >> 4) & 1) === 1,
    firstPartitionSize: tag >> 5,
    size: isKey ? frameSize(data) : undefined,
  };
}

function frameSize(data: Uint8Array): Vp8FrameSize {
  const horizontal = data[6]! | (data[7]! << 8);
  const vertical = data[8]! | (data[9]! << 8);
  return {
    width: horizontal & 0x3fff,
    height: vertical & 0x3fff,
    horizontalScale: horizontal >> 14,
    verticalScale: vertical >> 14,
  };
}
